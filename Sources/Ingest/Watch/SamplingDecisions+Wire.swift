import Store

/// What became of traces, as viewers are told of it (`tracetop.v1.Decisions`): the ids that were let go
/// one behind the other, and the ids that are kept by the weight they have.
enum DecisionsMessage {
  private static let idBytes = 16

  static func write(_ decisions: [SamplingDecision], to writer: inout WireWriter) {
    var gone: [UInt8] = []
    var kept: [Double: [UInt8]] = [:]
    for decision in decisions {
      if decision.weight > 0 {
        kept[decision.weight, default: []] += bytes(decision.trace)
      } else {
        gone += bytes(decision.trace)
      }
    }
    if !gone.isEmpty { writer.bytes(1, gone) }
    for (weight, ids) in kept.sorted(by: { $0.key < $1.key }) {
      writer.message(2) { (writer: inout WireWriter) in
        writer.fixed64(1, weight.bitPattern)
        writer.bytes(2, ids)
      }
    }
  }

  static func read(_ reader: WireReader) throws(WireError) -> [SamplingDecision] {
    var decisions: [SamplingDecision] = []
    var reader = reader
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 1 << 3 | 2: decisions += ids(try reader.bytes(), weight: 0)
      case 2 << 3 | 2:
        var group = reader.nested(try reader.bytes())
        var weight = 1.0
        var found = WireBytes.empty
        while !group.isAtEnd {
          switch try group.tag() {
          case 1 << 3 | 1: weight = Double(bitPattern: try group.fixed64())
          case 2 << 3 | 2: found = try group.bytes()
          case let tag: try group.skip(tag, depth: WireReader.maximumDepth)
          }
        }
        // A weight that is none would make sums that are none.
        if weight.isFinite, weight > 0 { decisions += ids(found, weight: weight) }
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
      }
    }
    return decisions
  }

  private static func bytes(_ id: TraceID) -> [UInt8] {
    [id.high, id.low].flatMap { half in (0..<8).map { UInt8(half >> UInt64(56 - $0 * 8) & 0xFF) } }
  }

  /// A rest that is no whole id is passed over.
  private static func ids(_ bytes: WireBytes, weight: Double) -> [SamplingDecision] {
    func half(_ start: Int) -> UInt64 {
      (start..<start + 8).reduce(0) { $0 << 8 | UInt64(bytes[$1]) }
    }
    return stride(from: 0, through: bytes.count - idBytes, by: idBytes).map { start in
      SamplingDecision(
        trace: TraceID(high: half(start), low: half(start + 8)), weight: weight)
    }
  }
}
