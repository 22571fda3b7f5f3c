import Store
import Testing

@Suite("Reading filters")
struct FilterParserTests {
  @Test("An empty text is no filter, which means everything", arguments: ["", "  ", "\t\n"])
  func empty(text: String) throws {
    #expect(try FilterParser.parse(text) == nil)
  }

  @Test("A predicate has its field, its test and the columns it was typed at")
  func predicate() throws {
    let filter = try FilterParser.parse("  tenant.id = acme x")
    guard case .and(let parts)? = filter, case .predicate(let predicate) = parts[0] else {
      Issue.record("not a conjunction of a predicate and a word: \(String(describing: filter))")
      return
    }
    #expect(predicate.field == .attribute("tenant.id"))
    #expect(predicate.test == .comparison(.equal, Filter.Operand("acme")))
    #expect(predicate.columns == 3..<19)
    #expect(parts[1] == .text(TextSearch("x")))
  }

  @Test("Columns count characters, not code points")
  func columns() throws {
    let flag = "\u{1F1E9}\u{1F1EA}"  // one character of two code points
    guard case .and(let parts)? = try FilterParser.parse("\"\(flag)\" a=1"),
      case .predicate(let predicate) = parts[1]
    else {
      Issue.record("not a conjunction")
      return
    }
    #expect(predicate.columns == 5..<8)
  }

