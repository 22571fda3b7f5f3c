package import NIOCore
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

  /// How many spans each rule has changed so far, in the order of ``ServerInfo/rules``; comes behind
  /// spans that rules changed.
  case ruleCounts([UInt64])

  /// What became of traces that were sent, or are being sent, where the collector thins requests.
  case decisions([SamplingDecision])

  /// What was pinned or unpinned by anybody, of traces that were sent or are being sent.
  case pins(PinChange)

  /// How the collector stands, as the JSON that `Status` answers; comes first and when it changed.
  case status(MessageBytes)

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
      writer.tag(6, 2)
      writer.varint(UInt64(body.count))
    case .missed(let spans): writer.varint(2, spans)
    case .missedLogs(let records): writer.varint(7, records)
    case .caughtUp: writer.bytes(3, [])
    case .serverInfo(let info):
      writer.message(4) { (writer: inout WireWriter) in info.write(to: &writer) }
    case .ruleCounts(let counts):
      // packed repeated uint64
      writer.message(5) { (writer: inout WireWriter) in
        for count in counts { writer.varint(count) }
      }
    case .decisions(let decisions):
      writer.message(8) { (writer: inout WireWriter) in
        DecisionsMessage.write(decisions, to: &writer)
      }
    case .pins(let change):
      writer.message(9) { (writer: inout WireWriter) in change.write(to: &writer) }
    case .status(let json): writer.bytes(10, json.bytes)
    }
    return writer.bytes
  }

  // MARK: - Reading

  /// Reads the protobuf message; nil for a frame of a kind that is not known yet.
  package static func decode(_ message: ByteBuffer) throws(WireError) -> WatchFrame? {
    unsafe try MessageBytes(message).withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(WireError) -> WatchFrame? in
      var frame: WatchFrame?
      var reader = unsafe WireReader(WireBytes(bytes))
      while !reader.isAtEnd {
        switch try reader.tag() {
        case 1 << 3 | 2: frame = .exportRequest(try request(message, &reader))
        case 6 << 3 | 2: frame = .exportLogs(try request(message, &reader))
        case 7 << 3: frame = .missedLogs(try reader.varint())
        case 2 << 3: frame = .missed(spans: try reader.varint())
        case 3 << 3 | 2:
          _ = try reader.bytes()
          frame = .caughtUp
        case 4 << 3 | 2: frame = .serverInfo(try ServerInfo(reader.nested(try reader.bytes())))
        case 5 << 3 | 2: frame = .ruleCounts(try ruleCounts(reader.nested(try reader.bytes())))
        case 8 << 3 | 2:
          frame = .decisions(try DecisionsMessage.read(reader.nested(try reader.bytes())))
        case 9 << 3 | 2: frame = .pins(try PinChange(reader.nested(try reader.bytes())))
        case 10 << 3 | 2: frame = .status(MessageBytes(try reader.bytes().array))
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
}
