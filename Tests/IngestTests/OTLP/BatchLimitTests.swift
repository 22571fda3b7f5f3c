import Store
import Support
import Testing

@testable import Ingest

@Suite("Limits of one request")
struct BatchLimitTests {
  private static func attribute(_ key: String, _ value: String) -> [UInt8] {
    var writer = WireWriter()
    writer.message(9) { (writer: inout WireWriter) in
      writer.string(1, key)
      writer.message(2) { (writer: inout WireWriter) in writer.string(1, value) }
    }
    return writer.bytes
  }

  /// A request of so many spans, each with these attributes.
  private static func request(spans: Int = 1, _ attributes: [[UInt8]]) -> [UInt8] {
    var writer = WireWriter()
    writer.message(1) { (writer: inout WireWriter) in
      writer.message(2) { (writer: inout WireWriter) in
        for number in 1...spans {
          writer.message(2) { (writer: inout WireWriter) in
            writer.bytes(1, [UInt8](repeating: 1, count: 16))
            writer.bytes(2, [0, 0, 0, 0, 0, 0, UInt8(number >> 8), UInt8(number & 255)])
            writer.raw(attributes.joined())
          }
        }
      }
    }
    return writer.bytes
  }

  private static func receive(
    _ body: [UInt8], _ change: (inout BatchLimits) -> Void
  ) -> (outcome: ExportOutcome, spans: [SpanRecord?], statistics: CollectorStatistics.Counts) {
    var limits = BatchLimits()
    change(&limits)
    let store = Store(budgetBytes: 64 << 20)
    let statistics = CollectorStatistics()
    let receiver = StoreReceiver(store: store, limits: limits, statistics: statistics)
    let outcome = receiver.receive(MessageBytes(body))
    let snapshot = store.settledSnapshot()
    let spans = snapshot.traceNumbers.flatMap { number in
      snapshot.spans(of: TraceNumber(number)).map { snapshot.record(of: $0.reference) }
    }
    return (outcome, spans, statistics.counts)
  }

  @Test("Attributes beyond the limit are left out, counted, and told as a warning")
  func attributes() {
    let attributes = (0..<5).map { Self.attribute("key.\($0)", "value") }
    // The tenant is the last, and goes with the rest.
    let (outcome, spans, counts) = Self.receive(
      Self.request(spans: 2, attributes + [Self.attribute("tenant.id", "acme")])
    ) { $0.attributesPerSpan = 3 }
    #expect(
      outcome
        == .partial(
          accepted: 2, rejected: 0, reason: "6 attributes left out, 0 values cut"))
    #expect(
      spans.map { $0?.attributes.map(\.key) } == [
        ["key.0", "key.1", "key.2"], ["key.0", "key.1", "key.2"],
      ])
    #expect(counts.attributesDropped == 6)
  }

  @Test("A value that is too long is cut between two characters and marked")
  func values() {
    let (outcome, spans, counts) = Self.receive(
      Self.request([Self.attribute("a", "0123456789"), Self.attribute("b", "123456789ä")])
    ) { $0.valueBytes = 10 }
    #expect(
      outcome
        == .partial(accepted: 1, rejected: 0, reason: "0 attributes left out, 1 values cut"))
    #expect(
      spans.first??.attributes
        == [Attribute("a", .string("0123456789")), Attribute("b", .string("123456789…"))])
    #expect(counts.valuesCut == 1)
  }

  @Test("A list that is too long is replaced by a word of its length")
  func lists() throws {
    var writer = WireWriter()
    writer.message(9) { (writer: inout WireWriter) in
      writer.string(1, "list")
      writer.message(2) { (writer: inout WireWriter) in
        writer.message(5) { (writer: inout WireWriter) in
          for _ in 0..<5 {
            writer.message(1) { (writer: inout WireWriter) in writer.string(1, "text") }
          }
        }
      }
    }
    let (_, spans, _) = Self.receive(Self.request([writer.bytes])) { $0.valueBytes = 10 }
    #expect(spans.first??.attributes == [Attribute("list", .string("… 40 bytes of a list"))])
  }

  @Test("A request with more than one may bring is refused whole, with its place")
  func tooMany() {
    let body = Self.request(spans: 20, [Self.attribute("a", "b")])
    for change: (inout BatchLimits) -> Void in [{ $0.spans = 10 }, { $0.attributes = 10 }] {
      let (outcome, spans, _) = Self.receive(body, change)
      guard case .tooLarge(let reason) = outcome else {
        Issue.record("\(outcome)")
        continue
      }
      #expect(reason.hasPrefix("byte ") && reason.hasSuffix(": more than one request may hold"))
      #expect(spans.isEmpty)
    }
  }

  /// So many resources, each with so many scopes of one span; the last scope and resource say an
  /// attribute each after the last span was read, or are empty.
  private static func request(resources: Int, scopes: Int) -> [UInt8] {
    var number = 0 as UInt8
    var writer = WireWriter()
    for _ in 0..<resources {
      writer.message(1) { (writer: inout WireWriter) in
        for _ in 0..<scopes {
          writer.message(2) { (writer: inout WireWriter) in
            number += 1
            writer.message(2) { (writer: inout WireWriter) in
              writer.bytes(1, [UInt8](repeating: 1, count: 16))
              writer.bytes(2, [0, 0, 0, 0, 0, 0, 0, number])
            }
            // InstrumentationScope scope = 1; with attributes = 3;
            writer.message(1) { (writer: inout WireWriter) in
              writer.message(3) { (writer: inout WireWriter) in
                writer.string(1, "k")
                writer.message(2) { (writer: inout WireWriter) in writer.string(1, "v") }
              }
            }
          }
        }
      }
    }
    return writer.bytes
  }

  @Test(
    "As many as a limit says are taken, and one more is refused, in protobuf and in JSON",
    arguments: ["spans", "attributes", "resources", "scopes"])
  func exactly(_ limited: String) throws {
    func outcomes(_ body: [UInt8], _ limit: Int) throws -> [Bool] {
      var limits = BatchLimits()
      switch limited {
      case "spans": limits.spans = limit
      case "attributes": limits.attributes = limit
      default: limits.origins = limit
      }
      let receiver = StoreReceiver(store: Store(budgetBytes: 64 << 20), limits: limits)
      var json = RequestJSONWriter()
      unsafe body.withUnsafeBytes { unsafe json.add(line: WireBytes($0), as: .request) }
      let protobuf = receiver.receive(MessageBytes(body))
      let text = unsafe json.bytes.withUnsafeBytes { unsafe receiver.receive(json: $0) }
      return [protobuf, text].map { outcome in
        if case .accepted(4) = outcome { return true }
        return false
      }
    }
    // Four spans; four attributes, which are those of spans or of scopes that stand behind them; four
    // resources with a scope each, or four scopes of one resource.
    let bodies =
      switch limited {
      case "spans", "attributes":
        [Self.request(spans: 4, [Self.attribute("a", "b")]), Self.request(resources: 1, scopes: 4)]
      case "resources": [Self.request(resources: 4, scopes: 1)]
      default: [Self.request(resources: 1, scopes: 4)]
      }
    for body in bodies {
      #expect(try outcomes(body, 4) == [true, true])
      #expect(try outcomes(body, 3) == [false, false])
    }
  }

  @Test("A body of nothing but empty resources takes no more memory than it should")
  func emptyResources() {
    let body = [UInt8]((0..<2_000_000).map { $0 & 1 == 0 ? 10 : 0 })
    let (outcome, _, _) = Self.receive(body) { _ in }
    guard case .tooLarge = outcome else {
      Issue.record("\(outcome)")
      return
    }
  }
}
