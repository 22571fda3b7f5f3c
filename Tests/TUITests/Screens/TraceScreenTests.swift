import Store
import Support
import Testing

@testable import TUI

@Suite("An open trace, whole screens")
struct TraceScreenTests {
  static let sizes = ListScreenTests.sizes + [Size(rows: 15, columns: 60)]

  private func opened(_ size: Size) -> ScreenDriver {
    var driver = ScreenDriver(Gateway.traces + [Gateway.incident], size: size)
    driver.press("/")
    driver.type("root.name=\"POST /v1/chat/completions\" dur>7s")
    driver.press("Enter", "Enter")
    return driver
  }

  @Test("A waterfall with its details", arguments: sizes)
  func waterfall(size: Size) throws {
    var driver = opened(size)
    driver.press("e")
    try expectScreen(driver.screen, "waterfall-\(size.columns)x\(size.rows)")
  }

  @Test("The details with the focus", arguments: sizes)
  func details(size: Size) throws {
    var driver = opened(size)
    driver.press("e", "Tab", "j", "j")
    try expectScreen(driver.screen, "details-\(size.columns)x\(size.rows)")
  }

  @Test("A JSON value laid out")
  func openedValue() throws {
    var driver = opened(Size(rows: 40, columns: 120))
    driver.press("e", "Tab", "G")
    for _ in 0..<60 where !driver.screen.contains("search_flights\",") {
      driver.press("k", "Enter")
    }
    try expectScreen(driver.screen, "json-120x40")
  }

  @Test("A row for a parent that has not arrived explains itself")
  func missingParent() throws {
    var driver = opened(Size(rows: 24, columns: 80))
    driver.press("G", "k")
    try expectScreen(driver.screen, "missing-parent-80x24")
  }

  @Test("Everything folded")
  func folded() throws {
    var driver = opened(Size(rows: 24, columns: 80))
    driver.press("z")
    try expectScreen(driver.screen, "folded-80x24")
  }

  @Test("Zoomed in on one span")
  func zoomed() throws {
    var driver = opened(Size(rows: 24, columns: 80))
    driver.press("j", "j", "j", "+", "+", "+", "+")
    try expectScreen(driver.screen, "zoomed-80x24")
  }

  @Test("Finding in the tree")
  func find() throws {
    var driver = opened(Size(rows: 24, columns: 80))
    driver.press("/")
    driver.type("openai")
    try expectScreen(driver.screen, "find-80x24")
  }
}
