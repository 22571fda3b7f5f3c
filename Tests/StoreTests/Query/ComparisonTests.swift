import Store
import Support
import Testing

@Suite("Comparing values")
struct ComparisonTests {
  /// The test of the only predicate of a filter.
  private func test(_ text: String) throws -> Filter.Test {
    guard case .predicate(let predicate)? = try FilterParser.parse(text) else {
      throw FilterError(column: 1, length: 0, message: "not one predicate: \(text)")
    }
    return predicate.test
  }

  @Test(
    "A value satisfies a test, or does not",
    arguments: [
      // Numbers that were sent, numbers that were typed.
      (200, "a=200", true), (200, "a=200.0", true), (200, "a=\"200\"", true), (200, "a=2e2", true),
      (200, "a=201", false), (200, "a!=200", false), (200, "a!=x", true), (200, "a=20*", true),
      (200, "a=~^2", true), (200, "a=x", false), (200, "a>199", true), (200, "a>200", false),
      (200, "a>=200", true), (200, "a<200.5", true), (200, "a>x", false), (200, "a>2s", false),
      (200, "a in (1, 200)", true), (200, "a in (1, 2)", false), (4_000, "a=4k", true),
      (4_001, "a>4k", true), (200.0, "a=200", true), (200.0, "a=\"200\"", true),
      (0.1, "a=0.1", true), (0.1, "a<0.2", true), (2.5, "a=2.5", true), (2.5, "a>2", true),
      (.double(.nan), "a=1", false), (.double(.nan), "a<1", false), (.double(.nan), "a!=1", true),
      (.double(.nan), "a=NaN", true), (.double(.infinity), "a>9223372036854775807", true),
      (.int(.max), "a=9223372036854775807", true), (.int(.max), "a=9223372036854775808", false),
      (.int(.max), "a<9223372036854775808", true), (.int(.min), "a>-1e300", true),
      (.int(9_007_199_254_740_993), "a=9007199254740992", false),
      // Text that was sent.
      ("200", "a=200", true), ("200", "a=200.0", false), ("007", "a=7", false),
      ("4000", "a=4k", false), ("4k", "a=4k", true), ("503", "a>=500", true),
      ("99", "a>=500", false), ("unknown", "a>=500", false), ("", "a>=500", false),
      ("300ms", "a>250ms", true), ("0.2s", "a>250ms", false), ("9", "a>250ms", false),
      ("v10", "a>v2", false), ("v3", "a>v2", true), ("b", "a>a", true),
      ("acme", "a=acme", true), ("acme", "a=Acme", false), ("acme", "a!=acme", false),
      ("acme", "a in (x, acme)", true), ("acme", "a in (x, ac*)", true), ("", "a=\"\"", true),
      ("gpt-4o-mini", "a=gpt-4o*", true), ("gpt-4o", "a=gpt-4?", true),
      ("gpt-4", "a=gpt-4?", false),
      ("x*y", #"a=x\*y"#, true), ("xzy", #"a=x\*y"#, false), ("x*y", "a=\"x*y\"", true),
      ("/v1/chat", "a=~/v[0-9]/", true), ("/v1/chat", "a!~/v[0-9]/", false),
      ("/v1/chat", "a=~\"^chat\"", false), ("é", "a=~\"^.$\"", true), ("é", "a=?", true),
      ("a\nb", "a=~\"^a.b$\"", true), ("x", "a?", true), ("", "a?", true),
      // The rest.
      (true, "a=true", true), (true, "a=false", false), (true, "a!=false", true),
      (true, "a=\"true\"", true), (true, "a=1", false), (true, "a>false", false),
      (false, "a in (false)", true), (.empty, "a?", true), (.empty, "a=null", true),
      (.bytes([104, 105]), "a=aGk=", true), (["x", "y"], "a=y", true), (["x", "y"], "a=z", false),
      (["x", "y"], "a!=y", false), (["x", "y"], #"a="[\"x\",\"y\"]""#, true),
      ([1, 2], "a>1", true), ([1, 2], "a>2", false), ([["x"]], "a=x", true),
      (.keyValues([Attribute("k", "v"), Attribute("n", 1.5)]), #"a={"k":"v","n":1.5}"#, true),
    ] as [(AttributeValue, String, Bool)])
  func value(value: AttributeValue, text: String, expected: Bool) throws {
    #expect(try test(text).matches(value) == expected)
  }

  @Test("Durations, moments, counts and booleans compare in their own kind")
  func kinds() throws {
    #expect(try test("dur>250ms").matches(duration: 251.ms))
    #expect(try !test("dur>250ms").matches(duration: 250.ms))
    #expect(try test("dur=0.25s").matches(duration: 250.ms))
    #expect(try test("dur!=1s").matches(duration: 250.ms))
    #expect(try test("dur in (1s, 250ms)").matches(duration: 250.ms))
    #expect(try test("start>=2025-11-21").matches(moment: UnixNanos(1_763_683_200_000_000_000)))
    #expect(try !test("start>2025-11-21").matches(moment: UnixNanos(1_763_683_200_000_000_000)))
    #expect(try test("tokens>4k").matches(count: 4_001))
    #expect(try test("cost>0.01").matches(double: 0.011))
    #expect(try test("error!=true").matches(boolean: false))
  }

  @Test("Text search takes no notice of case, beyond ASCII too")
  func search() {
    #expect(TextSearch("TimeOut").matches("upstream TIMEOUT after 4 s"))
    #expect(!TextSearch("timeout").matches("time out"))
    #expect(TextSearch("größe").matches("DIE GRÖßE"))
    #expect(TextSearch("ΣΑΣ").matches("σασ"))
    #expect(!TextSearch("ö").matches("o"))
    #expect(TextSearch("\u{1F6A9}").matches("chat \u{1F6A9}"))
    #expect(TextSearch("aab").matches("aaab"))
    #expect(!TextSearch("abc").matches("ab"))
  }

  @Test("A value's JSON is compact and keeps order and duplicates")
  func json() {
    let value: AttributeValue = .keyValues([
      Attribute("a", [1, 2.0, "x\"\n\u{1}", true, .empty]), Attribute("a", .bytes([1, 2, 3, 4])),
    ])
    #expect(JSONText.of(value) == #"{"a":[1,2.0,"x\"\n\u0001",true,null],"a":"AQIDBA=="}"#)
  }
}
