public import Store

/// What a viewer asks for (`tracetop.v1.WatchRequest`).
public struct WatchRequest: Equatable, Sendable {
  /// Which of the held traces to send, in the filter language; empty for all.
  public var filter: String
  /// The newest so many of the held traces; 0 for all.
  public var limit: UInt64
  /// Only held traces with a span that began at this moment or later; zero for all.
  public var since: UnixNanos
  /// Whether to send with each of the held traces the others of its request.
  public var isWhole: Bool
  /// At most so many spans of each held trace, its last to arrive; 0 for all. One says that it is there.
  public var spans: UInt64
  /// Whether to stay for what arrives after the held traces.
  public var follow: Bool

  public init(
    filter: String = "", since: UnixNanos = UnixNanos(0), limit: UInt64 = 0,
    isWhole: Bool = false, spans: UInt64 = 0, follow: Bool = true
  ) {
    self.filter = filter
    self.since = since
    self.limit = limit
    self.isWhole = isWhole
    self.spans = spans
    self.follow = follow
  }

  /// The protobuf message.
  public var encoded: [UInt8] {
    var writer = WireWriter()
    if !filter.isEmpty { writer.string(1, filter) }
    if limit != 0 { writer.varint(2, limit) }
    if follow { writer.varint(3, 1) }
    if since.rawValue != 0 { writer.fixed64(4, since.rawValue) }
    if isWhole { writer.varint(5, 1) }
    if spans != 0 { writer.varint(6, spans) }
    return writer.bytes
  }

  /// Reads the protobuf message; unknown fields are passed over.
  public init(decoding bytes: MessageBytes) throws(WireError) {
    self.init(follow: false)
    self = unsafe try bytes.withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(WireError) -> WatchRequest in
      var request = WatchRequest(follow: false)
      var reader = unsafe WireReader(WireBytes(bytes))
      while !reader.isAtEnd {
        switch try reader.tag() {
        case 1 << 3 | 2: request.filter = try reader.bytes().text
        case 2 << 3: request.limit = try reader.varint()
        case 3 << 3: request.follow = try reader.varint() != 0
        case 5 << 3: request.isWhole = try reader.varint() != 0
        case 4 << 3 | 1: request.since = UnixNanos(try reader.fixed64())
        case 6 << 3: request.spans = try reader.varint()
        case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
      return request
    }
  }
}
