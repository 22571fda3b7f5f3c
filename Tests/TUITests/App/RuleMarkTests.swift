import Store
import Testing

@testable import TUI

@Suite("Rules that are on are told on the screen")
struct RuleMarkTests {
  private func driver(
    _ report: RuleReport, columns: Int = 80, _ options: (inout ExplorerOptions) -> Void = { _ in }
  ) -> ScreenDriver {
    var driver = ScreenDriver(
      Gateway.traces, size: Size(rows: 24, columns: columns), options: options)
    var source = Gateway.source
    source.connection = .attached("unix:/run/x.sock")
    source.rules = report
    driver.send(.source(source))
    return driver
  }

  private static let rules = [
    RuleReport.Rule(name: "transformations hash user.email", source: "p.yaml:8", spans: 1_204),
    RuleReport.Rule(name: "remove_attributes tool.id", source: "p.yaml:12", spans: 1),
  ]

  @Test(
    "The status line says how many rules are on and which share Plano keeps", arguments: [80, 120])
  func mark(columns: Int) {
    let row = driver(RuleReport(rules: Self.rules, planoSampling: 5), columns: columns).row(0)
    #expect(row.contains(" 412 sp/s"))
    #expect(row.contains("Plano keeps 5%"))
    #expect(row.contains("2 rules"))
  }

  @Test("So does the screen of routes and filters")
  func routes() {
    let report = RuleReport(rules: [Self.rules[0]], planoSampling: 25)
    var (narrow, wide) = (driver(report), driver(report, columns: 120))
    narrow.press("r")
    wide.press("r")
    #expect(narrow.row(0).contains("Plano keeps 25%  err "))
    #expect(wide.row(0).contains("Plano keeps 25%   err "))
    #expect(wide.row(0).contains("1 rule "))
  }

  @Test("Nothing is said where there is nothing to say")
  func nothing() {
    let plain = driver(RuleReport()).row(0)
    #expect(!plain.contains("rule") && !plain.contains("Plano keeps"))
    #expect(driver(RuleReport(planoSampling: 100)).row(0) == plain)
  }

  @Test("The keys list each rule with how often it acted, and count on while they are open")
  func help() {
    var driver = driver(RuleReport(rules: Self.rules, planoSampling: 5))
    driver.press("?", "/")
    driver.type("rules")
    #expect(driver.screen.contains("Plano keeps 5% of traces: rates are a share"))
    #expect(driver.screen.contains("1,204 spans"))
    #expect(driver.screen.contains("transformations hash user.email (p.yaml:8)"))
    var source = driver.state.source
    source.rules.count([1_300, 0, 99])
    driver.send(.source(source))
    // A count that comes late does not turn it back.
    #expect(driver.screen.contains("1,300 spans"))
    #expect(driver.screen.contains("1 span "))
  }
}
