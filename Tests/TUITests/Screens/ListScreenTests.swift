import Store
import Support
import Testing

@testable import TUI

@Suite("Trace list, whole screens")
struct ListScreenTests {
  static let sizes = [
    Size(rows: 24, columns: 80), Size(rows: 40, columns: 120), Size(rows: 50, columns: 200),
  ]

  @Test("The list of traces", arguments: sizes)
  func list(size: Size) throws {
    let driver = ScreenDriver(Gateway.traces, size: size)
    try expectScreen(driver.screen, "list-\(size.columns)x\(size.rows)")
  }

  @Test("An empty list says how to fill it", arguments: sizes)
  func empty(size: Size) throws {
    let driver = ScreenDriver(size: size)
    try expectScreen(driver.screen, "empty-\(size.columns)x\(size.rows)")
  }

  @Test("A filter that nothing matches says the way out")
  func nothingMatches() throws {
    var driver = ScreenDriver(Gateway.traces)
    driver.press("/")
    driver.type("tenat.id=acme")
    driver.press("Enter")
    try expectScreen(driver.screen, "nothing-matches-80x24")
  }

  @Test("Rows that came while the selection was elsewhere are counted")
  func newRows() throws {
    var driver = ScreenDriver(Array(Gateway.traces.prefix(20)))
    driver.press("j", "j", "j", "l")
    driver.receive(Array(Gateway.traces.suffix(4)))
    try expectScreen(driver.screen, "new-rows-80x24")
  }

  @Test("A low terminal keeps what matters", arguments: [Size(rows: 15, columns: 60)])
  func small(size: Size) throws {
    let driver = ScreenDriver(Gateway.traces, size: size)
    try expectScreen(driver.screen, "list-\(size.columns)x\(size.rows)")
  }

  @Test("Emoji, wide characters and combining marks in names keep every column in its place")
  func wideNames() {
    let names = [
      "POST /chat 🚩", "注文を処理する /v1/注文", "cafe\u{301} au lait", "👩‍👩‍👧 family", "\u{202E}evil", "",
    ]
    let traces = names.enumerated().map { index, name in
      TraceBuilder(number: UInt64(index + 1), start: Gateway.now - 5.s) {
        root(name, 10.ms, service: name).attributes(["tenant.id": .string(name)])
      }.spans
    }
    for columns in 60...140 {
      let driver = ScreenDriver(traces, size: Size(rows: 24, columns: columns))
      let ends = (4..<4 + names.count).map { TextWidth.columns(of: driver.row($0)) }
      #expect(Set(ends).count == 1, "\(columns): \(ends)")
    }
  }

  @Test("A terminal too small to be of use says so")
  func tooSmall() throws {
    let driver = ScreenDriver(Gateway.traces, size: Size(rows: 14, columns: 50))
    try expectScreen(driver.screen, "too-small-50x14")
  }

  @Test("Plain ASCII has the same layout")
  func ascii() throws {
    let driver = ScreenDriver(Gateway.traces) { $0.isASCII = true }
    try expectScreen(driver.screen, "list-ascii-80x24")
  }

  @Test("The prompt offers values first and counts before Enter")
  func prompt() throws {
    var driver = ScreenDriver(Gateway.traces)
    driver.press("/")
    driver.type("acm")
    try expectScreen(driver.screen, "prompt-80x24")
  }

  @Test("An empty prompt offers keys and an example")
  func emptyPrompt() throws {
    var driver = ScreenDriver(Gateway.traces)
    driver.press("/")
    try expectScreen(driver.screen, "prompt-empty-80x24")
  }

  @Test("The prompt says what is wrong and where")
  func promptError() throws {
    var driver = ScreenDriver(Gateway.traces)
    driver.press("/")
    driver.type("tenant.id=acme dur>abc x")
    try expectScreen(driver.screen, "prompt-error-80x24")
  }

  @Test("The keys of the list", arguments: [sizes[0], sizes[2]])
  func help(size: Size) throws {
    var driver = ScreenDriver(Gateway.traces, size: size)
    driver.press("?")
    try expectScreen(driver.screen, "help-\(size.columns)x\(size.rows)")
  }
}
