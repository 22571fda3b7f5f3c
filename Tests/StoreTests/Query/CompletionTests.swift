import Store
import Testing

@Suite("Completing filters")
struct CompletionTests {
  private let keys = ["llm.model", "http.status_code", "user.id", "tenant.id", "name", "a b"]
  private func values(_ key: String) -> [(value: String, spans: Int)] {
    switch key {
    case "tenant.id": [("acme", 118), ("globex", 40), ("acme labs", 3)]
    case "user.id": [("usr_1", 9), ("bob@acme.com", 2)]
    case "llm.model": [("gpt-4o", 300), ("openai/gpt-4o-mini", 12)]
    case "http.status_code": [("200", 500), ("503", 7)]
    case "service.name": [("plano(llm)", 80)]
    default: []
    }
  }

  /// Suggestions for the text up to `|`, as "text" or "text (note)".
  private func suggest(_ text: String) -> [String] {
    let cursor = text.firstIndex(of: "|").map { text.distance(from: text.startIndex, to: $0) }
    return Completion.suggest(
      text: text.replacing("|", with: ""), cursor: cursor ?? text.count, snapshotKeys: keys,
      values: values
    ).map { $0.note.isEmpty ? $0.text : "\($0.text) (\($0.note))" }
  }

  @Test("With nothing typed, keys are offered, favoured ones first")
  func empty() {
    let offered = suggest("")
    #expect(offered.prefix(5) == ["tenant.id", "user.id", "llm.model", "http.status_code", "name"])
    #expect(offered.count == Completion.limit)
    #expect(suggest("a=1 ").first == "tenant.id")
    #expect(suggest("(not ").first == "tenant.id")
  }

