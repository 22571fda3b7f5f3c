import Ingest
import Store
import Testing

@Suite("Text that is not UTF-8")
struct RepairTests {
  /// "caf", a lone lead byte of é, and "!".
  private static let broken: [UInt8] = Array("caf".utf8) + [0xC3] + Array("!".utf8)
  private static let mended = "caf\u{FFFD}!"

  private func keyValue(_ key: [UInt8], _ value: (inout WireWriter) -> Void) -> [UInt8] {
    var writer = WireWriter()
    writer.bytes(1, key)
    writer.message(2, value)
    return writer.bytes
  }

  /// One span whose every string is broken: how many, and what should be held of it.
  private func request() -> (body: [UInt8], strings: Int, expected: SpanRecord) {
    let broken = Self.broken
    let attribute = keyValue(broken) { $0.bytes(1, broken) }
    let nested = keyValue(Array("list".utf8)) { value in
      value.message(5) { $0.message(1) { $0.bytes(1, broken) } }
    }
    let pairs = keyValue(Array("pairs".utf8)) { value in
      value.message(6) { list in list.bytes(1, attribute) }
    }
    var body = WireWriter()
    body.message(1) { resourceSpans in
      resourceSpans.message(1) { $0.bytes(1, attribute) }
      resourceSpans.message(2) { scopeSpans in
        scopeSpans.message(1) { scope in
          scope.bytes(1, broken)
          scope.bytes(2, broken)
          scope.bytes(3, attribute)
        }
        scopeSpans.message(2) { span in
          span.bytes(1, [UInt8](repeating: 1, count: 16))
          span.bytes(2, [UInt8](repeating: 2, count: 8))
          span.bytes(3, broken)
          span.bytes(5, broken)
          for run in [attribute, nested, pairs] { span.bytes(9, run) }
          span.message(11) { event in
            event.bytes(2, broken)
            event.bytes(3, attribute)
          }
          span.message(13) { link in
            link.bytes(3, broken)
            link.bytes(4, attribute)
          }
          span.message(15) { $0.bytes(2, broken) }
        }
        scopeSpans.bytes(3, broken)
      }
      resourceSpans.bytes(3, broken)
    }
    return (body.bytes, 22, expected())
  }

  private func expected() -> SpanRecord {
    let text = Self.mended
    let attribute = Attribute(text, .string(text))
    return SpanRecord(
      traceID: TraceID(high: 0x0101_0101_0101_0101, low: 0x0101_0101_0101_0101),
      spanID: SpanID(0x0202_0202_0202_0202), traceState: text, name: text, start: UnixNanos(0),
      end: UnixNanos(0),
      attributes: [
        attribute, Attribute("list", .array([.string(text)])),
        Attribute("pairs", .keyValues([attribute])),
      ],
      events: [SpanEvent(time: UnixNanos(0), name: text, attributes: [attribute])],
      links: [SpanLink(traceID: [], spanID: [], traceState: text, attributes: [attribute])],
      statusMessage: text, resource: Resource(attributes: [attribute], schemaURL: text),
      scope: Scope(name: text, version: text, attributes: [attribute], schemaURL: text))
  }

  @Test("Every string of a span is kept with replacement characters, and each is counted")
  func everywhere() throws {
    let (body, strings, expected) = request()
    let store = Store(budgetBytes: 64 << 20)
    let batch = SpanBatch()
    var decoder = TraceRequestDecoder()
    try unsafe body.withUnsafeBytes { bytes in
      unsafe try decoder.decode(bytes, into: batch)
      #expect(batch.repairedStrings == strings)
      _ = store.append(batch)
    }
    let snapshot = store.settledSnapshot()
    let spans = snapshot.spans(of: try #require(snapshot.find(expected.traceID)))
    #expect(spans.map { snapshot.record(of: $0.reference) } == [expected])
    #expect(snapshot.statistics.stringsRepaired == UInt64(strings))
  }

  @Test("swift-protobuf refuses what is mended here")
  func besideTheOracle() throws {
    var proof = DecoderProof()
    let (body, strings, _) = request()
    #expect(try proof.prove(body) == .repaired)
    #expect(proof.repairedStrings(in: body) == strings)
  }

  @Test(
    "Each ill-formed piece becomes one replacement character",
    arguments: [
      ([0xFF], "\u{FFFD}"),
      ([0xC3], "\u{FFFD}"),
      // A cut-off sequence is one piece.
      ([0xE2, 0x82], "\u{FFFD}"),
      ([0xF0, 0x9F, 0x9A], "\u{FFFD}"),
      // A surrogate and an overlong form are none at all: each byte is a piece.
      ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
      ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"),
      ([0x41, 0x80, 0x42], "A\u{FFFD}B"),
    ] as [([UInt8], String)])
  func pieces(bytes: [UInt8], text: String) throws {
    let broken = keyValue(Array("k".utf8)) { $0.bytes(1, bytes) }
    var body = WireWriter()
    body.message(1) { resourceSpans in
      resourceSpans.message(2) { scopeSpans in
        scopeSpans.message(2) { span in
          span.bytes(1, [UInt8](repeating: 1, count: 16))
          span.bytes(2, [UInt8](repeating: 2, count: 8))
          span.bytes(9, broken)
        }
      }
    }
    let store = Store(budgetBytes: 64 << 20)
    let batch = SpanBatch()
    var decoder = TraceRequestDecoder()
    try unsafe body.bytes.withUnsafeBytes { bytes in
      unsafe try decoder.decode(bytes, into: batch)
      _ = store.append(batch)
    }
    #expect(batch.repairedStrings == 1)
    let snapshot = store.settledSnapshot()
    let trace = TraceNumber(snapshot.traceNumbers.lowerBound)
    let reference = try #require(snapshot.references(of: trace).first)
    #expect(snapshot.record(of: reference)?.attributes == [Attribute("k", .string(text))])
  }
}
