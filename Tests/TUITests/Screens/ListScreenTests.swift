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

  static let lossSizes = [
    Size(rows: 15, columns: 60), Size(rows: 24, columns: 80), Size(rows: 30, columns: 100),
    Size(rows: 40, columns: 120), Size(rows: 70, columns: 150), Size(rows: 50, columns: 200),
    Size(rows: 80, columns: 250),
  ]

  @Test("What was lost is said at every size", arguments: lossSizes)
  func losses(size: Size) throws {
    var driver = ScreenDriver(Gateway.traces, size: size)
    var source = Gateway.source
    source.badRequests = 3
    source.spansMissed = 12_000
    source.logsMissed = 7
    source.collector = CollectorReport(
      journal: .on(bytes: 1 << 20),
      losses: [.init(name: "overloaded", count: 1_234, meaning: "requests to be sent again")])
    driver.send(.source(source))
    let words = ["missed 12k", "bad requests 3", "logs missed 7", "overloaded 1.2k", "more (?)"]
    #expect(words.filter { driver.screen.contains($0) }.count >= 2, "\(driver.screen)")
    try expectScreen(driver.screen, "losses-\(size.columns)x\(size.rows)")
    driver.press("?", "/")
    driver.type("came faster")
    #expect(driver.screen.contains("spans that came faster than this"))
  }

  @Test(
    "Sorted by a column, which has a mark in its head",
    arguments: [(sizes[0], "cost"), (sizes[1], "user"), (sizes[2], "tokens")])
  func sorted(size: Size, column: String) throws {
    var driver = ScreenDriver(Gateway.traces, size: size)
    while "\(driver.state.list.order.column)" != column { driver.press("s") }
    try expectScreen(driver.screen, "sorted-\(column)-\(size.columns)x\(size.rows)")
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
