import Store
import Support
import Testing

@Suite("What a filter means for a trace")
struct NaiveEvaluatorTests {
  /// A request through a gateway: the tenant is known to the llm span alone, the filter was slow,
  /// the upstream failed.
  static let request = facts(
    TraceBuilder {
      root("POST /v1/chat", 40.ms, service: "plano(inbound)") {
        child("execute_raw_filter (pii)", 250.ms, service: "plano(filter)")
          .attributes(["filter.id": "pii", "http.status_code": "200"])
        child("chat -> gpt-4o", 30.ms, service: "plano(llm)") {
          child("upstream", 20.ms).kind(.client).status(.error, "timeout")
            .attributes(["http.status_code": 504, "retry": 1, "retry": 2])
            .event("exception", ["exception.type": "Timeout"])
        }
        .attributes([
          "tenant.id": "acme", "llm.model": "gpt-4o", "llm.model": "openai/gpt-4o-2024",
          "http.request.header.x-team": ["red", "blue"], "stream": true, "temperature": 0.5,
        ])
        .scope("brightstaff", version: "1.2", ["scope.key": "s"])
      }
      .kind(.server).resource(["host.name": "h1"])
    }
  ) { facts in
    facts.spans[1].role = .filter
    facts.spans[2].role = .llm
    facts.spans[2].dimensions = [.tenant: ["acme"], .model: ["gpt-4o", "openai/gpt-4o-2024"]]
    facts.spans[2].tokens = 900
    facts.spans[2].tokensIn = 800
    facts.spans[2].tokensOut = 100
    facts.spans[2].costUSD = 0.02
    facts.spans[2].timeToFirstToken = 120.ms
    facts.spans[3].hasError = true
    facts.summary.verdict = .error
    facts.summary.errorCount = 1
    facts.summary.tokensIn = 800
    facts.summary.tokensOut = 100
    facts.summary.tokens = 900
    facts.summary.costUSD = 0.02
    facts.summary.timeToFirstToken = 120.ms
  }

  /// Facts with the parts of a summary that follow from the spans alone.
  static func facts(
    _ trace: TraceBuilder, _ change: (inout TraceFacts) -> Void = { _ in }
  ) -> TraceFacts {
    let spans = trace.spans
    var summary = TraceSummary(number: TraceNumber(1), id: trace.traceID)
    summary.start = spans.map(\.start).min() ?? UnixNanos(0)
    summary.end = spans.map(\.end).max() ?? UnixNanos(0)
    summary.spanCount = spans.count
    summary.rootName = spans.first?.name ?? ""
    summary.rootService = spans.first?.resource.serviceName ?? ""
    var facts = TraceFacts(summary: summary, spans: spans.map { SpanFacts(record: $0) })
    change(&facts)
    return facts
  }

