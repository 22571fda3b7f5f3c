import Ingest
import Store
import Testing

@testable import tracetop

@Suite("TraceRequest")
struct TraceRequestTests {
  @Test("Several filters become one that all must pass")
  func joined() throws {
    #expect(try WhereFilters.joinedAsPairs([]) == nil)
    #expect(try WhereFilters.joinedAsPairs(["a=1"]) == "(a=1)")
    #expect(
      try WhereFilters.joinedAsPairs(["a=1 or b=2", "dur>2s"]) == "(a=1 or b=2) and (dur>2s)")
  }

  @Test("A word that is no filter is refused in Plano's words; quoted it is a search")
  func bareWords() throws {
    #expect(throws: Failure("Invalid --where filter(s): bad-format. Use key=value.")) {
      try WhereFilters.joinedAsPairs(["a=1", "bad-format"])
    }
    #expect(throws: Failure("Invalid --where filter(s): , x. Use key=value.")) {
      try WhereFilters.joinedAsPairs(["", "a=1", "x"])
    }
    #expect(try WhereFilters.joinedAsPairs(["\"timeout\""]) == "(\"timeout\")")
    #expect(try WhereFilters.joinedAsPairs(["upstream timeout"]) == "(upstream timeout)")
  }

  @Test("A filter that cannot be read is said with its column")
  func columns() {
    let text = "tenant.id=acme and dur>250"
    let found = #"column 24: expected a duration such as 250ms, found "250""#
    #expect(throws: Failure("Invalid --where filter \"\(text)\": \(found). Use key=value.")) {
      try WhereFilters.joinedAsPairs([text])
    }
  }

  @Test(
    "A list of keys is refused where one is empty, in Plano's words",
    arguments: ["", ",", "http.method,", " , a"])
  func emptyKeys(text: String) {
    #expect(throws: Failure("Filter contains empty tokens.")) {
      try AttributeSelection.check(["a", text])
    }
  }

  @Test("Keys may have * for any text, and nothing else is special")
  func wildcards() {
    let selection = AttributeSelection(["http.*, a?b ", "*.id"])
    var document = TraceDocument(
      summary: TraceSummary(number: TraceNumber(1), id: TraceID(high: 0, low: 1)),
      spans: [
        .init(
          record: SpanRecord(
            traceID: TraceID(high: 0, low: 1), spanID: SpanID(1), name: "a",
            start: UnixNanos(1), end: UnixNanos(2),
            attributes: ["http.url", "xhttp.url", "a?b", "acb", "tenant.id", "id"].map {
              Attribute($0, .bool(true))
            }), role: .span, service: "")
      ])
    selection.apply(to: &document)
    #expect(
      document.spans[0].record.attributes.map(\.key) == ["http.url", "a?b", "tenant.id"])
  }
}
