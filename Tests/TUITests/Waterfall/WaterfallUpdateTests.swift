import Store
import Support
import Testing

@testable import TUI

@Suite("Keys and spans in the waterfall")
struct WaterfallUpdateTests {
  private func opened(_ size: Size = Size(rows: 24, columns: 80)) -> ScreenDriver {
    var driver = ScreenDriver([Gateway.incident], size: size)
    driver.press("Enter")
    return driver
  }

  private func selected(_ driver: ScreenDriver) -> String? {
    driver.state.trace?.waterfall.selectedSpan?.name
  }

  private func visible(_ driver: ScreenDriver) -> Int {
    driver.state.trace?.waterfall.visible.count ?? 0
  }

  // MARK: - Folding

  @Test("h folds, then goes to the parent; l unfolds, then goes to the child")
  func folding() {
    var driver = opened()
    #expect(visible(driver) == 14)
    driver.press("j", "h")
    #expect(visible(driver) == 4)
    driver.press("h")
    #expect(selected(driver) == "POST /v1/chat/completions")
    driver.press("l", "l", "l")
    #expect(visible(driver) == 14)
    #expect(driver.state.trace?.waterfall.selectedSpan == nil)
    #expect(driver.row(5).contains("▾ FILTERS in ×3"))
    driver.press("l")
    #expect(selected(driver) == "execute_raw_filter (guard-jailbreak)")
  }

  @Test("z folds all and unfolds all, the selection staying near")
  func foldAll() {
    var driver = opened()
    driver.press("e", "z")
    #expect(selected(driver) == "travel_booking_service")
    #expect(visible(driver) == 4)
    driver.press("z")
    #expect(visible(driver) == 14)
    #expect(selected(driver) == "travel_booking_service")
  }

  @Test("Enter folds a row that has children and opens the details of one that has none")
  func enter() {
    var driver = opened()
    driver.press("Enter")
    #expect(visible(driver) == 3)
    driver.press("Enter", "j", "j", "j", "Enter")
    #expect(driver.state.screen == .details)
    driver.press("Tab")
    #expect(driver.state.screen == .waterfall)
  }

  @Test("A fold that hides an error says so")
  func hiddenError() {
    var driver = opened()
    driver.press("j", "h")
    #expect(driver.row(4).contains(" e  8.03s"))
  }

  @Test("The filter that rejected is marked, although its own span says nothing")
  func rejected() {
    var driver = ScreenDriver([Gateway.denied(1, Gateway.now - 1.s)])
    #expect(driver.row(21).hasPrefix(" D denied by content_guard  400"))
    driver.press("Enter")
    #expect(driver.row(5).contains("content_guard denied"))
    #expect(driver.row(5).contains("✗   33ms"))
  }

  // MARK: - Growth

  @Test("The selection, the folds and the line on screen stay while spans arrive")
  func growth() {
    let spans = Gateway.incident
    var driver = ScreenDriver([Array(spans[4...])])
    driver.press("Enter", "G", "k", "k")
    let name = selected(driver)
    let line = driver.state.trace.map { $0.waterfall.row - $0.waterfall.top }
    driver.receive(Array(spans[..<4]), into: 0)
    #expect(selected(driver) == name)
    #expect(driver.state.trace.map { $0.waterfall.row - $0.waterfall.top } == line)
    #expect(visible(driver) == 14)
  }

  @Test("A parent that arrives keeps the selection that its empty row had")
  func parentArrives() {
    let spans = Gateway.incident
    var driver = ScreenDriver([Array(spans[1...])])
    driver.press("Enter")
    #expect(driver.state.trace?.waterfall.selectedSpan == nil)
    driver.receive([spans[0]], into: 0)
    #expect(selected(driver) == "POST /v1/chat/completions")
  }

  @Test("A trace that is still arriving says so and is looked at again")
  func arriving() {
    let driver = {
      var driver = ScreenDriver([Array(Gateway.incident[4...])])
      driver.press("Enter")
      return driver
    }()
    #expect(driver.row(0).hasSuffix("… arriving"))
    #expect(driver.state.nextTick != nil)
    #expect(opened().state.nextTick == nil || opened().row(0).hasSuffix("arriving"))
  }

  // MARK: - Finding

  @Test("Errors are gone through with e, round the end, unfolding what hides them")
  func errors() {
    var driver = opened()
    driver.press("z", "e")
    #expect(selected(driver) == "POST /v1/chat/completions openai/gpt-4o")
    driver.press("e", "e")
    #expect(selected(driver) == "POST api.openai.com/v1/chat/completions")
    driver.press("e")
    #expect(selected(driver) == "POST /v1/chat/completions openai/gpt-4o")
  }