  @Test(
    "A predicate holds when any span satisfies it; a negation when none satisfies its opposite",
    arguments: [
      ("", true), ("tenant.id=acme", true), ("tenant.id=globex", false),
      // Lifting: the tenant is on one span, the slow filter is another.
      ("tenant.id=acme service=plano(filter) dur>=250ms", true),
      ("tenant.id!=acme", false), ("tenant.id!=globex", true), ("not tenant.id=acme", false),
      ("user.id!=x", true), ("user.id?", false), ("not user.id?", true), ("tenant.id?", true),
      ("tenant.id in (globex, acme)", true), ("tenant.id not in (globex, acme)", false),
      ("llm.model=gpt-4o", true), ("llm.model=openai/*", true), ("llm.model!=gpt-4o", false),
      ("llm.model=~2024$", true), ("llm.model!~2024$", false),
      ("http.status_code=504", true), ("http.status_code=200", true),
      ("http.status_code>=500", true), ("http.status_code>=505", false), ("retry=2 retry=1", true),
      ("http.request.header.x-team=blue", true), ("stream=true", true), ("temperature<1", true),
      ("host.name=h1", true), ("scope.key=s", true),
      ("exception.type=Timeout", false),
      ("timeout", false), ("PII", true), ("\"chat -> GPT\"", true), ("brightstaff", false),
      ("504", true), ("h1", true), ("blue", true), ("plano(LLM)", true),
      ("a=1 or tenant.id=acme", true), ("a=1 tenant.id=acme", false),
      ("not (a=1 or b=2)", true), ("not (tenant.id=acme dur>1h)", true),
      // Intrinsics.
      ("name=upstream", true), ("name=up*", true), ("name!=upstream", false), ("name?", true),
      ("service=plano(llm)", true), ("kind=client", true), ("kind=producer", false),
      ("status=error", true), ("status!=error", false), ("error", true), ("error=false", false),
      ("!error", false), ("error!=true", false), ("error?", true),
      ("role=filter", true), ("role in (tool, llm)", true), ("role=tool", false),
      ("verdict=error", true), ("verdict!=error", false), ("verdict=denied", false),
      ("dur>300ms", false), ("trace.dur=280ms", true), ("trace.dur>1s", false),
      ("start<2025-11-22", true), ("spans=4", true), ("spans>4", false), ("errors=1", true),
      ("depth=2", true), ("depth>2", false), ("id=0000000000000004", true),
      ("trace=0000000000005c1f*", true), ("root.name=\"POST /v1/chat\"", true),
      ("root.service=plano*", true), ("root.service=plano(llm)", false),
      // Dimensions.
      ("tenant=acme", true), ("tenant!=acme", false), ("user?", false), ("model=gpt-4o", true),
      ("tokens=900", true), ("tokens>1k", false), ("tokens.in=800", true), ("tokens.out<200", true),
      ("cost>0.01", true), ("ttft<=120ms", true), ("ttft>120ms", false), ("environment=x", false),
    ])
  func overTheTrace(text: String, expected: Bool) throws {
    let filter = try FilterParser.parse(text)
    let wanted = text == "scope.key=s" ? try FilterParser.parse("\"scope.key\"=s") : filter
    #expect(NaiveEvaluator(Self.request).matches(wanted) == expected)
  }

  @Test(
    "Braces ask for one span that satisfies all of it",
    arguments: [
      ("{ }", true), ("{ tenant.id=acme }", true), ("{ tenant.id=acme service=plano(llm) }", true),
      ("{ tenant.id=acme service=plano(filter) }", false), ("{ tenant.id!=acme }", false),
      ("{ not tenant.id=acme }", true), ("{ llm.model!=gpt-4o }", true),
      ("{ http.status_code!=200 }", true), ("{ tenant.id!=globex }", true),
      ("{ role=filter dur>200ms }", true), ("{ role=filter dur<200ms }", false),
      ("{ verdict=error role=filter }", true), ("{ verdict!=error }", false),
      ("{ trace.dur>200ms role=llm }", true), ("{ tokens=900 role=llm }", true),
      ("{ tokens=900 role=filter }", false), ("{ timeout }", false), ("{ pii role=filter }", true),
      ("{ pii role=llm }", false), ("{ error=false }", true), ("{ error role=llm }", false),
      ("{ tenant.id=acme } { role=filter }", true),
      ("{ tenant.id=acme } && { role=tool }", false), ("{ a=1 } || { role=llm }", true),
      // Places.
      ("span.tenant.id=acme", true), ("resource.tenant.id=acme", false),
      ("resource.host.name=h1", true), ("span.host.name=h1", false), ("scope.scope.key=s", true),
      ("scope.name=brightstaff", true), ("scope.version=1.2", true), ("event.name=exception", true),
      ("event.exception.type=Timeout", true),
      ("{ event.exception.type=Timeout kind=client }", true),
      ("root.tenant.id=acme", false), ("root.host.name=h1", true),
      ("{ trace.tenant.id=acme role=filter }", true),
      ("{ trace.tenant.id!=acme role=filter }", false),
      // Relations.
      ("{ role=llm } >> { status=error }", true), ("{ role=filter } >> { status=error }", false),
      ("{ kind=server } >> { status=error }", true), ("{ kind=server } > { status=error }", false),
      ("{ role=llm } > { kind=client }", true), ("{ role=llm } ~ { role=filter }", true),
      ("{ role=llm } ~ { role=llm }", false), ("{ status=error } << { kind=server }", true),
      ("{ status=error } < { role=llm }", true), ("{ status=error } < { kind=server }", false),
      ("{ kind=server } > { role=llm } > { status=error }", true),
      ("{ kind=server } > ({ role=llm } >> { status=error })", false),
      ("{ kind=server } >> ({ role=llm } >> { status=error })", true),
      // Counts.
      ("count() > 3", true), ("count() > 4", false), ("{ role=llm } | count() = 1", true),
      ("{ kind=server } >> { } | count() = 3", true),
      ("({ kind=server } > { }) | count() >= 3", false),
      // TraceQL as typed.
      ("{ span.http.status_code >= 500 && resource.service.name = \"plano(llm)\" }", true),
      ("{ .http.status_code = 504 && status = error }", true),
      ("{ span.user.id != nil }", false), ("{ duration > 200ms && name =~ \"execute.*\" }", true),
      ("{ rootName = \"POST /v1/chat\" && kind = client }", true),
      ("{ span:status = error } >> { true = 1 }", false),
    ])
  func overOneSpan(text: String, expected: Bool) throws {
    let filter = try #require(try FilterParser.parse(text))
    #expect(NaiveEvaluator(Self.request).matches(filter) == expected)
    #expect(try FilterParser.parse(filter.description) == filter)
  }

