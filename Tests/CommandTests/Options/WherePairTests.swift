import Store
import Testing

@testable import tracetop

@Suite("WherePair")
struct WherePairTests {
  @Test(
    "What is no pair of planoai's is a filter as it stands",
    arguments: [
      "a=1 b=2", "dur>2s", "tenant.id!=acme", "tenant.id in (acme, globex)", "a==b",
      "\"a\"=b", "tenant.id=acme and dur>2s", "(a=1)",
    ])
  func filters(text: String) throws {
    #expect(try WherePair.filter(text) == text)
  }

  @Test(
    "A pair is read by the filter language, which knows patterns and names of its own",
    arguments: [
      ("tenant.id=acme", "tenant.id=acme"), ("llm.model=gpt-4o*", "llm.model=gpt-4o*"),
      ("http.status_code=503", "http.status_code=503"),
      ("guid:x-request-id=32fe", "guid:x-request-id=32fe"),
      // These are names of the language, and an attribute may be called so too.
      ("error=true", "(error=true) or \"error\"=\"true\""),
      ("user=ada", "(user=ada) or \"user\"=\"ada\""),
      ("status=error", "(status=error) or \"status\"=\"error\""),
    ])
  func pairs(text: String, filter: String) throws {
    #expect(try WherePair.filter(text) == filter)
  }

  @Test(
    "Where the filter language reads less than planoai, planoai's reading is taken",
    arguments: [
      // All behind the "=" is the value.
      ("plano.route.name=code generation", "\"plano.route.name\"=\"code generation\""),
      (" a = b c ", "\"a\"=\"b c\""),
      // A value that the language has no form for, or that the field cannot have.
      ("status=banana", "\"status\"=\"banana\""), ("llm.tools=f(", "\"llm.tools\"=\"f(\""),
      ("dur=5", "\"dur\"=\"5\""),
      // Python's words for a boolean.
      ("stream=True", "(stream=True) or \"stream\"=\"True\" or \"stream\"=true"),
    ])
  func exact(text: String, filter: String) throws {
    #expect(try WherePair.filter(text) == filter)
    #expect(throws: Never.self) { try FilterParser.parse(filter) }
  }

  @Test(
    "For other commands than trace the filter language alone is read, its names as attributes' too",
    arguments: [
      ("tenant.id=acme", "tenant.id=acme"), ("tenant.id=globex error", "tenant.id=globex error"),
      ("name=chat\\ 2", "name=chat\\ 2"), ("error", "error"),
      ("status=error", "(status=error) or \"status\"=\"error\""),
      ("stream=True", "(stream=True) or \"stream\"=\"True\" or \"stream\"=true"),
    ])
  func language(text: String, filter: String) throws {
    #expect(try WherePair.languageFilter(text) == filter)
    #expect(throws: Never.self) { try FilterParser.parse(filter) }
  }

  @Test(
    "A slip in a pair whose key is a name of the language is known, and only for trace no error",
    arguments: [
      ("status=eror", "column 8: expected unset, ok or error, found \"eror\""),
      ("dur=2", "column 5: expected a duration such as 250ms, found \"2\""),
    ])
  func slips(text: String, message: String) {
    #expect(WherePair.slip(text)?.description == message)
    #expect(throws: Never.self) { try WherePair.filter(text) }
    #expect(throws: FilterError.self) { try WherePair.languageFilter(text) }
  }

  @Test(
    "What is right, or no name of the language, is no slip",
    arguments: ["status=error", "tenant.id=acme", "llm.tools=f(", "a=b c"])
  func noSlips(text: String) {
    #expect(WherePair.slip(text) == nil)
  }

  @Test(
    "A key is had with what stands before its first point as a place, or as a part of it",
    arguments: [
      ("tenant.id", "\"tenant.id\"?"), ("resource.host", "\"resource.host\"? or resource.host?"),
      ("event.exception.type", "\"event.exception.type\"? or event.exception.type?"),
      ("a b", "\"a b\"?"),
    ])
  func having(key: String, filter: String) {
    #expect(WhereFilters.having(key) == filter)
  }

  @Test("What neither can read is refused with the column")
  func refused() {
    #expect(throws: FilterError.self) { try WherePair.filter("a=") }
    #expect(throws: FilterError.self) { try WherePair.filter("a!=b and dur>5") }
  }
}
