import Ingest
import Store
import Support
import Testing

@testable import Configuration

/// The cases of SpanAttributeCustomizer 1.0.8, one by one.
@Suite("ContextForge's rules")
struct CustomizerTests {
  private static let secret = RuleSecret(Array("sesame".utf8))

  private func ruled(
    _ yaml: String, _ attributes: [(key: String, value: AttributeValue)],
    name: String = "tool.invoke", service: String = "mcp-gateway"
  ) throws -> AttributeLine {
    let rules = try CustomizerConfiguration.rules(yaml, file: "cf.yaml")
    let span = RuledSpan.span(
      attributes.map { Attribute($0.key, $0.value) }, name: name, service: service)
    let book = RuleBook([.customizer(rules)], secret: Self.secret)
    return AttributeLine(try RuledSpan(span, under: book).record.attributes)
  }

  // MARK: - Operations

  @Test(
    "An operation works on the value as Python writes it",
    arguments: [
      ("{field: k, operation: hash}", .string("alice@acme.example"), aliceHash),
      ("{field: k, operation: uppercase}", .string("straße"), "STRASSE"),
      ("{field: k, operation: lowercase}", .string("ÄΣ ΟΔΟΣ"), "äς οδος"),
      ("{field: k, operation: uppercase}", .bool(true), "TRUE"),
      ("{field: k, operation: lowercase}", .bool(false), "false"),
      (
        "{field: k, operation: truncate}", .string(String(repeating: "x", count: 60)),
        String(repeating: "x", count: 50)
      ),
      ("{field: k, operation: truncate, params: {max_length: 3}}", .string("👩‍👩‍👧abc"), "👩‍👩"),
      ("{field: k, operation: truncate, params: {max_length: 0}}", .string("abc"), ""),
      ("{field: k, operation: truncate, params: {max_length: -1}}", .string("abc"), "ab"),
      ("{field: k, operation: truncate, params: {max_length: null}}", .int(1_234), "1234"),
      ("{field: k, operation: truncate, params: {max_length: true}}", .string("abc"), "a"),
      ("{field: k, operation: truncate, params: {}}", .int(7), "7"),
      ("{field: k, operation: truncate, params: {max_length: 20}}", .double(1), "1.0"),
      ("{field: k, operation: truncate, params: {max_length: 20}}", .double(1e20), "1e+20"),
      ("{field: k, operation: truncate, params: {max_length: 20}}", .double(1e16), "1e+16"),
      (
        "{field: k, operation: truncate, params: {max_length: 20}}", .double(1e15),
        "1000000000000000.0"
      ),
      ("{field: k, operation: truncate, params: {max_length: 20}}", .double(0.0001), "0.0001"),
      ("{field: k, operation: truncate, params: {max_length: 20}}", .double(-0.00001), "-1e-05"),
      ("{field: k, operation: truncate, params: {max_length: 20}}", .double(1.5e-7), "1.5e-07"),
      ("{field: k, operation: truncate, params: {max_length: 20}}", .double(.nan), "nan"),
      (
        "{field: k, operation: truncate, params: {max_length: 90}}",
        .array([.string("a"), .string("b'c"), .bool(true), .int(1), .string("\n\u{7F}é")]),
        #"['a', "b'c", True, 1, '\n\x7fé']"#
      ),
      (
        "{field: k, operation: truncate, params: {max_length: 90}}",
        .keyValues([Attribute("email", .string("a@b")), Attribute("n", .double(2))]),
        "{'email': 'a@b', 'n': 2.0}"
      ),
    ] as [(String, AttributeValue, String)])
  func operation(rule: String, value: AttributeValue, expected: String) throws {
    let made = try ruled("transformations: [\(rule)]", [("k", value)])
    #expect(made.value("k") == .string(expected))
  }

  private static let aliceHash = "a9ba67454c750e7c7047d27fc310ffda"

  @Test(
    "What the original cannot do leaves the value and its type as they are",
    arguments: [
      "{field: k, operation: truncate, params: {max_length: \"3\"}}",
      "{field: k, operation: truncate, params: {max_length: 2.5}}",
      "{field: k, operation: truncate, params: {max_length: [1]}}",
      "{field: k, operation: HASH}", "{field: k, operation: sha256}",
      "{field: other, operation: hash}", "{field: K, operation: hash}",
    ])
  func unchanged(rule: String) throws {
    #expect(try ruled("transformations: [\(rule)]", [("k", .int(12_345))]).text == "k=12345")
  }

  @Test(
    "Hashes are those of Python's hmac",
    arguments: [
      (.bool(true), "ac5a52c2ac097eb53e11de6580365c15"),
      (.double(1), "2e0b092853dd1148933be00a6c2de14d"),
      (.double(1e20), "5b45395b704d20257daf0a45f30a7d7e"),
      (.int(42), "f29f78d94205913a70ad6ecbbc938397"),
      (.array([.string("a"), .string("b'c")]), "581bf0f94d7627dd9b3ae779b02b6dd8"),
      (.string("grüß"), "2c22dd58c568413ef8a0e5d740a59715"),
    ] as [(AttributeValue, String)])
  func hash(value: AttributeValue, expected: String) throws {
    let made = try ruled("transformations: [{field: k, operation: hash}]", [("k", value)])
    #expect(made.value("k") == .string(expected))
  }

