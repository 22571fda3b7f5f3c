import Store
import Support
import Testing

@Suite("Printing filters")
struct FilterRoundTripTests {
  @Test("A printed filter is read as an equal one, for thousands of random filters")
  func roundTrip() throws {
    var filters = RandomFilters(SplitMix64.announced("printed filters"))
    for _ in 0..<4_000 {
      let filter = filters.filter()
      let text = filter.description
      guard text.count <= FilterParser.maximumLength else { continue }
      do throws(FilterError) {
        let again = try FilterParser.parse(text)
        #expect(again == filter, "\(text)\n\(String(describing: again))")
        #expect(again?.description == text)
      } catch {
        Issue.record("\(error)\n\(text)")
      }
    }
  }

  @Test("Any text is read or refused within its columns, for thousands of random texts")
  func anyText() {
    let pieces = [
      "a", "tenant.id", "=", "!=", "=~", "!~", ">", ">=", "<", "(", ")", "{", "}", "\"", "'", "`",
      "\\",
      "*", "?", ",", " ", " ", "and", "or", "not", "in", "!", "&&", "||", "|", ">>", "~", "count()",
      "5",
      "2s", "dur", "status", "span.", "\u{301}", "\u{1F6A9}", "\0", "é", "[", "{1,9}", "nil",
      "error",
    ]
    var random = SplitMix64.announced("random texts")
    for _ in 0..<5_000 {
      let text = (0..<random.number(1...12)).map { _ in random.pick(pieces) }.joined()
      do throws(FilterError) {
        if let filter = try FilterParser.parse(text) {
          let again = try FilterParser.parse(filter.description)
          #expect(again == filter, "\(text) printed \(filter)")
        }
      } catch {
        #expect(error.column >= 1, "\(text): \(error)")
        #expect(error.column + error.length <= text.count + 2, "\(text): \(error)")
        #expect(error.column <= text.count + 1, "\(text): \(error)")
      }
      let cursor = random.number(0...text.count + 1)
      let suggestions = Completion.suggest(text: text, cursor: cursor, snapshotKeys: ["tenant.id"])
      {
        _ in [("acme", 3)]
      }
      for suggestion in suggestions {
        #expect(suggestion.range.lowerBound >= 0 && suggestion.range.upperBound <= text.count)
      }
    }
  }

  @Test("A value is quoted only where it must be")
  func quoting() {
    #expect(Filter.quoted("acme") == "acme")
    #expect(Filter.quoted("openai/gpt-4o") == "openai/gpt-4o")
    #expect(Filter.quoted("plano(llm)") == "plano(llm)")
    #expect(Filter.quoted("a@b.c") == "a@b.c")
    #expect(Filter.quoted("") == "\"\"")
    #expect(Filter.quoted("d e") == "\"d e\"")
    #expect(Filter.quoted("x*") == "\"x*\"")
    #expect(Filter.quoted("a)b(") == "\"a)b(\"")
    #expect(Filter.quoted("\u{1B}[31m") == "\"\\u{1b}[31m\"")
    #expect(Filter.quotedKey("tenant.id") == "tenant.id")
    #expect(Filter.quotedKey("name") == "\"name\"")
    #expect(Filter.quotedKey("event.name") == "\"event.name\"")
  }

  @Test("Only this and not this are added to a filter")
  func composition() throws {
    let acme = Filter.Predicate.only("tenant.id", "acme")
    let notAcme = Filter.Predicate.not("tenant.id", "acme")
    func adding(_ predicate: Filter.Predicate, _ text: String) throws -> String {
      Filter.adding(predicate, to: try FilterParser.parse(text)).description
    }
    #expect(try adding(acme, "") == "tenant.id=acme")
    #expect(try adding(acme, "timeout") == "timeout tenant.id=acme")
    #expect(try adding(acme, "a=1 b=2") == "a=1 b=2 tenant.id=acme")
    #expect(try adding(acme, "a=1 or b=2") == "(a=1 or b=2) tenant.id=acme")
    #expect(try adding(acme, "tenant.id=acme x") == "tenant.id=acme x")
    #expect(try adding(notAcme, "tenant.id=acme x") == "x tenant.id!=acme")
    #expect(try adding(acme, "tenant.id!=acme") == "tenant.id=acme")
    #expect(try adding(acme, "not tenant.id=acme") == "tenant.id=acme")
    #expect(try adding(.only("http.status_code", 503), "") == "http.status_code=503")
    #expect(try adding(.not("h", ["a b", "c"]), "") == #"h!="[\"a b\",\"c\"]""#)
    let joined = Filter.joining([
      try FilterParser.parse("a=1 b=2"), nil, try FilterParser.parse("c or d"),
    ])
    #expect(joined?.description == "a=1 b=2 (c or d)")
    #expect(
      try FilterParser.parse("a=1 not (b? or c=2) x name=y")?.attributeKeys == ["a", "b", "c"])
  }
}
