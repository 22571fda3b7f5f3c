import Ingest
import Testing

@testable import Configuration

@Suite("Configurations that are not right")
struct ConfigurationErrorTests {
  private func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch {
      return "\(error)"
    }
  }

  @Test(
    "Plano's file is refused where Plano or its proxy refuses it, with the line",
    arguments: [
      (
        "tracing:\n  random_sampling: 150",
        "p:2: random_sampling is 150; Plano starts with 0 to 100 only"
      ),
      (
        "tracing:\n  random_sampling: -1",
        "p:2: random_sampling is -1; Plano starts with 0 to 100 only"
      ),
      (
        "tracing:\n  random_sampling: 1.5",
        "p:2: expected random_sampling to be a whole number from 0 to 100, found the number 1.5"
      ),
      (
        "tracing:\n  random_sampling: \"100\"",
        "p:2: expected random_sampling to be a whole number from 0 to 100, found \"100\""
      ),
      (
        "tracing:\n  random_sampling: true",
        "p:2: expected random_sampling to be a whole number from 0 to 100, found the truth value true"
      ),
      (
        "tracing:\n  sampling_rate: 1",
        "p:2: \"sampling_rate\" is no setting of tracing; Plano refuses it, too"
      ),
      (
        "tracing:\n  span_attributes:\n    static:\n      a: 1",
        "p:4: expected the value of static attribute \"a\" to be text, found the number 1; put it in quotes"
      ),
      (
        "tracing:\n  span_attributes:\n    static: {a: yes}",
        "p:3: expected the value of static attribute \"a\" to be text, found the truth value true; put it in quotes"
      ),
      (
        "tracing:\n  span_attributes:\n    static: {a: }",
        "p:3: expected the value of static attribute \"a\" to be text, found nothing"
      ),
      (
        "tracing:\n  span_attributes:\n    header_prefixes: x-",
        "p:3: expected header_prefixes to be a list, found \"x-\""
      ),
      (
        "tracing:\n  span_attributes:\n    header_prefix: []",
        "p:3: \"header_prefix\" is no setting of span_attributes, which has header_prefixes and static"
      ),
      ("tracing: [1]", "p:1: expected tracing to be a mapping, found a list"),
      (
        "a: 1\nb: [",
        "p:3: not YAML: while parsing a flow node in line 3: did not find expected node content"
      ),
      ("a: 1\na: 2", "p:1: \"a\" stands here more than once"),
    ])
  func plano(yaml: String, expected: String) {
    #expect(message { _ = try PlanoConfiguration(yaml, file: "p") } == expected)
  }

  @Test(
    "ContextForge's file is refused where the plugin refuses to start, with the line",
    arguments: [
      (
        "global_attributes:\n  a: null",
        "c:2: attribute \"a\" must be text, a number, true or false, found nothing"
      ),
      (
        "global_attributes:\n  a: [1]",
        "c:2: attribute \"a\" must be text, a number, true or false, found a list"
      ),
      (
        "global_attributes:\n  a: 99999999999999999999",
        "c:2: attribute \"a\" must be text, a number, true or false, found a number that needs more than 64 bits"
      ),
      ("global_attributes:\n  1: a", "c:2: expected a name, found the number 1; put it in quotes"),
      ("transformations:\n  - operation: hash", "c:2: \"field\" is missing here"),
      (
        "transformations:\n  - field: a\n    operation: 3",
        "c:3: expected operation to be text, found the number 3; put it in quotes"
      ),
      ("conditions:\n  - when: a", "c:2: a condition needs \"add\""),
      ("remove_attributes: a", "c:1: expected remove_attributes to be a list, found \"a\""),
      (
        "attribute_mapping: {a: 1}",
        "c:1: expected the new name of \"a\" to be text, found the number 1; put it in quotes"
      ),
      (
        "emit_baggage_prefixed_attributes: 1",
        "c:1: expected emit_baggage_prefixed_attributes to be true or false, found the number 1"
      ),
      ("allowed_baggage_span_attributes: [' ']", "c:1: a key of baggage has 1 to 255 characters"),
      ("plugins:\n  - name: Other", "c:2: no plugin of this file is SpanAttributeCustomizer"),
      (
        "other: 1",
        "c:1: neither a list of plugins nor the configuration of SpanAttributeCustomizer is in this file"
      ),
      ("", "c: there is nothing in it"),
    ])
  func contextForge(yaml: String, expected: String) {
    #expect(message { _ = try CustomizerConfiguration.rules(yaml, file: "c") } == expected)
  }

  @Test("The plugin's limits hold")
  func limits() {
    let many = (0...100).map { "  k\($0): 1" }.joined(separator: "\n")
    #expect(
      message { _ = try CustomizerConfiguration.rules("global_attributes:\n\(many)", file: "c") }
        == "c:2: global_attributes has 101 members; there may be 100")
    let long = String(repeating: "x", count: 4_097)
    #expect(
      message {
        _ = try CustomizerConfiguration.rules("global_attributes: {a: \(long)}", file: "c")
      }
        == "c:1: the text of \"a\" has more than 4096 characters")
  }

  @Test(
    "The plugin is found in a list of plugins, in an entry, and alone; a disabled one rules baggage"
  )
  func layouts() throws {
    let alone = "{global_attributes: {a: 1}, allowed_baggage_span_attributes: []}"
    let entry = "name: SpanAttributeCustomizer\nconfig: \(alone)"
    let kind = "x.y.SpanAttributeCustomizerPlugin"
    let list = "plugins: [{name: O}, {name: S, kind: \(kind), config: \(alone)}]"
    for yaml in [alone, entry, list] {
      let rules = try CustomizerConfiguration.rules(yaml, file: "c")
      #expect(rules.globals.map(\.key) == ["a"])
      #expect(rules.baggage.allowed == [])
    }
    let disabled = try CustomizerConfiguration.rules(entry + "\nmode: disabled", file: "c")
    #expect(disabled.globals.isEmpty)
    #expect(disabled.baggage.allowed == [])
  }

  @Test("Anchors and merged mappings are read; unknown settings are passed over")
  func merges() throws {
    let yaml = """
      base: &base {a: 1, b: 2}
      global_attributes: {<<: *base, b: 3}
      unheard: of
      """
    let rules = try CustomizerConfiguration.rules(yaml, file: "c")
    #expect(rules.globals.map(\.key) == ["b", "a"])
    #expect(rules.globals.map(\.value) == [.integer(3), .integer(1)])
  }

  @Test(
    "In tracetop's own file everything must be known",
    arguments: [
      ("rule: {}", "o:1: \"rule\" is no setting; there are rules, vocabulary, sample and slow"),
      (
        "rules:\n  planos: {}",
        "o:2: \"planos\" is no kind of rules; there are plano and contextforge"
      ),
      (
        "rules:\n  contextforge:\n    transformation: []",
        "o:3: \"transformation\" is no setting here; there are global_attributes, tool_overrides, transformations, conditions, remove_attributes, attribute_mapping, allowed_baggage_span_attributes, emit_baggage_prefixed_attributes"
      ),
      (
        "vocabulary:\n  dimensions: {tenants: [a]}",
        "o:2: \"tenants\" is no dimension; there are tenant, user, session, request, route, model_asked, model, provider, environment"
      ),
      (
        "vocabulary:\n  roles: [{name: a*, role: boss}]",
        "o:2: \"boss\" is no role; there are span, inbound, orchestrate, filter, route, agent, llm, upstream, tool, prompt, resource, list, health"
      ),
    ])
  func own(yaml: String, expected: String) {
    #expect(message { _ = try TracetopConfiguration(yaml, file: "o") } == expected)
  }
}