  // MARK: - Order

  @Test("Globals, then the tool's override, then conditions in order; each later one wins")
  func additions() throws {
    let yaml = """
      global_attributes: {a: global, b: global, c: 1}
      tool_overrides: {weather: {attributes: {b: tool, d: tool}}}
      conditions:
        - {when: 'tool.name == "weather"', add: {d: first, e: 2.5}}
        - {when: 'tool.name == weather', add: {e: true}}
        - {when: 'tool.name == other', add: {a: never}}
      """
    #expect(
      try ruled(yaml, [("tool.name", .string("weather"))]).text
        == "tool.name=weather a=global b=tool c=1 d=first e=true")
    #expect(try ruled(yaml, [("x", .int(1))]).text == "x=1 a=global b=global c=1")
    #expect(
      try ruled(yaml, [("tool.name", .string("Weather"))]).text
        == "tool.name=Weather a=global b=global c=1")
  }

  @Test("What is added wins over what the span has, in its place and transformed before")
  func addedWins() throws {
    let yaml = """
      global_attributes: {k: Added}
      transformations:
        - {field: k, operation: uppercase}
        - {field: k, operation: truncate, params: {max_length: 3}}
      """
    #expect(try ruled(yaml, [("k", .string("own")), ("z", .int(1))]).text == "k=ADD z=1")
  }

  @Test("Transformations reach the span's own attributes, each in the order given")
  func ownAttributes() throws {
    let yaml = """
      transformations:
        - {field: k, operation: truncate, params: {max_length: 2}}
        - {field: k, operation: uppercase}
        - {field: k, operation: truncate, params: {max_length: 1}}
      """
    #expect(try ruled(yaml, [("k", .string("ßxy"))]).text == "k=S")
  }

  @Test("Names change after values, removals come last and know new names only")
  func renamedThenRemoved() throws {
    let yaml = """
      global_attributes: {secret: 1, note: 2}
      attribute_mapping: {secret: hidden, kept: left}
      remove_attributes: [secret, left, note, no.such]
      """
    #expect(try ruled(yaml, [("kept", .int(3)), ("own", .int(4))]).text == "own=4 hidden=1")
  }

  @Test("A tool's override removes for that tool alone")
  func toolRemovals() throws {
    let yaml = "tool_overrides: {weather: {remove_attributes: [tool.id]}}"
    let attributes: [(key: String, value: AttributeValue)] = [
      ("tool.id", .string("1")), ("mcp.tool.name", .string("weather")),
    ]
    #expect(try ruled(yaml, attributes).text == "mcp.tool.name=weather")
    #expect(
      try ruled(yaml, [("tool.id", .string("1")), ("tool.name", .string("other"))]).text
        == "tool.id=1 tool.name=other")
  }

  @Test("A resource's fetch has no removals, no tool, and its names change")
  func resources() throws {
    let yaml = """
      global_attributes: {g: 1}
      conditions: [{when: 'tool.name == ""', add: {c: 1}}]
      attribute_mapping: {a: b}
      remove_attributes: [x]
      """
    #expect(
      try ruled(yaml, [("a", .int(1)), ("x", .int(2))], name: "resource.read").text == "b=1 x=2 g=1"
    )
    #expect(try ruled(yaml, [("a", .int(1)), ("x", .int(2))], name: "tool.list").text == "b=1 g=1")
  }

  @Test("Plano's spans get nothing added, and are hashed and cleared all the same")
  func planos() throws {
    let yaml = """
      global_attributes: {g: 1}
      transformations: [{field: k, operation: uppercase}]
      remove_attributes: [x]
      """
    #expect(
      try ruled(yaml, [("k", .string("v")), ("x", .int(2))], service: "plano(llm)").text == "k=V")
  }

  // MARK: - Conditions

  @Test(
    "when is an equality of tool.name and nothing else",
    arguments: [
      (#"tool.name == "x""#, true), ("tool.name == 'x'", true), ("tool.name==x", true),
      ("  tool.name  ==  x  ", true), (#"tool.name == "x"#, true), (#"tool.name == ""x"""#, true),
      (#"tool.name == "'x'""#, true), (#"tool.name == '"x"'"#, false),
      (#"tool.name === "x""#, false), (#""x" == tool.name"#, false),
      (#"tool.name == "x" or true"#, false), (#"tool.name != "x""#, false), ("true", false),
      (#"tool.id == "x""#, false), (#"TOOL.NAME == "x""#, false), (#"tool.name = "x""#, false),
      (#"tool.name == " x""#, false), (#"tool.name == "X""#, false),
    ])
  func condition(text: String, holds: Bool) {
    #expect(ToolCondition(text).holds(forTool: "x") == holds)
    #expect(!ToolCondition(text).holds(forTool: nil))
  }

  @Test("The name in a condition may hold what looks like one")
  func conditionNames() {
    #expect(ToolCondition(#"tool.name == '"x"'"#) == .toolIs(#""x""#))
    #expect(ToolCondition(#"tool.name == "a==b""#) == .toolIs("a==b"))
    #expect(ToolCondition(#"tool.name == " x ""#) == .toolIs(" x "))
  }

  // MARK: - Names

  @Test(
    "Names change by an exact rule, else by the first pattern that fits",
    arguments: [
      ("{a.b: c.d}", "a.b", "c.d"), ("{p.*: q.*}", "p.x", "q.x"), ("{p.*: q.*}", "p.x.y", "p.x.y"),
      ("{p.*: q.*}", "p.", "p."), ("{p.*: q.*, p.x: exact}", "p.x", "exact"),
      ("{'*.b.*': 'x.*.*'}", "a.b.c", "x.a.c"), ("{p.a*: q*}", "p.abc", "qbc"),
      ("{p.*: q}", "p.x", "p.x"), ("{p.*: q, 'p.**': 'r.*.*'}", "p.xy", "r.x.y"),
      ("{p.*: q.*, '*.x': 'r.*'}", "p.x", "q.x"), ("{a: 'b*'}", "a", "b*"),
      ("{a: b, b: c}", "a", "b"), ("{'**': '*-*'}", "äöü", "äö-ü"),
    ])
  func mapping(rules: String, key: String, expected: String) throws {
    #expect(
      try ruled("attribute_mapping: \(rules)", [(key, .int(1))]).text == "\(expected)=1")
  }

  @Test("Where two names become one, the last value stands in the first one's place")
  func collisions() throws {
    let yaml = "attribute_mapping: {a: c, b: c}"
    #expect(try ruled(yaml, [("a", .int(1)), ("x", .int(9)), ("b", .int(2))]).text == "c=2 x=9")
    #expect(try ruled("attribute_mapping: {a: b}", [("b", .int(1)), ("a", .int(2))]).text == "b=2")
  }

  @Test(
    "One name that is not valid voids the whole mapping",
    arguments: [
      "{a: b, c: otel.x}", "{a: b, '': c}", "{a: b, c: ''}",
      "{a: b, c: \(String(repeating: "x", count: 257))}",
    ])
  func voidMapping(rules: String) throws {
    #expect(try ruled("attribute_mapping: \(rules)", [("a", .int(1))]).text == "a=1")
  }

  // MARK: - Baggage

  @Test(
    "Of the baggage only what is allowed becomes attributes",
    arguments: [
      ("emit_baggage_prefixed_attributes: true", "baggage.a=1 baggage.evil=2 b=3"),
      ("allowed_baggage_span_attributes: [' a ']", "baggage.a=1 b=3"),
      ("allowed_baggage_span_attributes: []", "b=3"),
      ("emit_baggage_prefixed_attributes: false", "a=1 evil=2 b=3"),
      (
        "{allowed_baggage_span_attributes: [a], emit_baggage_prefixed_attributes: false}",
        "a=1 b=3"
      ),
    ])
  func baggage(yaml: String, expected: String) throws {
    let attributes: [(key: String, value: AttributeValue)] = [
      ("baggage.a", .int(1)), ("baggage.evil", .int(2)), ("b", .int(3)),
    ]
    #expect(try ruled(yaml, attributes).text == expected)
  }

  // MARK: - Dimensions and counts

  @Test("What a trace is found by is what rules left: the raw value is nowhere in the store")
  func dimensions() throws {
    let rules = try CustomizerConfiguration.rules(
      "transformations: [{field: user.email, operation: hash}]", file: "cf.yaml")
    let span = RuledSpan.span([Attribute("user.email", .string("alice@acme.example"))])
    let ruled = try RuledSpan(span, under: RuleBook([.customizer(rules)], secret: Self.secret))
    func found(_ filter: String) throws -> Int {
      LiveQuery(filter: try FilterParser.parse(filter))
        .update(to: ruled.snapshot, now: UnixNanos(0)).traces.count
    }
    #expect(try found("user=\(Self.aliceHash)") == 1)
    #expect(try found("user=alice@acme.example") == 0)
    #expect(try found("\"alice\"") == 0)
    #expect(
      ruled.uses == [
        RuleUse(
          rule: RuleLabel(name: "transformations hash user.email", source: "cf.yaml:1"), spans: 1)
      ])
  }
}

/// Attributes as one line: `key=value` with blanks between.
struct AttributeLine {
  let attributes: [Attribute]
  init(_ attributes: [Attribute]) { self.attributes = attributes }

  func value(_ key: String) -> AttributeValue? { attributes.first { $0.key == key }?.value }

  var text: String {
    attributes.map { attribute in
      switch attribute.value {
      case .string(let text): "\(attribute.key)=\(text)"
      case .int(let number): "\(attribute.key)=\(number)"
      case .double(let number): "\(attribute.key)=\(number)"
      case .bool(let isTrue): "\(attribute.key)=\(isTrue)"
      default: "\(attribute.key)=?"
      }
    }.joined(separator: " ")
  }
}
