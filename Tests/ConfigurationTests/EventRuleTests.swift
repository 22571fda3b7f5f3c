import Ingest
import Store
import Support
import Testing

@testable import Configuration

/// What rules that hide do in the events of a span: the originals leave them alone.
@Suite("Rules in events")
struct EventRuleTests {
  private static let hash = "a9ba67454c750e7c7047d27fc310ffda"

  private static func span(
    _ events: [SpanEvent], _ attributes: [Attribute] = [], name: String = "tool.invoke"
  ) -> SpanRecord {
    var span = RuledSpan.span(attributes, name: name)
    span.events = events
    span.links = [
      SpanLink(
        traceID: Array(repeating: 9, count: 16), spanID: Array(repeating: 8, count: 8),
        attributes: attributes)
    ]
    span.statusMessage = "alice@acme.example said so"
    return span
  }

  private static func event(_ attributes: [Attribute], _ name: String = "exception") -> SpanEvent {
    SpanEvent(time: UnixNanos(15), name: name, attributes: attributes)
  }

  private func ruled(_ yaml: String, _ span: SpanRecord) throws -> RuledSpan {
    let rules = try CustomizerConfiguration.rules(yaml, file: "cf.yaml")
    return try RuledSpan(
      span, under: RuleBook([.customizer(rules)], secret: RuleSecret(Array("sesame".utf8))))
  }

  private static let email = Attribute("user.email", .string("alice@acme.example"))

  @Test("What is hashed on a span is hashed in its events, under the same key; the rest stays")
  func hashed() throws {
    let other = Attribute("exception.message", .string("no alice@acme.example here"))
    let span = Self.span(
      [
        Self.event([other, Self.email, other]), Self.event([other], "b"), Self.event([Self.email]),
      ],
      [Self.email])
    let ruled = try ruled("transformations: [{field: user.email, operation: hash}]", span)
    let hidden = Attribute("user.email", .string(Self.hash))
    #expect(ruled.record.attributes == [hidden])
    #expect(
      ruled.record.events == [
        Self.event([other, hidden, other]), Self.event([other], "b"), Self.event([hidden]),
      ])
    // Links and the status are not touched.
    #expect(ruled.record.links == span.links)
    #expect(ruled.record.statusMessage == span.statusMessage)
    #expect(ruled.uses.map(\.spans) == [1])
  }

  @Test("What is removed goes from events, too, by its name or the one that the mapping gives it")
  func removed() throws {
    let span = Self.span([
      Self.event([
        Self.email, Attribute("old", .int(1)), Attribute("new", .int(2)),
        Attribute("kept", .int(3)),
      ])
    ])
    let ruled = try ruled(
      "remove_attributes: [user.email, new]\nattribute_mapping: {old: new, kept: renamed}", span)
    // Names of events' attributes stay.
    #expect(ruled.record.events == [Self.event([Attribute("kept", .int(3))])])
  }

  @Test("A tool's own removals act in the events of its spans alone")
  func ofTool() throws {
    let yaml = "tool_overrides: {weather: {remove_attributes: [user.email]}}"
    let events = [Self.event([Self.email])]
    let tool = Attribute("tool.name", .string("weather"))
    #expect(try ruled(yaml, Self.span(events, [tool])).record.events == [Self.event([])])
    #expect(try ruled(yaml, Self.span(events)).record.events == events)
  }

  @Test("Nothing is removed from the events of a span that fetches a resource, as from itself")
  func ofResource() throws {
    let span = Self.span([Self.event([Self.email])], name: "resource.read")
    #expect(try ruled("remove_attributes: [user.email]", span).record.events == span.events)
  }

  @Test("Baggage that is not allowed goes from events, too; nothing is added to them")
  func baggage() throws {
    let span = Self.span([Self.event([Attribute("baggage.evil", .bool(true)), Self.email])])
    let ruled = try ruled(
      "allowed_baggage_span_attributes: [good]\nglobal_attributes: {region: eu}", span)
    #expect(ruled.record.events == [Self.event([Self.email])])
    #expect(ruled.record.attributes == [Attribute("region", .string("eu"))])
  }

  @Test("A truth value, a number and a list in an event are hashed as Python writes them")
  func typed() throws {
    let span = Self.span([
      Self.event([Attribute("k", .bool(true)), Attribute("k", .array([.string("a"), .int(1)]))])
    ])
    let ruled = try ruled(
      "transformations: [{field: k, operation: truncate, params: {max_length: 40}}]", span)
    #expect(
      ruled.record.events == [
        Self.event([Attribute("k", .string("True")), Attribute("k", .string("['a', 1]"))])
      ])
  }

  @Test("What the span means is read anew: evidence of events stays, and so does the status")
  func meaning() throws {
    let span = Self.span([Self.event([Self.email])])
    let ruled = try ruled("remove_attributes: [user.email]", span)
    let rows = ruled.snapshot.spans(of: TraceNumber(0))
    #expect(rows.map { $0.evidence.contains(.exceptionEvent) } == [true])
  }
}
