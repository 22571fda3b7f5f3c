internal import NIOCore
public import Store

/// One message to a viewer (`tracetop.v1.WatchFrame`).
public enum WatchFrame: Equatable, Sendable {
  /// An ExportTraceServiceRequest.
  case exportRequest(MessageBytes)
  /// An ExportLogsServiceRequest.
  case exportLogs(MessageBytes)
  /// So many spans were dropped here because the viewer read too slowly.
  case missed(spans: UInt64)
  /// The same of log records.
  case missedLogs(UInt64)
  /// Everything that was held when the viewer came has been sent.
  case caughtUp
  /// Always the first frame.
  case serverInfo(ServerInfo)

  /// Who the collector is (`tracetop.v1.ServerInfo`).
  public struct ServerInfo: Equatable, Sendable {
    public var version: String
    public var started: UnixNanos
    public var endpoints: [String]

    public init(version: String = "", started: UnixNanos = UnixNanos(0), endpoints: [String] = []) {
      self.version = version
      self.started = started
      self.endpoints = endpoints
    }
  }

  // MARK: - Writing

  /// The request that follows the head.
  var request: MessageBytes? {
    switch self {
    case .exportRequest(let body), .exportLogs(let body): body
    default: nil
    }
  }

  /// The message's own bytes, without the export request that may follow them.
  ///
  /// A request is sent behind its tag and length as it stands, never copied into a frame.
  var head: [UInt8] {
    var writer = WireWriter()
    switch self {
    case .exportRequest(let body):
      writer.tag(1, 2)
      writer.varint(UInt64(body.count))
    case .exportLogs(let body):
      writer.tag(5, 2)
      writer.varint(UInt64(body.count))
    case .missed(let spans): writer.varint(2, spans)
    case .missedLogs(let records): writer.varint(6, records)
    case .caughtUp: writer.bytes(3, [])
    case .serverInfo(let info):
      writer.message(4) { (writer: inout WireWriter) in
        writer.string(1, info.version)
        writer.fixed64(2, info.started.rawValue)
        for endpoint in info.endpoints { writer.string(3, endpoint) }
      }
    }
    return writer.bytes
  }

  // MARK: - Reading

  /// Reads the protobuf message; nil for a frame of a kind that is not known yet.
  static func decode(_ message: ByteBuffer) throws(WireError) -> WatchFrame? {
    unsafe try MessageBytes(message).withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(WireError) -> WatchFrame? in
      var frame: WatchFrame?
      var reader = unsafe WireReader(WireBytes(bytes))
      while !reader.isAtEnd {
        switch try reader.tag() {
        case 1 << 3 | 2: frame = .exportRequest(try request(message, &reader))
        case 5 << 3 | 2: frame = .exportLogs(try request(message, &reader))
        case 6 << 3: frame = .missedLogs(try reader.varint())
        case 2 << 3: frame = .missed(spans: try reader.varint())
        case 3 << 3 | 2:
          _ = try reader.bytes()
          frame = .caughtUp
        case 4 << 3 | 2: frame = .serverInfo(try serverInfo(reader.nested(try reader.bytes())))
        case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
      return frame
    }
  }

  /// The request that comes next, in place.
  private static func request(
    _ message: ByteBuffer, _ reader: inout WireReader
  ) throws(WireError) -> MessageBytes {
    let count = try reader.bytes().count
    let start = message.readerIndex + reader.offset - count
    // Safe: the reader found the run inside the message.
    return MessageBytes(message.getSlice(at: start, length: count) ?? ByteBuffer())
  }

  private static func serverInfo(_ reader: WireReader) throws(WireError) -> ServerInfo {
    var info = ServerInfo()
    var reader = reader
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 1 << 3 | 2: info.version = try reader.bytes().text
      case 2 << 3 | 1: info.started = UnixNanos(try reader.fixed64())
      case 3 << 3 | 2: info.endpoints.append(try reader.bytes().text)
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
      }
    }
    return info
  }
}
