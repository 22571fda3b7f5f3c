import Ingest
import Store
import Support
import Testing

@testable import Configuration

/// The cases of Plano's custom attributes, one by one.
@Suite("Plano's rules")
struct PlanoTests {
  private func ruled(
    _ attributes: String, _ span: SpanRecord
  ) throws -> String {
    let plano = try PlanoConfiguration(
      "tracing: {span_attributes: \(attributes)}", file: "plano.yaml")
    return AttributeLine(
      try RuledSpan(span, under: RuleBook([.plano(plano.rules)])).record.attributes
    ).text
  }

  private func header(_ name: String, _ value: AttributeValue) -> Attribute {
    Attribute("http.request.header." + name, value)
  }

  @Test(
    "A header becomes an attribute by the first prefix that matches",
    arguments: [
      ("[x-acme-]", "x-acme-tenant-id", "tenant.id"),
      ("[x-, x-acme-]", "x-acme-tenant-id", "acme.tenant.id"),
      ("[x-acme-, x-]", "x-acme-tenant-id", "tenant.id"), ("[x-acme]", "x-acmefoo", "foo"),
      ("[x-acme-]", "x-acme--id", "id"), ("[x-acme-]", "x-acme-a--b", "a..b"),
      ("[x-acme-]", "x-acme-a-", "a."), ("[x-acme-]", "x-acme-a_b", "a_b"),
      ("[x-acme-]", "x-acme-", nil), ("[x-acme-]", "x-acme---", nil),
      ("[X-Acme-]", "x-acme-id", nil), ("[' x-']", "x-acme-id", nil),
      ("['']", "authorization", "authorization"), ("['']", "x-request-id", "x.request.id"),
      ("[x-acme-]", "X-Acme-ID", "id"), ("[x-, x-]", "x-a", "a"), ("[]", "x-a", nil),
    ] as [(String, String, String?)])
  func keys(prefixes: String, name: String, key: String?) throws {
    let made = try ruled(
      "{header_prefixes: \(prefixes)}",
      RuledSpan.span([header(name, .string("v"))], service: "web"))
    let expected = key.map { " \($0)=v" } ?? ""
    #expect(made == "http.request.header.\(name)=v" + expected)
  }

  @Test(
    "Of a header's values the last counts that is visible ASCII, without blanks at its ends",
    arguments: [
      (.string(" a b\t"), "a b"), (.string(""), ""), (.string("  "), ""), (.string("grüß"), nil),
      (.string("a\nb"), nil), (.array([.string("a"), .string(" b ")]), "b"),
      (.array([.string("a"), .string("ü")]), "a"), (.array([.string("a"), .int(1)]), "a"),
      (.array([]), nil), (.int(1), nil), (.bool(true), nil),
      (.keyValues([Attribute("a", .string("b"))]), nil),
    ] as [(AttributeValue, String?)])
  func values(value: AttributeValue, expected: String?) throws {
    let plano = PlanoRules(prefixes: [
      PlanoRules.Prefix("x-", label: RuleLabel(name: "p", source: "f:1"))
    ])
    let span = RuledSpan.span([header("x-k", value)], service: "web")
    let made = try RuledSpan(span, under: RuleBook([.plano(plano)]))
    #expect(
      made.record.attributes.first { $0.key == "k" }?.value == expected.map { .string($0) })
    #expect(made.uses.map(\.spans) == (expected == nil ? [] : [1]))
  }

  @Test("Of two headers that become one key the later one counts, and either beats a static one")
  func collisions() throws {
    let span = RuledSpan.span(
      [header("x-a-id", .string("1")), header("y-id", .string("2"))], service: "web")
    #expect(
      try ruled("{header_prefixes: [x-a-, y-], static: {id: s, env: prod}}", span).hasSuffix(
        " id=2 env=prod"))
    let empty = RuledSpan.span([header("x-a-id", .string(" "))], service: "web")
    #expect(try ruled("{header_prefixes: [x-a-], static: {id: s}}", empty).hasSuffix(" id="))
    let invalid = RuledSpan.span([header("x-a-id", .string("ü"))], service: "web")
    #expect(try ruled("{header_prefixes: [x-a-], static: {id: s}}", invalid).hasSuffix(" id=s"))
  }

  @Test(
    "Static attributes go where Plano puts them, and to other services' spans that carry headers",
    arguments: [
      ("plano(llm)", "llm", true), ("plano(orchestrator)", "x", true), ("plano(agent)", "x", true),
      ("plano(routing)", "routing_decision", true), ("plano(routing)", "routing", false),
      ("plano(filter)", "x", false), ("plano(inbound)", "POST /", false),
      ("plano(outbound)", "POST /", false), ("plano", "x", false), ("mcp-gateway", "x", false),
    ])
  func bearers(service: String, name: String, isBearer: Bool) throws {
    let span = RuledSpan.span([Attribute("a", .int(1))], name: name, service: service)
    #expect(try ruled("{static: {env: prod}}", span) == (isBearer ? "a=1 env=prod" : "a=1"))
    let headed = RuledSpan.span([header("h", .string("v"))], name: name, service: service)
    let isOther = !service.hasPrefix("plano")
    #expect(
      try ruled("{static: {env: prod}}", headed)
        == "http.request.header.h=v" + (isBearer || isOther ? " env=prod" : ""))
  }

  @Test("What is there already stays; what Plano sets later keeps the last word")
  func places() throws {
    let span = RuledSpan.span(
      [
        Attribute("component", .string("llm")),
        Attribute("service.name.override", .string("plano(llm)")),
        Attribute("env", .string("own")), header("x-llm-model", .string("mine")),
        Attribute("llm.model", .string("gpt")),
      ], name: "llm", service: "plano(llm)")
    let made = try ruled("{header_prefixes: [x-], static: {env: prod, '': e}}", span)
    #expect(
      made == "component=llm service.name.override=plano(llm) llm.model=mine =e env=own "
        + "http.request.header.x-llm-model=mine llm.model=gpt")
  }

  @Test("A tenant from a header is the trace's tenant")
  func tenant() throws {
    let plano = try PlanoConfiguration(
      "tracing: {span_attributes: {header_prefixes: [x-katanemo-]}}", file: "p")
    let span = RuledSpan.span(
      [header("x-katanemo-tenant-id", .array([.string("acme")]))], service: "web")
    let made = try RuledSpan(span, under: RuleBook([.plano(plano.rules)]))
    let found = LiveQuery(filter: try FilterParser.parse("tenant=acme"))
      .update(to: made.snapshot, now: UnixNanos(0))
    #expect(found.traces.count == 1)
  }

  @Test("Plano's rules come before ContextForge's, which can hash what a header said")
  func together() throws {
    let plano = try PlanoConfiguration(
      "tracing: {span_attributes: {header_prefixes: [x-]}}", file: "p")
    let forge = try CustomizerConfiguration.rules(
      "transformations: [{field: user.email, operation: uppercase}]\n"
        + "remove_attributes: [http.request.header.x-user-email]", file: "c")
    let span = RuledSpan.span([header("x-user-email", .string("a@b"))], service: "web")
    let book = RuleBook([.customizer(forge), .plano(plano.rules)])
    #expect(
      AttributeLine(try RuledSpan(span, under: book).record.attributes).text == "user.email=A@B")
  }

  @Test("Sampling is Plano's own and is only read")
  func sampling() throws {
    #expect(
      try PlanoConfiguration("tracing: {random_sampling: 25}", file: "p").randomSampling == 25)
    #expect(
      try PlanoConfiguration("version: v0.4\n", file: "p") == PlanoConfiguration("", file: "p"))
  }
}
