import Ingest
import Store
import TUI
import Testing

@testable import tracetop

@Suite("TraceText")
struct TraceTextTests {
  private static let noon = UnixNanos(1_764_000_000_000_000_000)

  private static func span(
    _ id: UInt64, under parent: UInt64, _ name: String, role: Role, service: String,
    at start: UInt64, for milliseconds: UInt64, evidence: Evidence = [],
    _ attributes: [Attribute] = []
  ) -> TraceDocument.Span {
    let begin = noon + .milliseconds(start)
    let record = SpanRecord(
      traceID: TraceID(high: 1, low: 2), spanID: SpanID(id), parentSpanID: SpanID(parent),
      name: name, start: begin, end: begin + .milliseconds(milliseconds), attributes: attributes)
    return TraceDocument.Span(
      record: record, role: role, service: service, evidence: evidence)
  }

  private static func document() -> TraceDocument {
    var summary = TraceSummary(number: TraceNumber(1), id: TraceID(high: 1, low: 2))
    summary.start = noon
    summary.end = noon + .milliseconds(1_920)
    summary.spanCount = 5
    summary.verdict = .error
    summary.tenant = "acme"
    summary.user = "usr_ana\u{1B}[2J"
    summary.modelAsked = "fast-llm"
    summary.model = "gpt-4o-mini"
    summary.tokensIn = 402
    summary.tokensOut = 118
    summary.costUSD = 0.0042
    summary.timeToFirstToken = .milliseconds(412)
    return TraceDocument(
      summary: summary,
      spans: [
        span(3, under: 2, "routing", role: .route, service: "plano(routing)", at: 2, for: 240),
        span(
          4, under: 2, "POST api.openai.com/v1/chat/completions", role: .upstream,
          service: "plano(outbound)", at: 250, for: 1_500, evidence: [.httpServerError],
          [Attribute("http.status_code", .string("503")), Attribute("zone", .string(""))]),
        span(
          2, under: 1, "POST /v1/chat/completions\nfast-llm", role: .llm, service: "plano(llm)",
          at: 1, for: 1_910),
        span(
          1, under: 0, "POST /v1/chat/completions", role: .inbound, service: "plano(inbound)",
          at: 0, for: 1_920),
        span(9, under: 8, "late", role: .span, service: "other", at: 1_000, for: 1),
      ])
  }

  @Test("Without a terminal a trace is plain text, its spans a tree, and nothing in it is obeyed")
  func plain() {
    let text = TraceText(ink: Ink(isOn: false), zone: .utc).text(of: Self.document())
    #expect(
      text == """
        00000000000000010000000000000002  error  1.92s  5 spans in 5 services  2025-11-24 16:00:00.000
        tenant acme  user usr_ana␛[2J
        model fast-llm → gpt-4o-mini  tokens 402 in, 118 out  cost $0.004  first token 412ms

          1.92s  inbound   POST /v1/chat/completions  plano(inbound)
          1.91s  llm       └─ POST /v1/chat/completions␤fast-llm  plano(llm)
          240ms  route        ├─ routing  plano(routing)
          1.50s  upstream     └─ POST api.openai.com/v1/chat/completions  plano(outbound)
                                 http.status_code 503
                           (parent has not arrived)
          1.0ms  span      └─ late  other

        """)
  }

  @Test("Colours go around words and nothing else")
  func colours() {
    let document = Self.document()
    let plain = TraceText(ink: Ink(isOn: false)).text(of: document)
    let coloured = TraceText(ink: Ink(isOn: true)).text(of: document)
    #expect(coloured != plain)
    #expect(coloured.replacing(/\u{1B}\[\d+m/, with: "") == plain)
  }

  @Test("All attributes are shown when they are asked for")
  func attributes() {
    let text = TraceText(ink: Ink(isOn: false), attributes: .all).text(of: Self.document())
    #expect(text.contains("http.status_code 503\n"))
    #expect(text.contains("zone \n"))
  }
}
