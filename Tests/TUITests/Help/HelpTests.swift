import Store
import Testing

@testable import TUI

@Suite("The help")
struct HelpTests {
  @Test("It shows the keys of the screen it was asked on, and goes back there")
  func screens() {
    var driver = ScreenDriver(Gateway.traces)
    driver.press("Enter", "?")
    #expect(driver.row(0) == " Keys: waterfall")
    driver.press("?")
    #expect(driver.row(0) == " Keys: help")
    driver.press("q")
    #expect(driver.state.screen == .waterfall)
  }

  @Test("Searching narrows it while typing; Esc gives all back")
  func search() {
    var driver = ScreenDriver(Gateway.traces)
    driver.press("?", "/")
    driver.type("undo")
    #expect(driver.row(2) == " Filtering")
    #expect(driver.row(3) == "   u                undo the last change of the filter")
    driver.type("zz")
    #expect(driver.screen.contains("No key of this screen does that."))
    driver.press("Esc")
    #expect(driver.row(3).contains("open the trace as a waterfall"))
    #expect(driver.state.screen == .help)
  }

  @Test("It scrolls to its end and no further")
  func scrolling() {
    var driver = ScreenDriver(Gateway.traces)
    driver.press("?", "G")
    let bottom = driver.screen
    driver.press("j", "PgDn")
    #expect(driver.screen == bottom)
    driver.press("g")
    #expect(driver.row(2) == " Going in and out")
  }

  @Test("It says which rules for attributes are on and how often each acted, while it is open")
  func rules() {
    var status = SourceStatus()
    status.rules = RuleReport(
      rules: [RuleReport.Rule(name: "hash user.email", source: "c.yaml:3", spans: 1)],
      planoSampling: 25)
    var driver = ScreenDriver(Gateway.traces)
    driver.send(.source(status))
    driver.press("?", "/")
    driver.type("rules")
    #expect(driver.row(2) == " Rules for attributes that are on")
    #expect(
      driver.row(3) == "   sampling         Plano keeps 25% of traces: rates are a share")
    #expect(driver.row(4) == "   1 span           hash user.email (c.yaml:3)")
    status.rules.rules[0].spans = 1_204
    driver.send(.source(status))
    #expect(driver.row(4) == "   1,204 spans      hash user.email (c.yaml:3)")
  }
}
