import Ingest
import Store
import Testing

@testable import Configuration

/// Log records that went through rules on their way in.
@Suite("Rules and logs")
struct RuledLogTests {
  private static let rules = """
    transformations: [{field: user.email, operation: hash}]
    remove_attributes: [password]
    tool_overrides:
      login: {remove_attributes: [token]}
    """

  private static func record(_ attributes: [Attribute], body: AttributeValue) -> LogRecord {
    LogRecord(
      traceID: TraceID(high: 1, low: 2), spanID: SpanID(3), time: UnixNanos(15),
      severity: LogSeverity(rawValue: 9), body: body, attributes: attributes)
  }

  /// What is held, and what a viewer is sent.
  private static func received(
    _ record: LogRecord, under book: RuleBook
  ) throws -> (held: LogRecord, sent: [UInt8]) {
    let store = Store(budgetBytes: 64 << 20)
    let receiver = StoreReceiver(store: store, rules: book)
    var encoder = TraceRequestEncoder()
    receiver.receive(MessageBytes(encoder.encode([RuledSpan.span([])])))
    let body = LogRequestEncoder.encode([record])
    let sent = unsafe body.withUnsafeBytes { bytes in
      _ = unsafe receiver.receive(logs: bytes)
      return receiver.logsForViewers()
    }
    let snapshot = store.settledSnapshot()
    let trace = try #require(snapshot.find(TraceID(high: 1, low: 2)))
    return (try #require(snapshot.logRecords(of: trace).first), sent ?? body)
  }

  @Test(
    "What is removed or hashed in spans survives in no attribute and no structured body of a log")
  func secrets() throws {
    let rules = try CustomizerConfiguration.rules(Self.rules, file: "c")
    let book = RuleBook([.customizer(rules)], secret: RuleSecret(Array("sesame".utf8)))
    let before = book.uses
    let (held, sent) = try Self.received(
      Self.record(
        [
          Attribute("password", .string("hunter2")), Attribute("user.email", .string("alice")),
          Attribute("token", .string("hunter3")), Attribute("kept", .int(1)),
        ],
        body: .keyValues([
          Attribute("password", .string("hunter4")), Attribute("message", .string("hello")),
          Attribute(
            "user",
            .keyValues([
              Attribute("user.email", .string("alice")), Attribute("token", .string("hunter5")),
            ])),
          Attribute("list", .array([.keyValues([Attribute("password", .string("hunter6"))])])),
        ])), under: book)
    let hash = try #require(held.attributes.first { $0.key == "user.email" }?.value)
    #expect(held.attributes.map(\.key).sorted() == ["kept", "user.email"])
    #expect(
      held.body
        == .keyValues([
          Attribute("message", .string("hello")),
          Attribute("user", .keyValues([Attribute("user.email", hash)])),
          Attribute("list", .array([.keyValues([])])),
        ]))
    let text = String(decoding: sent, as: UTF8.self)
    #expect(!text.contains("hunter") && !text.contains("alice"))
    // The book counts spans; these are none.
    #expect(book.uses == before)
  }

  @Test("A header becomes the attribute that Plano's prefixes make of it, on a log as on a span")
  func headers() throws {
    let book = RuleBook([
      .plano(PlanoRules(prefixes: [.init("x-acme-", label: RuleLabel(name: "p", source: "f"))]))
    ])
    let (held, _) = try Self.received(
      Self.record(
        [Attribute("http.request.header.x-acme-tenant", .string("t1"))], body: .string("hi")),
      under: book)
    #expect(held.attributes.contains(Attribute("tenant", .string("t1"))))
  }
}
