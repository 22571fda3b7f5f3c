import Store
import Support
import Testing

@Suite("Globs")
struct GlobTests {
  @Test("A glob agrees with its definition, for thousands of small patterns and texts")
  func agreesWithDefinition() {
    var random = SplitMix64.announced("globs")
    for _ in 0..<5_000 {
      let pattern = (0..<random.number(0...8)).map { _ in random.pick(["*", "?", "a", "b", "é"]) }
      let text = (0..<random.number(0...8)).map { _ in random.pick(["a", "b", "é"]) }
      let glob = Glob(
        pattern.map { $0 == "*" ? .any : $0 == "?" ? .one : .literal(Array($0.utf8)) })
      #expect(
        glob.matches(text.joined()) == matches(pattern[...], text[...]),
        "\(pattern.joined()) on \(text.joined())")
    }
  }

  /// What a glob is: a star eats nothing or one more.
  private func matches(_ pattern: ArraySlice<String>, _ text: ArraySlice<String>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return matches(pattern.dropFirst(), text)
        || !text.isEmpty && matches(pattern, text.dropFirst())
    }
    guard let letter = text.first, first == "?" || first == letter else { return false }
    return matches(pattern.dropFirst(), text.dropFirst())
  }

  @Test("Stars do not take exponential time")
  func hostile() {
    let glob = Glob((0..<50).flatMap { _ in [.any, .literal(Array("a".utf8))] } + [.literal([98])])
    #expect(!glob.matches(String(repeating: "a", count: 2_000)))
  }

  @Test("The prefix of a glob is what every match begins with")
  func prefix() {
    #expect(Glob([.literal(Array("gpt-".utf8)), .any]).literalPrefix == Array("gpt-".utf8))
    #expect(Glob([.any, .literal([97])]).literalPrefix == [])
  }
}
