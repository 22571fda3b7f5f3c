import Store
import Support
import Testing

@testable import TUI

@Suite("Typing a filter")
struct FilterPromptTests {
  private func opened(_ text: String = "") -> ScreenDriver {
    var driver = ScreenDriver(Gateway.traces)
    driver.press("/")
    driver.type(text)
    return driver
  }

  private func line(_ driver: ScreenDriver) -> String? { driver.state.prompt?.editor.text }

  @Test("Keys that do something elsewhere are text here")
  func text() {
    #expect(line(opened("q?=!u -F")) == "q?=!u -F")
  }

  @Test("The count is there before Enter")
  func preview() {
    let driver = opened("tenant=acme")
    #expect(driver.state.prompt?.preview == .init(matching: 8, held: 24))
    #expect(driver.state.filter.isEmpty)
    #expect(driver.row(2).hasSuffix("8 of 24"))
  }

  @Test("An answer to what was typed before is not believed")
  func staleAnswer() {
    var driver = opened("tenant=acme")
    driver.send(.preview(matching: 1, of: 1, generation: 1))
    driver.send(.completions([Suggestion(range: 0..<0, text: "old")], generation: 1))
    #expect(driver.state.prompt?.preview == .init(matching: 8, held: 24))
    #expect(driver.state.prompt?.completions.contains { $0.text == "old" } == false)
  }

  @Test("Enter applies, remembers and goes to the rows")
  func apply() {
    var driver = opened("tenant=acme")
    driver.press("Enter")
    #expect(driver.state.screen == .traces)
    #expect(driver.state.list.count == 8)
    #expect(driver.effects.contains(.saveHistory("tenant=acme")))
    #expect(driver.row(2).hasPrefix(" F tenant=acme "))
  }

  @Test("Enter on what is no filter keeps the prompt and says why")
  func wrong() {
    var driver = opened("dur>abc ")
    driver.press("Enter")
    #expect(driver.state.screen == .filter)
    #expect(driver.row(22) == " column 5: expected a duration such as 250ms, found \"abc\"")
    #expect(driver.state.filter.isEmpty)
  }

  @Test("Esc closes the suggestions first, then the prompt, and the filter stays as it was")
  func cancel() {
    var driver = ScreenDriver(Gateway.traces)
    driver.press("=", "/")
    driver.type("acm")
    #expect(driver.state.prompt?.isPopupOpen == true)
    driver.press("Esc")
    #expect(driver.state.prompt?.isPopupOpen == false)
    driver.press("Esc")
    #expect(driver.state.prompt == nil)
    #expect(driver.state.filter.text == "tenant=acme")
  }

  @Test("Esc closes a prompt in which nothing was typed at once")
  func cancelUntouched() {
    var driver = ScreenDriver(Gateway.traces)
    driver.press("=", "/", "Esc")
    #expect(driver.state.screen == .traces)
    #expect(driver.state.filter.text == "tenant=acme")
  }

  @Test("Up on the filter in force goes to the ones before it, whatever they begin with")
  func historyFromFilter() {
    var driver = ScreenDriver(Gateway.traces)
    driver.send(.history(["dur>1s"]))
    driver.press("=", "/", "Up", "Up")
    #expect(line(driver) == "dur>1s")
  }

  @Test("Tab takes the suggestion; typing goes on behind it")
  func tab() {
    var driver = opened("acm")
    driver.press("Tab")
    #expect(line(driver) == "tenant.id=acme")
    #expect(driver.state.prompt?.preview == .init(matching: 8, held: 24))
    driver.type(" x")
    #expect(line(driver) == "tenant.id=acme x")
  }

  @Test("Tab and S-Tab go round the suggestions from the text as typed")
  func cycle() throws {
    var driver = opened("tenant.id=")
    let texts = try #require(driver.state.prompt?.completions.map(\.text))
    #expect(texts.count >= 3)
    driver.press("Tab")
    let first = line(driver)
    driver.press("Tab")
    #expect(line(driver) != first)
    driver.press("S-Tab")
    #expect(line(driver) == first)
    driver.press("S-Tab")
    #expect(line(driver).map { $0.hasSuffix(texts[texts.count - 1]) } == true)
  }

  @Test("Up walks the filters that begin as the typed text does, Down comes back to it")
  func history() {
    var driver = ScreenDriver(Gateway.traces)
    driver.send(.history(["tenant=acme", "user=u1", "tenant=globex"]))
    driver.press("/")
    driver.type("ten")
    driver.press("Up")
    #expect(line(driver) == "tenant=globex")
    driver.press("Up")
    #expect(line(driver) == "tenant=acme")
    driver.press("Up", "Down", "Down")
    #expect(line(driver) == "ten")
  }

  @Test("Ctrl-r finds in earlier filters, again further back, Esc gives the line back")
  func search() {
    var driver = ScreenDriver(Gateway.traces)
    driver.send(.history(["tenant=acme", "user=u1", "tenant=globex"]))
    driver.press("/")
    driver.type("x")
    driver.press("Ctrl-r")
    driver.type("ten")
    #expect(line(driver) == "tenant=globex")
    driver.press("Ctrl-r")
    #expect(line(driver) == "tenant=acme")
    #expect(driver.row(2).hasPrefix(" (history: ten) tenant=acme"))
    driver.press("Esc")
    #expect(line(driver) == "x")
    driver.press("Ctrl-r")
    driver.type("user")
    driver.press("Enter")
    #expect(driver.state.filter.text == "user=u1")
  }

  @Test("A long line scrolls so that the cursor is on screen")
  func longLine() throws {
    let driver = opened(String(repeating: "abcdefghi ", count: 20) + "end")
    let cursor = try #require(driver.frame.cursor)
    #expect(cursor.row == 2)
    #expect(cursor.column < 80)
    #expect(driver.row(2).contains("abcdefghi end"))
  }

  @Test("A paste goes into the line in one piece")
  func paste() {
    var driver = opened("a=1 ")
    driver.send(.key(.paste("b=2\nc=3")))
    #expect(line(driver) == "a=1 b=2 c=3")
  }

  @Test("The count follows the rows that arrive while the prompt is open, twice a second at most")
  func countFollows() {
    var driver = ScreenDriver(Array(Gateway.traces.prefix(20)))
    driver.press("/")
    driver.type("plano")
    let before = driver.state.prompt?.preview?.held
    driver.receive([Gateway.traces[20]])
    #expect(driver.state.prompt?.preview?.held == before)
    driver.receive([Gateway.traces[21]], at: driver.now + 600.ms)
    #expect(before == 20)
    #expect(driver.state.prompt?.preview?.held == 22)
  }
}
