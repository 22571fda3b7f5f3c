public import Store

/// What a viewer asks to be kept for longer than others, or no longer (`tracetop.v1.PinRequest`).
public struct PinRequest: Equatable, Sendable {
  public var trace: TraceID
  public var isPinned: Bool

  public init(trace: TraceID, isPinned: Bool) {
    self.trace = trace
    self.isPinned = isPinned
  }

  /// The protobuf message.
  public var encoded: [UInt8] {
    var writer = WireWriter()
    writer.id(1, trace)
    if isPinned { writer.varint(2, 1) }
    return writer.bytes
  }

  /// Reads the protobuf message; unknown fields are passed over, and an id that is none is zero, which
  /// no trace has.
  public init(decoding bytes: MessageBytes) throws(WireError) {
    self = unsafe try bytes.withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(WireError) -> PinRequest in
      let change = try PinChange(unsafe WireReader(WireBytes(bytes)))
      return PinRequest(
        trace: change.traces.first ?? TraceID(high: 0, low: 0), isPinned: change.isPinned)
    }
  }
}

/// How the collector answered (`tracetop.v1.PinReply`).
public struct PinReply: Equatable, Sendable {
  /// Whether the collector holds the trace, and so does as it was asked.
  public var isHeld: Bool

  public init(isHeld: Bool) { self.isHeld = isHeld }

  var encoded: [UInt8] {
    var writer = WireWriter()
    if isHeld { writer.varint(1, 1) }
    return writer.bytes
  }

  init(decoding bytes: MessageBytes) throws(WireError) {
    isHeld = unsafe try bytes.withUnsafeBytes {
      (bytes: UnsafeRawBufferPointer) throws(WireError) -> Bool in
      var reader = unsafe WireReader(WireBytes(bytes))
      var isHeld = false
      while !reader.isAtEnd {
        switch try reader.tag() {
        case 1 << 3: isHeld = try reader.varint() != 0
        case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
      return isHeld
    }
  }
}

/// `tracetop.v1.Pins`, whose fields are those of `PinRequest` with any number of ids.
extension PinChange {
  func write(to writer: inout WireWriter) {
    writer.bytes(1, TraceIDList.bytes(traces))
    if isPinned { writer.varint(2, 1) }
  }

  init(_ reader: WireReader) throws(WireError) {
    self.init(traces: [], isPinned: false)
    var reader = reader
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 1 << 3 | 2: traces += TraceIDList.ids(try reader.bytes())
      case 2 << 3: isPinned = try reader.varint() != 0
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
      }
    }
  }
}
