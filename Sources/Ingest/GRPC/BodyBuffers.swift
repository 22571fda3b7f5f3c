import NIOCore

/// The buffers that one event loop collects bodies in, kept for the next body.
///
/// Memory that was used before costs nothing to touch; fresh memory costs a page fault for every
/// 4 KiB, which for a batch of 350 KB is more than receiving it.
package struct BodyBuffers {
  /// The most buffers that are kept: one for each call that is usually under way on a loop.
  static let maximumKept = 4
  /// The largest buffer that is kept, in bytes; larger bodies are rare, and memory is better given
  /// back.
  static let maximumKeptBytes = 1 << 20

  private var kept: [ByteBuffer] = []

  package init() {}

  /// An empty buffer that has room for a body of this length, or for as much of it as may be
  /// reserved.
  mutating func take(_ count: Int) -> ByteBuffer {
    let capacity = min(count, IngestLimits.maximumReservedBytes)
    // One that is long enough already, if there is one.
    guard let place = kept.lastIndex(where: { $0.capacity >= capacity }) ?? kept.indices.last else {
      return ByteBufferAllocator().buffer(capacity: capacity)
    }
    var buffer = kept.remove(at: place)
    buffer.clear(minimumCapacity: capacity)
    return buffer
  }

  /// Takes a buffer back. Whoever still holds a copy of it keeps its bytes.
  mutating func giveBack(_ buffer: ByteBuffer) {
    guard kept.count < Self.maximumKept, buffer.capacity > IngestLimits.copiedBytes,
      buffer.capacity <= Self.maximumKeptBytes
    else { return }
    kept.append(buffer)
  }
}
