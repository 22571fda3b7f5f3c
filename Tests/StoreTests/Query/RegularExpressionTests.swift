import Store
import Testing

@Suite("Regular expressions")
struct RegularExpressionTests {
  @Test(
    "A pattern is looked for anywhere, in characters",
    arguments: [
      ("b+", "abbc", true), ("^b", "abc", false), ("^a.c$", "aéc", true),
      ("(x|y){2}", "axyb", true),
      ("[[:digit:]]+", "no", false), ("", "", true), ("^$", "", true), ("a.c", "a\0c", false),
      ("c$", "a\0c", true), ("É", "é", false), ("a{2,}", "baa", true),
    ])
  func matching(pattern: String, text: String, expected: Bool) throws {
    #expect(try RegularExpression(pattern).matches(text) == expected)
  }

  @Test(
    "What is no pattern, or a costly one, is refused with a reason",
    arguments: [
      ("(", "unmatched ( or \\("), ("[a", "unmatched [, [^, [:, [., or [="),
      ("*", "invalid preceding regular expression"), ("a{2,1}", "invalid content of \\{\\}"),
      ("a\\", "trailing backslash"),
      ("(a)\\1", "back references are not supported"), ("\0", "a zero character cannot be matched"),
      ("(((a{100}){100}){100})", "it repeats more than 10000 times"),
      ("a{1,32000}", "it repeats more than 10000 times"),
      ("a{32000,}", "it repeats more than 10000 times"),
    ])
  func refusing(pattern: String, reason: String) {
    do throws(RegularExpression.Failure) {
      _ = try RegularExpression(pattern)
      Issue.record("taken: \(pattern)")
    } catch {
      #expect(error.reason == reason)
    }
  }

  @Test("A pattern can be asked from several threads at once")
  func threads() async throws {
    let expression = try RegularExpression("(a|b)+c$")
    let found = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 {
        group.addTask { (0..<500).count { expression.matches("xab\($0)abc") } }
      }
      return await group.reduce(0, +)
    }
    #expect(found == 2_000)
  }
}