  @Test("A value is offered with the key it belongs to")
  func valueFirst() {
    #expect(
      suggest("acme") == [
        "tenant.id=acme (118 spans)", "tenant.id=\"acme labs\" (3 spans)",
        "user.id=bob@acme.com (2 spans)",
      ])
    #expect(suggest("a=1 and ACM").first == "tenant.id=acme (118 spans)")
    #expect(suggest("\"acme l").first == "tenant.id=\"acme labs\" (3 spans)")
    #expect(suggest("denied") == ["verdict=denied"])
    #expect(suggest("mini") == ["llm.model=openai/gpt-4o-mini (12 spans)"])
  }

  @Test("What begins with what was typed comes before what contains it, values and keys alike")
  func beginnings() {
    let keys = ["agent_id", "tenant.id"]
    let values = ["agent_id": [("content_guard", 90)], "tenant.id": [("acme", 3), ("ten_1", 2)]]
    let offered = Completion.suggest(text: "ten", cursor: 3, snapshotKeys: keys) {
      values[$0] ?? []
    }
    #expect(
      offered.map(\.text) == [
        "tenant.id=ten_1", "tenant.id", "tenant", "agent_id=content_guard",
      ])
  }

  @Test("Of many values a few come before the keys that begin alike, the others after them")
  func manyValues() {
    let offered = Completion.suggest(text: "ten", cursor: 3, snapshotKeys: ["tenant.id"]) { key in
      key == "tenant.id" ? (1...8).map { ("ten_\($0)", 9 - $0) } : []
    }
    #expect(offered.map(\.text).firstIndex(of: "tenant.id") == 4)
    #expect(offered.count == 10)
  }

  @Test("Keys that begin with what was typed come before those that contain it")
  func keysByText() {
    #expect(suggest("stat") == ["status (unset, ok or error)", "http.status_code"])
    #expect(suggest("use").prefix(2) == ["user.id", "user"])
    #expect(suggest("user").last == "user.id")
  }

  @Test("After a whole key come its operators")
  func operators() {
    #expect(
      suggest("tenant.id") == [
        "tenant.id= (is)", "tenant.id!= (is not)", "tenant.id? (is there)", "tenant.id=~ (matches)",
        "tenant.id!~ (does not match)", "tenant.id> (more than)", "tenant.id< (less than)",
        "tenant.id in ( (is one of)",
      ])
    #expect(suggest("dur").prefix(2) == ["dur> (more than)", "dur>= (at least)"])
    #expect(
      suggest("role").prefix(3) == ["role= (is)", "role!= (is not)", "role in ( (is one of)"])
  }

  @Test("After an operator come the values seen, those that begin with what was typed first")
  func valuesOfKey() {
    #expect(
      suggest("tenant.id=") == ["acme (118 spans)", "globex (40 spans)", "\"acme labs\" (3 spans)"])
    #expect(suggest("tenant.id=\"acme l") == ["\"acme labs\" (3 spans)"])
    #expect(suggest("user.id!=acme") == ["bob@acme.com (2 spans)"])
    #expect(
      suggest("x tenant.id in (globex, ac") == ["acme (118 spans)", "\"acme labs\" (3 spans)"])
    #expect(suggest("status=") == ["unset", "ok", "error"])
    #expect(suggest("service=") == ["plano(llm) (80 spans)"])
    #expect(
      suggest("tenant=") == ["acme (118 spans)", "globex (40 spans)", "\"acme labs\" (3 spans)"])
    #expect(suggest("span.tenant.id=gl") == ["globex (40 spans)"])
    #expect(suggest("dur>25") == ["250ms"])
    #expect(suggest("\"a b\"=") == [])
  }

  @Test("Behind a place come the keys that it may have")
  func places() {
    #expect(suggest("span.ten").first == "span.tenant.id")
    #expect(suggest("{ resource.us").first == "resource.user.id")
    #expect(suggest("event.").first == "event.name")
    #expect(suggest("scope.").prefix(2) == ["scope.name", "scope.version"])
    #expect(suggest("trace.").first == "trace.dur (a duration such as 250ms)")
    #expect(suggest("span.").contains("span.\"a b\""))
    #expect(suggest("resour") == ["role=resource", "resource. (on its resource)"])
    #expect(suggest("root.tenant.id=gl") == ["globex (40 spans)"])
  }

  @Test("Behind braces come the relations to others, and how many there are")
  func relations() {
    let relations = [
      ">> { (that have a descendant)", "> { (that have a child)", "~ { (that have a sibling)",
      "<< { (that have an ancestor)", "< { (that have a parent)", "| count() > (how many spans)",
    ]
    #expect(suggest("{ role=llm } ").prefix(6) == relations[...])
    #expect(suggest("{ role=llm }").prefix(6) == relations[...])
    #expect(suggest("{ role=llm } >> {} ").prefix(6) == relations[...])
    #expect(suggest("{ role=llm } >> { ").first == "tenant.id")
    #expect(suggest("{ role=llm } cou").contains("count() > (how many spans)"))
    #expect(suggest("{ role=").prefix(2) == ["span", "inbound"])
  }

  @Test("A suggestion replaces the token the cursor is in")
  func ranges() {
    func first(_ text: String, _ cursor: Int) -> Suggestion? {
      Completion.suggest(text: text, cursor: cursor, snapshotKeys: keys, values: values).first
    }
    #expect(
      first("x tenant.id=gl y", 14) == Suggestion(range: 12..<14, text: "globex", note: "40 spans"))
    #expect(first("x tenant.id=gl y", 13)?.range == 12..<14)
    #expect(
      first("é acm", 5) == Suggestion(range: 2..<5, text: "tenant.id=acme", note: "118 spans"))
    #expect(first("x ", 2)?.range == 2..<2)
    #expect(first("", 0)?.range == 0..<0)
    #expect(first("tenant.id=\"acme l", 17)?.range == 10..<17)
    #expect(first("acm", 99)?.range == 0..<3)
  }

  @Test("What is there already is not offered")
  func nothingNew() {
    #expect(suggest("tenant.id=globex") == [])
  }

  @Test(
    "An unknown key is answered with the nearest one",
    arguments: [
      ("tenat.id", "no span has tenat.id; did you mean tenant.id?"),
      ("tenant.di", "no span has tenant.di; did you mean tenant.id?"),
      ("llm.modle", "no span has llm.modle; did you mean llm.model?"),
      ("Tenant.ID", "no span has Tenant.ID; did you mean tenant.id?"),
      ("stauts", "no span has stauts; did you mean status?"),
      ("zzz", "no span has zzz"),
      ("completely.other", "no span has completely.other"),
    ])
  func didYouMean(key: String, notice: String) {
    #expect(Completion.notice(ofUnknownKey: key, among: keys) == notice)
  }
}
