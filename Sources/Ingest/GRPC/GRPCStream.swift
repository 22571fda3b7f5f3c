import NIOCore
import NIOHTTP2

/// One call on a connection, as the connection's handler keeps it; confined to its event loop.
final class GRPCStream {
  let id: HTTP2StreamID
  var machine: GRPCRequestMachine
  /// What ``LoopState/hold(_:before:)`` was told of it.
  var heldBytes = 0
  /// Since when the request is waited for, and since when nothing of it has come; nil while it was
  /// never waited for, as with all that come whole.
  var waiting: (began: NIODeadline, moved: NIODeadline, bytes: Int)?
  /// Bytes taken since the peer was last given credit on this stream.
  var uncredited = 0
  /// What a streaming call sends, once it has begun.
  var feed: (any WatchFeed)?
  /// Bytes that were written and have not left yet.
  var bytesInFlight = 0
  /// Whether ``GRPCConnectionHandler`` is sending from the feed right now.
  var isPumping = false

  init(id: HTTP2StreamID, limits: ReceivingLimits) {
    self.id = id
    machine = GRPCRequestMachine(
      maximumBytes: limits.bodyBytes, maximumCompressedBytes: limits.compressedBytes)
  }

  /// Credit to give for bytes that were taken, nil while the peer has enough for what it still has
  /// to send.
  func credit(for count: Int) -> Int? {
    uncredited += count
    let left = IngestLimits.streamWindowBytes - uncredited
    guard machine.missingBytes > left, left < IngestLimits.streamWindowBytes / 2 else { return nil }
    defer { uncredited = 0 }
    return uncredited
  }
}
