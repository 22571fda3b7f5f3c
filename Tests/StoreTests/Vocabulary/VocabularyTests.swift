import Store
import Support
import Testing

@Suite("Vocabulary")
struct VocabularyTests {
  private func received(
    _ vocabulary: Vocabulary, _ name: String, _ attributes: [Attribute],
    kind: SpanKind = .internal, parent: UInt64 = 0, flags: UInt32 = 0, events: [SpanEvent] = []
  ) -> (snapshot: Snapshot, row: SpanRow?, summary: TraceSummary?) {
    let store = Store(budgetBytes: 1 << 24, vocabulary: vocabulary)
    let batch = SpanBatch(vocabulary: store.vocabulary)
    batch.add(
      SpanRecord(
        traceID: TraceID(high: 1, low: 1), spanID: SpanID(7), parentSpanID: SpanID(parent),
        flags: flags, name: name, kind: kind, start: UnixNanos(1), end: UnixNanos(2),
        attributes: attributes, events: events))
    _ = store.append(batch)
    let snapshot = store.settledSnapshot()
    let number = TraceNumber(snapshot.traceNumbers.lowerBound)
    return (
      snapshot, snapshot.spans(of: number).first,
      snapshot.summary(of: number, now: UnixNanos(0))
    )
  }

  private func role(
    _ name: String, _ attributes: [Attribute] = [], kind: SpanKind = .internal,
    parent: UInt64 = 0, flags: UInt32 = 0
  ) -> Role? {
    received(.standard, name, attributes, kind: kind, parent: parent, flags: flags).row?.role
  }

  @Test("Names, operations and kinds give roles; the particular goes before the general")
  func roles() {
    let chat = [Attribute("gen_ai.operation.name", .string("chat"))]
    let model = [Attribute("gen_ai.request.model", .string("gpt-4o"))]
    #expect(role("tool.lookup") == .route && role("tool.gateway_call") == .upstream)
    #expect(role("tool.list") == .list && role("tool.invoke") == .tool)
    #expect(role("server.list") == .list && role("playlist") == .span)
    #expect(role("plugin.metrics.pii_filter") == .filter && role("plugin.executed") == .span)
    #expect(role("tool.invoke", chat) == .llm)
    #expect(role("POST", kind: .server) == .inbound && role("POST", kind: .client) == .upstream)
    #expect(role("POST", model, kind: .client) == .llm && role("POST", model) == .span)
    #expect(role("POST", kind: .server, parent: 3) == .span)
    #expect(role("POST", kind: .server, parent: 3, flags: 0x301) == .inbound)
    #expect(role("POST", kind: .server, parent: 3, flags: 0x101) == .span)
    #expect(role("") == .span)
  }

  @Test("What is added to the vocabulary goes before what is there")
  func additions() throws {
    let vocabulary = Vocabulary.standard.extended(
      by: VocabularyAdditions(
        dimensions: [.tenant: ["acme.customer", "team.name"]],
        measures: [.cost: ["acme.price"]],
        clues: [.error: ["acme.broken"]],
        roles: [.init(.name, "acme-*-guard", .filter)],
        events: [.init("blocked by acme", .filterRejected)]))
    let attributes = [
      Attribute("tenant.id", .string("late")), Attribute("acme.customer", .string("early")),
      Attribute("acme.price", .double(0.5)),
    ]
    let seen = received(vocabulary, "acme-pii-guard", attributes)
    #expect(seen.row?.role == .filter && seen.summary?.tenant == "early")
    #expect(seen.summary?.costUSD == 0.5)
    #expect(received(.standard, "acme-pii-guard", attributes).summary?.tenant == "late")
    for filter in ["tenant=early", "tenant=late", "cost>0.4", "role=filter"] {
      let query = LiveQuery(filter: try FilterParser.parse(filter))
      let found = query.update(to: seen.snapshot, now: UnixNanos(0)).traces
      #expect(found.count == 1, "\(filter)")
    }
    let broken = received(vocabulary, "x", [Attribute("acme.broken", .bool(true))])
    #expect(broken.summary?.verdict == .error)
    let event = SpanEvent(time: UnixNanos(1), name: "blocked by acme")
    #expect(received(vocabulary, "x", [], events: [event]).summary?.verdict == .denied)
    #expect(received(.standard, "x", [], events: [event]).summary?.verdict == .ok)
    #expect(Vocabulary.standard.extended(by: VocabularyAdditions()) == .standard)
  }

  @Test("Time to first token is known from the event where no attribute says it")
  func firstToken() {
    let key = "llm.time_to_first_token"
    let event = SpanEvent(
      time: UnixNanos(1), name: key, attributes: [Attribute(key, .int(250))])
    let said = received(.standard, "x", [], events: [event]).summary?.timeToFirstToken
    #expect(said == .milliseconds(250))
    let both = received(.standard, "x", [Attribute(key, .int(90))], events: [event]).summary
    #expect(both?.timeToFirstToken == .milliseconds(90))
  }

  @Test("A total of tokens counts where in and out are not told, and instead of their sum")
  func totals() {
    let total = Attribute("llm.usage.total_tokens", .int(30))
    let input = Attribute("gen_ai.usage.input_tokens", .int(5))
    #expect(received(.standard, "x", [total]).summary?.tokens == 30)
    #expect(received(.standard, "x", [total, input]).summary?.tokens == 30)
    #expect(received(.standard, "x", [input]).summary?.tokens == 5)
    #expect(received(.standard, "x", []).summary?.tokens == nil)
  }

  @Test("A model call that is not routed is asked for by its name")
  func askedByName() {
    let store = Store(budgetBytes: 1 << 24)
    let batch = SpanBatch()
    batch.add(
      SpanRecord(
        traceID: TraceID(high: 1, low: 1), spanID: SpanID(7),
        name: "POST /v1/messages fast -> a/b", start: UnixNanos(1), end: UnixNanos(2),
        resource: Resource(attributes: [Attribute("service.name", .string("plano(llm)"))])))
    _ = store.append(batch)
    let snapshot = store.settledSnapshot()
    let number = TraceNumber(snapshot.traceNumbers.lowerBound)
    #expect(snapshot.summary(of: number, now: UnixNanos(0))?.modelAsked == "fast")
  }
}
