import Ingest
import Store
import Testing

/// A span that went through rules on its way in.
struct RuledSpan {
  /// As the store has it.
  let record: SpanRecord
  /// The lifted dimensions of its trace.
  let snapshot: Snapshot
  /// How many spans each rule changed.
  let uses: [RuleUse]

  /// Receives one span under the rules; what a viewer is sent must be what the store has.
  init(_ span: SpanRecord, under book: RuleBook) throws {
    let store = Store(budgetBytes: 64 << 20)
    let receiver = StoreReceiver(store: store, rules: book)
    var encoder = TraceRequestEncoder()
    let body = MessageBytes(encoder.encode([span]))
    let sent = unsafe body.withUnsafeBytes { bytes in
      let outcome = unsafe receiver.receive(bytes)
      #expect(outcome == .accepted(count: 1))
      return receiver.requestForViewers()
    }
    snapshot = store.settledSnapshot()
    record = try Self.onlySpan(of: snapshot)
    uses = book.uses.filter { $0.spans > 0 }
    let viewer = Store(budgetBytes: 64 << 20)
    StoreReceiver(store: viewer).receive(sent.map { MessageBytes($0) } ?? body)
    #expect(try Self.onlySpan(of: viewer.settledSnapshot()) == record)
  }

  private static func onlySpan(of snapshot: Snapshot) throws -> SpanRecord {
    let traces = LiveQuery(filter: nil).update(to: snapshot, now: UnixNanos(0)).traces
    let trace = try #require(traces.first)
    let reference = try #require(snapshot.references(of: trace).first)
    return try #require(snapshot.record(of: reference))
  }

  /// A span of a name and a service with attributes.
  static func span(
    _ attributes: [Attribute], name: String = "tool.invoke", service: String = "mcp-gateway"
  ) -> SpanRecord {
    var span = SpanRecord(
      traceID: TraceID(high: 1, low: 2), spanID: SpanID(3), name: name, start: UnixNanos(10),
      end: UnixNanos(20))
    span.resource.attributes = [Attribute("service.name", .string(service))]
    span.attributes = attributes
    return span
  }
}