  @Test("Orphans and circles have a depth and relations too")
  func circles() throws {
    let facts = Self.facts(
      TraceBuilder {
        root("a").id(1).parent(2)
        root("b").id(2).parent(1)
        root("c").id(3).parent(2)
        root("d").id(4).parent(4)
        root("e").id(5).parent(99)
        root("f").id(6).parent(5)
      })
    let evaluator = NaiveEvaluator(facts)
    func holds(_ text: String) throws -> Bool {
      evaluator.matches(try FilterParser.parse(text))
    }
    #expect(try holds("{ name=a depth=0 }"))
    #expect(try holds("{ name=b depth=0 }"))
    #expect(try holds("{ name=c depth=1 }"))
    #expect(try holds("{ name=d depth=0 }"))
    #expect(try holds("{ name=e depth=0 }"))
    #expect(try holds("{ name=f depth=1 }"))
    #expect(try holds("{ name=a } >> { name=b }"))
    #expect(try !holds("{ name=a } >> { name=a }"))
    #expect(try holds("{ name=b } > { name=c }"))
    #expect(try !holds("{ name=d } > { name=d }"))
    #expect(try holds("{ name=c } << { name=a }"))
    #expect(try !holds("count() > 6"))
  }

  @Test("Laws hold for random filters: negation, order of parts, everything or nothing")
  func laws() {
    var filters = RandomFilters(
      SplitMix64.announced("laws"),
      keys: ["tenant.id", "http.status_code", "llm.model", "retry", "user.id"],
      values: ["acme", "200", "504", "gpt-4o", "1", "timeout", "upstream"])
    let evaluator = NaiveEvaluator(Self.request)
    var matched = 0
    for _ in 0..<1_500 {
      let (a, b) = (filters.filter(depth: 2), filters.filter(depth: 2))
      let (isA, isB) = (evaluator.matches(a), evaluator.matches(b))
      if isA { matched += 1 }
      #expect(evaluator.matches(a.negated) != isA, "\(a)")
      #expect(evaluator.matches(Filter.all(of: [a, b])) == (isA && isB), "\(a) AND \(b)")
      #expect(evaluator.matches(Filter.any(of: [b, a])) == (isA || isB), "\(a) OR \(b)")
    }
    #expect((300...1_200).contains(matched), "the filters are too easy or too hard: \(matched)")
  }
}
