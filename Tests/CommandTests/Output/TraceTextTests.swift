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
          [
            Attribute("node_id", .string("")), Attribute("http.method", .string("POST")),
            Attribute("http.status_code", .string("503")), Attribute("error", .string("true")),
            Attribute("response_flags", .string("-")),
          ]),
        span(
          2, under: 1, "POST /v1/chat/completions\nfast-llm", role: .llm, service: "plano(llm)",
          at: 1, for: 1_910,
          [
            Attribute("service.name.override", .string("plano(llm)")),
            Attribute("llm.model", .string("gpt-4o-mini")),
            Attribute("llm.model", .string("gpt-4o")),
            Attribute("llm.tools", .string("get(a)\nset(\u{202E}b)")),
            Attribute("llm.is_streaming", .bool(true)),
            Attribute("many", .array([.int(1), .bool(true)])),
            Attribute(
              "llm.user_message_preview", .string(String(repeating: "0123456789", count: 20))),
          ]),
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
        fast-llm → gpt-4o → api.openai.com  tokens 402 in, 118 out  cost $0.004  first token 412ms

           +0ms  1.92s   inbound   POST /v1/chat/completions  plano(inbound)
         +1.0ms  1.91s   llm       └─ POST /v1/chat/completions␤fast-llm  plano(llm)
                                      │  llm.model=gpt-4o-mini  llm.model=gpt-4o  llm.is_streaming=true
                                      │  llm.tools="get(a)\\nset(\\u{202e}b)"
                                      │  llm.user_message_preview=012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678…
                                      │  many=[1,true]
         +2.0ms  240ms   route        ├─ routing  plano(routing)
         +250ms  1.50s E upstream     └─ POST api.openai.com/v1/chat/completions  plano(outbound)
                                            http.status_code=503 Service Unavailable  http.method=POST
                                            error=true
                                   (parent has not arrived)
         +1.00s  1.0ms   span      └─ late  other

        """)
  }

  @Test("On a terminal no line is longer than it is wide")
  func eighty() {
    let text = TraceText(ink: Ink(isOn: false), zone: .utc, columns: 80).text(of: Self.document())
    #expect(
      text == """
        00000000000000010000000000000002  error  1.92s  5 spans in 5 services
        2025-11-24 16:00:00.000
        tenant acme  user usr_ana␛[2J
        fast-llm → gpt-4o → api.openai.com  tokens 402 in, 118 out  cost $0.004
        first token 412ms

           +0ms  1.92s   inbound   POST /v1/chat/completions  plano(inbound)
         +1.0ms  1.91s   llm       └ POST /v1/chat/completions␤fast-llm  plano(llm)
                                     │ llm.model=gpt-4o-mini  llm.model=gpt-4o
                                     │ llm.is_streaming=true
                                     │ llm.tools="get(a)\\nset(\\u{202e}b)"
                                     │ llm.user_message_preview=012345678901234567890123
                                     │ 4567890123456789012345678901234567890123456789012
                                     │ 3456789012345678901234567890123456789012345678901
                                     │ 2345678901234567890123456789012345678…
                                     │ many=[1,true]
         +2.0ms  240ms   route       ├ routing  plano(routing)
         +250ms  1.50s E upstream    └ POST api.openai.com/v1/chat/completions
                                         http.status_code=503 Service Unavailable
                                         http.method=POST  error=true
                                   (parent has not arrived)
         +1.00s  1.0ms   span      └ late  other

        """)
    for columns in 60...140 {
      let lines = TraceText(ink: Ink(isOn: false), columns: columns).text(of: Self.document())
      #expect(lines.split(separator: "\n").allSatisfy { TextWidth.columns(of: $0) <= columns })
    }
  }

  @Test("Colours go around words and nothing else, and ASCII is ASCII")
  func colours() {
    let document = Self.document()
    let plain = TraceText(ink: Ink(isOn: false)).text(of: document)
    let coloured = TraceText(ink: Ink(isOn: true)).text(of: document)
    #expect(coloured != plain)
    #expect(coloured.replacing(/\u{1B}\[\d+m/, with: "") == plain)
    let drawn = TraceText(ink: Ink(isOn: false), glyphs: .ascii).text(of: document)
    // The stand-ins for what must not be obeyed are all that is left.
    #expect(drawn.unicodeScalars.allSatisfy { $0.isASCII || ($0.value & 0xFF00) == 0x2400 })
  }

  @Test("All attributes and events are shown when they are asked for, and chosen ones when chosen")
  func everything() {
    var document = Self.document()
    document.spans[3].record.events = [
      SpanEvent(
        time: Self.noon + .milliseconds(40), name: "retry",
        attributes: [Attribute("error", .string("a b"))])
    ]
    let all = TraceText(ink: Ink(isOn: false), extent: .all).text(of: document)
    #expect(all.contains("node_id=\n") || all.contains("node_id=  "))
    #expect(all.contains("service.name.override=plano(llm)"))
    #expect(all.contains("· +40ms retry  error=\"a b\"\n"))
    let chosen = TraceText(ink: Ink(isOn: false), extent: .chosen).text(of: document)
    #expect(chosen.contains("service.name.override=plano(llm)"))
    #expect(!chosen.contains("retry"))
  }
}
