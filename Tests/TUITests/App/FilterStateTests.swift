import Store
import Testing

@testable import TUI

@Suite("The filter in force")
struct FilterStateTests {
  @Test("Undo goes back a change at a time, to no filter")
  func undo() {
    var filter = FilterState()
    for text in ["a=1", "a=1 b=2", "c=3"] { filter.apply(text) }
    var texts: [String] = []
    while filter.undo() { texts.append(filter.text) }
    #expect(texts == ["a=1 b=2", "a=1", ""])
    #expect(filter.isEmpty)
  }

  @Test("The filter before this one and back")
  func previous() {
    var filter = FilterState()
    let isFirst = !filter.swap()
    #expect(isFirst)
    filter.apply("a=1")
    filter.apply("b=2")
    _ = filter.swap()
    #expect(filter.text == "a=1")
    _ = filter.swap()
    #expect(filter.text == "b=2")
  }

  @Test("What is no filter changes nothing and says why")
  func wrong() {
    var filter = FilterState()
    filter.apply("a=1")
    let error = filter.apply("a=1 dur>abc")
    #expect(error?.column == 9)
    #expect(filter.text == "a=1")
    #expect(filter.undone == [""])
  }

  @Test("The same filter again is no change")
  func same() {
    var filter = FilterState()
    filter.apply("a=1")
    filter.apply("  a=1 ")
    #expect(filter.undone == [""])
  }

  @Test("Filters of the command line must all hold")
  func several() {
    #expect(FilterText.all([]) == "")
    #expect(FilterText.all([" a=1 ", ""]) == "a=1")
    #expect(FilterText.all(["a=1 or b=2", "c=3"]) == "(a=1 or b=2) (c=3)")
  }

  @Test("A key without a value is asked about itself")
  func absent() {
    let field = Filter.Field.dimension(.tenant)
    #expect("\(FilterText.adding(field, nil, isOnly: true, to: nil))" == "not tenant?")
    #expect("\(FilterText.adding(field, nil, isOnly: false, to: nil))" == "tenant?")
    #expect("\(FilterText.adding(field, "a b", isOnly: true, to: nil))" == "tenant=\"a b\"")
    #expect("\(FilterText.adding(field, "acme", isOnly: false, to: nil))" == "tenant!=acme")
  }
}
