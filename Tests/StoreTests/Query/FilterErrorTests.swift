import Store
import Testing

@Suite("Refusing filters")
struct FilterErrorTests {
  @Test(
    "An error names the column and what was expected",
    arguments: [
      ("dur>2", "column 5: expected a duration such as 250ms, found \"2\""),
      ("name=x trace.dur>250", "column 18: expected a duration such as 250ms, found \"250\""),
      ("tokens>many", "column 8: expected a count such as 100 or 4k, found \"many\""),
      ("cost>cheap", "column 6: expected a number such as 0.01, found \"cheap\""),
      ("start>now", "column 7: expected a time such as 2025-11-21T14:02:11Z, found \"now\""),
      ("error=yes", "column 7: expected true or false, found \"yes\""),
      ("error>true", "column 6: error is true or false; use = or !="),
      ("status=broken", "column 8: expected unset, ok or error, found \"broken\""),
      (
        "kind=serve",
        "column 6: expected unspecified, internal, server, client, producer or consumer, "
          + "found \"serve\""
      ),
      (
        "verdict in (ok, bad)",
        "column 17: expected ok, flagged, partial, unfinished, client_gone, error or denied, "
          + "found \"bad\""
      ),
      ("status>ok", "column 7: status has no order; use =, != or in"),
      ("dur=~2s", "column 4: dur is no text; use =, !=, >, >=, < or <="),
      ("dur=2*", "column 5: expected a duration such as 250ms, found \"2*\""),
      ("a=", "column 3: expected a value after ="),
      ("a= ", "column 4: expected a value after ="),
      ("(a=)", "column 4: expected a value after =, found \")\""),
      ("a=>2", "column 3: expected a value after =, found \">2\""),
      ("=5", "column 1: expected a key before ="),
      ("!=5", "column 1: expected a key before !"),
      ("a=1 ~ b", "column 5: expected a key before ~"),
      ("a=1 or", "column 7: expected a predicate such as tenant.id=acme"),
      ("or a=1", "column 1: expected a predicate before or"),
      ("a=1 and or b", "column 9: expected a predicate before or"),
      ("not", "column 4: expected a predicate such as tenant.id=acme"),
      ("a=1 && && b", "column 8: expected a predicate such as tenant.id=acme, found \"&&\""),
      ("a=1 | b", "column 5: expected and, or, or another predicate, found \"|\""),
      ("(a=1", "column 5: expected ) for the ( at column 1"),
      ("a=1)", "column 4: this ) closes nothing"),
      ("()", "column 2: expected a predicate such as tenant.id=acme, found \")\""),
      ("a=plano(llm", "column 8: this ( is not closed; quote a value that has one"),
      ("a=1}", "column 4: this } closes nothing"),
      ("a=(x}", "column 5: this } closes nothing; quote the value"),
      ("\"abc", "column 1: this \" is not closed"),
      ("a='x", "column 3: this ' is not closed"),
      ("\"\"", "column 1: expected text between the quotes"),
      ("a=\"\\u{110000}\"", "column 4: expected a code point such as \\u{1F6A9}"),
      ("a=x, b=y", "column 4: a comma separates nothing here; quote a value that ends with one"),
      ("a in ()", "column 7: expected a value, found \")\""),
      ("a in (x,)", "column 9: expected a value, found \")\""),
      ("a in (x y)", "column 9: expected , or ), found \"y)\""),
      ("a in (x", "column 8: expected , or )"),
      ("a=~(", "column 4: this ( is not closed; quote a value that has one"),
      ("a=~\"(\"", "column 4: not a regular expression: unmatched ( or \\("),
      ("a=~\"[\"", "column 4: not a regular expression: invalid regular expression"),
      (#"a=~"(x)\1""#, "column 4: not a regular expression: back references are not supported"),
      (
        "a=~\"((x{200}){200})\"",
        "column 4: not a regular expression: it repeats more than 10000 times"
      ),
      ("{ a=1", "column 6: expected } for the { at column 1"),
      ("a=1 {", "column 6: expected a predicate such as tenant.id=acme"),
      ("{ { a=1 } }", "column 3: braces cannot stand inside braces"),
      ("{ count() > 3 }", "column 3: count() cannot stand inside braces"),
      ("{ a=1 } >> b=2", "column 12: expected { after >>, found \"b=2\""),
      ("{ a=1 } >>", "column 11: expected { after >>"),
      ("{ a=1 } | avg(dur) > 2s", "column 11: expected count(), found \"avg(dur)\""),
      ("{ a=1 } | count() =~ 3", "column 19: expected a comparison such as > 3, found \"=~\""),
      ("count() > many", "column 11: expected a count such as 100 or 4k, found \"many\""),
      ("count() > -1", "column 11: expected a count such as 100 or 4k, found \"-1\""),
      ("count()", "column 8: expected a comparison such as > 3"),
      ("{ dur>2 }", "column 7: expected a duration such as 250ms, found \"2\""),
      ("a=1 }", "column 5: this } closes nothing"),
      ("span.x>", "column 8: expected a value after >"),
    ])
  func message(text: String, message: String) {
    let error = #expect(throws: FilterError.self) { try FilterParser.parse(text) }
    #expect(error?.description == message)
  }

  @Test("An error has the length of what is wrong")
  func lengths() {
    func error(_ text: String) -> FilterError? {
      #expect(throws: FilterError.self) { try FilterParser.parse(text) }
    }
    #expect(error("dur>2 x")?.length == 1)
    #expect(error("status=\"bro ken\"")?.length == 9)
    #expect(error("a=")?.length == 0)
    #expect(error("x or and")?.length == 3)
    let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}"
    #expect(
      error("dur>\(family)\(family)")
        == FilterError(
          column: 5, length: 2,
          message: "expected a duration such as 250ms, found \"\(family)\(family)\""))
  }

  @Test("What was found is cut where it would fill the line")
  func longFinding() {
    let error = #expect(throws: FilterError.self) {
      try FilterParser.parse("dur>" + String(repeating: "x", count: 1_000))
    }
    let found = String(repeating: "x", count: 39)
    #expect(error?.message == "expected a duration such as 250ms, found \"\(found)…\"")
    #expect(error?.length == 1_000)
  }

  @Test("Too deep and too long are errors with their place")
  func limits() {
    let deep = #expect(throws: FilterError.self) {
      try FilterParser.parse(String(repeating: "(", count: 1_000))
    }
    #expect(deep == FilterError(column: 65, length: 1, message: "nested more than 64 deep"))
    let long = #expect(throws: FilterError.self) {
      try FilterParser.parse(String(repeating: "é", count: 4_100))
    }
    #expect(
      long
        == FilterError(
          column: 4_097, length: 4,
          message: "a filter has at most 4,096 characters, this one has 4100"))
  }
}
