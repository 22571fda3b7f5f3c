import Store

/// What became of traces, as viewers are told of it (`tracetop.v1.Decisions`): the ids that were let go
/// one behind the other, and the ids that are kept by the weight they have.
enum DecisionsMessage {
  static func write(_ decisions: [SamplingDecision], to writer: inout WireWriter) {
    var gone: [UInt8] = []
    var kept: [Double: [UInt8]] = [:]
    for decision in decisions {
      if decision.weight > 0 {
        kept[decision.weight, default: []] += TraceIDList.bytes(decision.trace)
      } else {
        gone += TraceIDList.bytes(decision.trace)
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
      case 1 << 3 | 2: decisions += list(try reader.bytes(), weight: 0)
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
        if weight.isFinite, weight > 0 { decisions += list(found, weight: weight) }
      case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
      }
    }
    return decisions
  }

  private static func list(_ bytes: WireBytes, weight: Double) -> [SamplingDecision] {
    TraceIDList.ids(bytes).map { SamplingDecision(trace: $0, weight: weight) }
  }
}