  @Test("Find goes to the first match while typing, n and N on, Esc back")
  func find() {
    var driver = opened()
    driver.press("/")
    driver.type("PII")
    #expect(selected(driver) == "execute_raw_filter (pii-redact)")
    driver.press("Enter", "n")
    #expect(selected(driver) == "execute_raw_filter (pii-redact)")
    driver.press("/")
    driver.type("openai")
    driver.press("Enter", "n")
    #expect(selected(driver) == "POST api.openai.com/v1/chat/completions")
    driver.press("/")
    driver.type("zzz")
    #expect(driver.row(22).hasSuffix("no span is called so"))
    driver.press("Esc")
    #expect(driver.state.screen == .waterfall)
  }

  // MARK: - Zoom

  @Test("Zoom keeps the selected span in the window, and 0 shows all again")
  func zoom() throws {
    var driver = opened()
    driver.press("j", "j", "j", "+", "+")
    let window = try #require(driver.state.trace?.waterfall.zoom)
    #expect(window.length == 2_010.ms)
    #expect(window.offset == .zero)
    driver.press("Right")
    #expect(driver.state.trace?.waterfall.zoom?.offset == 502_500.us)
    driver.press("0")
    #expect(driver.state.trace?.waterfall.zoom == nil)
  }

  // MARK: - Details

  @Test("= in the details filters the list by the attribute")
  func onlyAttribute() {
    var driver = opened()
    driver.press("e", "Tab", "1", "j", "=")
    #expect(driver.state.screen == .traces)
    #expect(driver.state.filter.text == "tenant.id=acme")
  }

  @Test("y and Y copy the value and a filter for it")
  func copying() {
    var driver = opened()
    driver.press("e", "Tab", "1", "j", "y", "Y")
    #expect(driver.effects.suffix(2) == [.copy("acme"), .copy("tenant.id=acme")])
  }

  @Test("Digits go to the sections, from either pane")
  func sections() {
    var driver = opened()
    driver.press("e", "2")
    #expect(driver.row(16).hasPrefix(" EVENTS"))
    #expect(driver.row(17).hasPrefix(" +4.42s  retry"))
    driver.press("Tab", "5")
    #expect(driver.row(11).hasPrefix(" SPAN"))
    driver.press("3")
    #expect(driver.row(22) == " this span has no links")
  }

  @Test("Another span shows its details from their top")
  func reset() {
    var driver = opened()
    driver.press("e", "Tab", "G", "Tab", "j")
    #expect(driver.state.trace?.details == SpanDetailState())
  }

  // MARK: - Mouse

  @Test("A click on the fold mark folds, elsewhere it selects")
  func mouse() {
    var driver = opened()
    driver.mouse(.press, row: 4, column: 20)
    #expect(selected(driver) == "travel_booking_service")
    #expect(visible(driver) == 14)
    driver.mouse(.press, row: 4, column: 3)
    #expect(visible(driver) == 4)
    driver.mouse(.press, row: 19, column: 3)
    #expect(driver.state.screen == .details)
  }

  @Test("A resize keeps selection and folds", arguments: [60, 80, 120, 200])
  func resize(columns: Int) {
    var driver = opened()
    driver.press("j", "h", "j")
    let before = driver.state.trace?.waterfall.selected
    driver.send(.key(.resize(Size(rows: 20, columns: columns))))
    #expect(driver.state.trace?.waterfall.selected == before)
    #expect(visible(driver) == 4)
  }

  @Test("Text from spans cannot reach the terminal as an escape sequence")
  func hostile() {
    let spans = TraceBuilder {
      root("\u{1B}]0;owned\u{7}GET /\u{202E}evil\n", 5.ms, service: "sh\u{9B}op") {
        child("a\tb", 2.ms).attributes(["k\u{1B}[2J": "v\u{1B}[31m", "tenant.id": "\u{1B}c"])
      }
    }.spans
    var driver = ScreenDriver([spans])
    var screens = driver.screen
    driver.press("Enter", "j")
    screens += driver.screen
    let control = screens.unicodeScalars.filter {
      ($0.value < 0x20 && $0 != "\n") || (0x7F...0x9F).contains($0.value) || $0.value == 0x202E
    }
    #expect(control.isEmpty)
  }
}