  @Test(
    "What is typed is printed in one way",
    arguments: [
      // Predicates.
      ("tenant.id=acme", "tenant.id=acme"),
      ("tenant.id==acme", "tenant.id=acme"),
      ("user.id!=usr_1", "user.id!=usr_1"),
      ("http.url=~\"/v1/.*\"", "http.url=~\"/v1/.*\""),
      ("http.url=~/v1/(a|b)+$", "http.url=~\"/v1/(a|b)+$\""),
      ("name!~'health'", "name!~\"health\""),
      ("path=~`\\d+\\.json`", #"path=~"\\d+\\.json""#),
      ("user.id?", "user.id?"),
      ("not user.id?", "not user.id?"),
      ("tenant.id in (acme, globex)", "tenant.id in (acme, globex)"),
      ("tenant.id in(acme,glo*)", "tenant.id in (acme, glo*)"),
      ("tenant.id not in ( acme )", "not tenant.id in (acme)"),
      ("dur>2s trace.dur>=1.5s", "dur>2s trace.dur>=1.5s"),
      ("tokens>4k cost>0.01 spans>100", "tokens>4k cost>0.01 spans>100"),
      ("dur <= 250ms", "dur<=250ms"),
      ("status=ERROR kind=Server", "status=error kind=server"),
      ("error", "error"), ("error=true or x", "error or x"),
      ("error=false", "error=false"),
      ("\"error\"", "\"error\""),
      ("verdict=client_gone role in (llm,tool)", "verdict=client_gone role in (llm, tool)"),
      ("trace=5C1F*  id=00000000000000AB", "trace=5C1F* id=00000000000000ab"),
      ("start>=2025-11-21T14:02:11Z", "start>=2025-11-21T14:02:11Z"),
      ("duration>1s rootName=x", "dur>1s root.name=x"),
      // Values that look like something else.
      ("service=plano(llm)", "service=plano(llm)"),
      ("(service=plano(llm))", "service=plano(llm)"),
      ("llm.model=openai/gpt-4o", "llm.model=openai/gpt-4o"),
      ("user.email=a@b.c", "user.email=a@b.c"),
      ("http.url=https://x/y", "http.url=https://x/y"),
      (#"http.url=https://x/y\?z=1"#, #"http.url="https://x/y?z=1""#),
      ("http.url=https://x/y?z=1", #"http.url=https://x/y?z\=1"#),
      ("body={\"a\":1}", #"body="{\"a\":1}""#),
      ("a=b=c", "a=\"b=c\""),
      (#"a=C:\temp"#, #"a="C:\\temp""#),
      ("a=\"\"", "a=\"\""),
      ("a=\"x\\u{1F6A9}\\n\"", "a=\"x\u{1F6A9}\\n\""),
      ("a=\"*\" b=\\*", "a=\"*\" b=\"*\""),
      ("a=1-*", "a=1-*"),
      ("llm.model=gpt-4o*", "llm.model=gpt-4o*"),
      (#"name=GET\ *"#, #"name=GET\ *"#),
      ("a>1* b=1", "a>\"1*\" b=1"),
      // Keys.
      ("\"name\"=\"x\"", "\"name\"=x"),
      ("\"tenant\"?", "\"tenant\"?"),
      ("\"http method\" in (GET)", "\"http method\" in (GET)"),
      ("guid:x-request-id=1", "guid:x-request-id=1"),
      ("größe>3", "größe>3"),
      // Words and phrases.
      ("timeout", "timeout"),
      ("\"upstream timeout\"", "\"upstream timeout\""),
      ("POST /v1/chat", "POST /v1/chat"),
      ("plano(llm)", "\"plano(llm)\""),
      ("gpt*", "\"gpt*\""),
      ("root. x", "root. x"),
      // Connectives.
      ("a=1 b=2", "a=1 b=2"),
      ("a=1 and b=2 AND c=3", "a=1 b=2 c=3"),
      ("a=1&&b=2", "a=1 b=2"),
      ("a=1 or b=2 c=3", "a=1 or (b=2 c=3)"),
      ("a=1||b=2||c=3", "a=1 or b=2 or c=3"),
      ("(a=1 or b=2) c=3", "(a=1 or b=2) c=3"),
      ("tenant.id=acme and (dur>2s or status=error)", "tenant.id=acme (dur>2s or status=error)"),
      ("((a=1))", "a=1"),
      ("(a=1 b=2) c=3", "a=1 b=2 c=3"),
      ("not a=1 b=2", "not a=1 b=2"),
      ("not (a=1 b=2)", "not (a=1 b=2)"),
      ("not(a=1)or(b=2)", "not a=1 or b=2"),
      ("!error !timeout !(x)", "not error not timeout not x"),
      ("!!x", "not not x"),
      // logfmt and `planoai trace --where`.
      ("a=b c=\"d e\"", "a=b c=\"d e\""),
      ("http.status_code=503", "http.status_code=503"),
    ])
  func printed(typed: String, printed: String) throws {
    let filter = try #require(try FilterParser.parse(typed))
    #expect(filter.description == printed)
    #expect(try FilterParser.parse(printed) == filter)
  }

  @Test("A key in quotes is an attribute, a bare one may be more")
  func keys() throws {
    func field(_ text: String) throws -> Filter.Field? {
      guard case .predicate(let predicate)? = try FilterParser.parse(text) else { return nil }
      return predicate.field
    }
    #expect(try field("name=x") == .intrinsic(.name))
    #expect(try field("\"name\"=x") == .attribute("name"))
    #expect(try field("tenant=x") == .dimension(.tenant))
    #expect(try field("tenant.id=x") == .attribute("tenant.id"))
    #expect(try field("trace.dur>1s") == .intrinsic(.traceDuration))
    #expect(try field("tokens.in>4") == .dimension(.tokensIn))
    #expect(try field("\"span.x\"=1") == .attribute("span.x"))
  }

  @Test("An operand holds every reading that applies")
  func readings() {
    #expect(Filter.Operand("200").number == .integer(200))
    #expect(Filter.Operand("4k").number == .integer(4_000))
    #expect(Filter.Operand("1.5M").number == .integer(1_500_000))
    #expect(Filter.Operand("0.01").number == .real(0.01))
    #expect(Filter.Operand("-1e3").number == .integer(-1_000))
    #expect(Filter.Operand("9223372036854775807").number == .integer(.max))
    #expect(Filter.Operand("9223372036854775808").number == .real(0x1p63))
    #expect(Filter.Operand("250ms").duration == Nanoseconds(250_000_000))
    #expect(Filter.Operand("1.1s").duration == Nanoseconds(1_100_000_000))
    #expect(Filter.Operand("2m05s").duration == Nanoseconds(125_000_000_000))
    #expect(Filter.Operand("38µs").duration == Nanoseconds(38_000))
    #expect(Filter.Operand("0.0000000001s").duration == Nanoseconds(0))
    #expect(Filter.Operand("true").boolean == true)
    for none in ["", "k", ".5", "1.", "+", "inf", "nan", "0x10", "1e999", "1 ", "4kk"] {
      #expect(Filter.Operand(none).number == nil, "\(none)")
    }
    for none in ["", "5", "s", "1s2m", "1s1s", "999999999h", "1.s", "-1s", "1 s"] {
      #expect(Filter.Operand(none).duration == nil, "\(none)")
    }
  }

  @Test(
    "A moment is read as RFC 3339 or nanoseconds",
    arguments: [
      ("1970-01-01", 0), ("2025-11-21", 1_763_683_200), ("2025-11-21T14:02", 1_763_733_720),
      ("2025-11-21T14:02:11Z", 1_763_733_731), ("2025-11-21T14:02:11+02:00", 1_763_726_531),
      ("2025-11-21t14:02:11-00:30", 1_763_735_531), ("2024-02-29T00:00:00Z", 1_709_164_800),
    ] as [(String, UInt64)])
  func moments(text: String, seconds: UInt64) {
    #expect(Filter.Operand(text).moment == UnixNanos(seconds * 1_000_000_000))
  }

  @Test("A moment has fractions, and what is none is refused")
  func momentEdges() {
    let expected = UnixNanos(1_763_733_731_250_000_000)
    #expect(Filter.Operand("2025-11-21T14:02:11.25Z").moment == expected)
    #expect(Filter.Operand("1763733731250000000").moment == expected)
    for none in [
      "2025", "2025-13-01", "2025-11-32", "2025-11-21T25:00", "2025-11-21T14:02:11x", "9",
    ] {
      #expect(Filter.Operand(none).moment == nil, "\(none)")
    }
  }

  @Test("Nesting is taken up to its limit, in every form")
  func depth() throws {
    let deepest = FilterParser.maximumDepth
    for (open, close) in [("(", ")"), ("not ", ""), ("!", "")] {
      let fits =
        String(repeating: open, count: deepest) + "a=1" + String(repeating: close, count: deepest)
      #expect(throws: Never.self) { try FilterParser.parse(fits) }
      let over = open + fits + close
      #expect(throws: FilterError.self) { try FilterParser.parse(over) }
    }
  }

  @Test("A text at the limit of length is read")
  func length() throws {
    let text = String(repeating: "a", count: FilterParser.maximumLength)
    #expect(try FilterParser.parse(text) == .text(TextSearch(text)))
    let flags = String(repeating: "é", count: FilterParser.maximumLength)
    #expect(try FilterParser.parse(flags) == .text(TextSearch(flags)))
  }
}
