import Store
import Support
import Testing

@testable import TUI

@Suite("Keys and rows in the trace list")
struct TraceListUpdateTests {
  private let traces = Gateway.traces

  /// The name column of the selected row says which trace it is; its number is shorter.
  private func selected(_ driver: ScreenDriver) -> UInt64? {
    driver.state.list.selected?.rawValue
  }

  // MARK: - Arrivals

  @Test("At the top the newest row is followed")
  func following() {
    var driver = ScreenDriver(Array(traces.prefix(10)))
    #expect(selected(driver) == 9)
    driver.receive(Array(traces[10..<14]))
    #expect(selected(driver) == 13)
    #expect(driver.state.list.newCount == 0)
  }

  @Test("Elsewhere the selection stays on its trace and on its line of the screen")
  func anchored() {
    var driver = ScreenDriver(Array(traces.prefix(10)))
    driver.press("j", "j")
    let line = driver.state.list.row - driver.state.list.top
    driver.receive(Array(traces[10..<24]))
    #expect(selected(driver) == 7)
    #expect(driver.state.list.row - driver.state.list.top == line)
    #expect(driver.state.list.newCount == 14)
    #expect(driver.screen.contains("↑ 14 new (F)"))
  }

  @Test(
    "While the newest is followed, a pin is for the trace that was seen, and that stays selected")
  func pinWhatIsSeen() {
    var driver = ScreenDriver(Array(traces.prefix(10)))
    driver.look()
    driver.receive(Array(traces[10..<14]))
    #expect(selected(driver) == 13)
    driver.press("p")
    #expect(selected(driver) == 9)
    #expect(!driver.state.list.isFollowing)
    let pinned = driver.effects.compactMap { effect -> UInt64? in
      if case .pin(let number, _, true) = effect { number.rawValue } else { nil }
    }
    #expect(pinned == [9])
    driver.receive(Array(traces[14..<16]))
    #expect(selected(driver) == 9)
  }

  @Test("Enter opens the trace that was seen selected")
  func openWhatIsSeen() {
    var driver = ScreenDriver(Array(traces.prefix(10)))
    driver.look()
    driver.receive(Array(traces[10..<14]))
    driver.press("Enter")
    #expect(driver.state.trace?.waterfall.number.rawValue == 9)
  }

  @Test("Enter on an empty list does nothing: what comes then is followed")
  func enterTooEarly() {
    var driver = ScreenDriver([])
    driver.press("Enter")
    driver.receive(Array(traces.prefix(3)))
    #expect(driver.state.trace == nil)
    #expect(driver.state.list.isFollowing)
    #expect(driver.state.list.newCount == 0)
    #expect(selected(driver) == 2)
  }

  @Test("F goes to the newest and counts no more")
  func follow() {
    var driver = ScreenDriver(Array(traces.prefix(10)))
    driver.press("j")
    driver.receive(Array(traces[10..<14]))
    driver.press("F")
    #expect(selected(driver) == 13)
    #expect(driver.state.list.newCount == 0)
    #expect(driver.state.list.isFollowing)
  }

  @Test("On hold nothing moves, and what came is there afterwards")
  func hold() {
    var driver = ScreenDriver(Array(traces.prefix(10)))
    driver.press("Space")
    let before = driver.state.list.traces
    driver.receive(Array(traces[10..<14]))
    #expect(driver.state.list.traces == before)
    #expect(driver.state.list.newCount == 4)
    #expect(driver.row(0).hasPrefix(" ■ HOLD"))
    driver.press("Space")
    #expect(driver.state.list.count == 14)
    #expect(selected(driver) == 9)
  }

  @Test("To hold the screen is not to see what came above it: that stays counted")
  func holdCounts() {
    var driver = ScreenDriver(Array(traces.prefix(10)))
    driver.press("j", "j")
    driver.receive(Array(traces[10..<20]))
    driver.press("Space")
    #expect(driver.state.list.newCount == 10)
    driver.receive(Array(traces[20..<24]))
    #expect(driver.state.list.newCount == 14)
    driver.press("Space")
    #expect(driver.state.list.newCount == 14)
  }

  @Test("Let go, the rows that came above are on the screen where there is room for them")
  func holdEnds() {
    var driver = ScreenDriver(Array(traces.prefix(3)))
    driver.press("Space")
    driver.receive(Array(traces[3..<6]))
    #expect(driver.state.list.shown(height: 10).map(\.rawValue) == [2, 1, 0])
    driver.press("Space")
    #expect(driver.state.list.shown(height: 10).map(\.rawValue) == [5, 4, 3, 2, 1, 0])
    #expect(selected(driver) == 2)
    #expect(driver.state.list.newCount == 3)
  }

  @Test("A filter works on hold too")
  func filterOnHold() {
    var driver = ScreenDriver(traces)
    driver.press("Space", "=")
    #expect(driver.state.filter.text == "tenant=acme")
    #expect(driver.state.list.count == 8)
    #expect(driver.state.list.isOnHold)
  }

  @Test("A selected trace that matches no more gives its place to a neighbour")
  func gone() {
    var driver = ScreenDriver(traces)
    driver.press("j", "j", "j", "/")
    driver.type("tenant=globex")
    driver.press("Enter")
    #expect(driver.state.list.count == 8)
    #expect(driver.state.list.row == 0)
    #expect(selected(driver) == 21)
  }

  // MARK: - Moving

  @Test(
    "Moving stops at both ends",
    arguments: [
      (["k"], 0), (["j", "j", "k"], 1), (["G"], 23), (["G", "j"], 23), (["G", "g"], 0),
      (["Ctrl-d"], 7), (["Ctrl-d", "Ctrl-u"], 0), (["Ctrl-f"], 14), (["PgDn", "PgUp"], 0),
      (["End", "Up"], 22),
    ])
  func moving(keys: [String], row: Int) {
    var driver = ScreenDriver(traces)
    for key in keys { driver.press(key) }
    #expect(driver.state.list.row == row)
  }

  @Test("e and E go from error to error and say when there is none")
  func errors() {
    var driver = ScreenDriver(traces)
    driver.press("e")
    #expect(selected(driver) == 15)
    driver.press("e", "E")
    #expect(selected(driver) == 15)
    driver.press("E")
    #expect(driver.row(22) == " no error above")
  }

  // MARK: - Values

  @Test("= and ! filter by the value under the cursor, u takes it back")
  func narrowing() {
    var driver = ScreenDriver(traces)
    driver.press("=")
    #expect(driver.state.filter.text == "tenant=acme")
    driver.press("l", "!")
    #expect(driver.state.filter.text == "tenant=acme user!=usr_501")
    driver.press("u")
    #expect(driver.state.filter.text == "tenant=acme")
    driver.press("-")
    #expect(driver.state.filter.text == "tenant=acme user!=usr_501")
    driver.press("Esc")
    #expect(driver.state.filter.isEmpty)
  }

  @Test("A dash under the cursor asks for traces without the key")
  func missingValue() {
    var driver = ScreenDriver(traces)
    driver.press("j", "j", "l", "l", "l", "=")
    #expect(driver.state.filter.text == "not model?")
  }

  @Test("y copies the trace id, Y the value")
  func copying() {
    var driver = ScreenDriver(traces)
    driver.press("y", "Y")
    #expect(
      driver.effects.suffix(2) == [
        .copy("0000000000005c1f0000000000000018"), .copy("acme"),
      ])
  }

  // MARK: - Order

  @Test("s sorts by the next column from its top, S turns the order around")
  func sorting() {
    var driver = ScreenDriver(traces)
    driver.press("j", "j", "s")
    #expect(driver.state.list.order == TraceOrder(.duration))
    #expect(selected(driver) == 15)
    #expect(driver.row(22) == " slowest first")
    driver.press("S")
    #expect(driver.row(22) == " fastest first")
    for _ in TraceOrder.Column.allCases.dropFirst() { driver.press("s") }
    #expect(driver.state.list.order == .newestFirst)
  }

  @Test("> and < sort by the column beside the one with the mark, around the ends of the line")
  func sortingBeside() {
    var driver = ScreenDriver(traces)
    driver.press(">")
    #expect(driver.state.list.order == TraceOrder(.errors))
    driver.press(">")
    #expect(driver.state.list.order == TraceOrder(.tenant))
    #expect(driver.row(22) == " by tenant, A to Z")
    driver.press("<", "<", "<")
    #expect(driver.state.list.order == TraceOrder(.spans))
    #expect(driver.row(3).hasSuffix("SP↓"))
  }

  @Test("A click on a head sorts by its column, another one turns the order around")
  func sortingByMouse() {
    var driver = ScreenDriver(traces)
    let head = driver.row(3)
    let column = head.distance(
      from: head.startIndex, to: head.firstRange(of: "USER")?.lowerBound ?? head.startIndex)
    driver.mouse(.press, row: 3, column: column)
    #expect(driver.state.list.order == TraceOrder(.user))
    driver.mouse(.press, row: 3, column: column)
    #expect(driver.state.list.order == TraceOrder(.user, isReversed: true))
  }

  @Test(
    "Every column can be sorted by: rows are in order, those without a value stand last",
    arguments: TraceOrder.Column.allCases, [false, true])
  func everyOrder(column: TraceOrder.Column, isReversed: Bool) {
    var driver = ScreenDriver(traces)
    while driver.state.list.order.column != column { driver.press("s") }
    if isReversed { driver.press("S") }
    let list = driver.state.list
    let rows = (0..<list.count).compactMap {
      driver.snapshot.summary(of: list.trace(at: $0), now: driver.now)
    }
    #expect(rows.count == traces.count)
    let shown = column.listColumn
    #expect(list.placed(width: 80).contains { $0.column == shown })
    let mark = list.order.mark(.unicode)
    #expect(driver.row(3).contains(shown.header + mark), "\(driver.row(3))")
    let values: [Double?] = rows.map { row in
      switch column {
      case .time: Double(row.start.rawValue)
      case .duration: Double(row.duration.rawValue)
      case .errors: Double(row.errorCount)
      case .spans: Double(row.spanCount)
      case .tokens: row.tokens.map(Double.init)
      case .cost: row.costUSD
      default: nil
      }
    }
    let words = rows.map { column.isText ? list.order.words(of: $0) : nil }
    // The store sorts in the same way.
    let live = LiveQuery(filter: nil, sort: list.order.sort)
      .update(to: driver.snapshot, now: driver.now)
    #expect(live.traces == list.traces)
    let isRising = column.isText != isReversed
    if column.isText {
      let said = words.compactMap(\.self)
      #expect(said == (isRising ? said.sorted() : said.sorted(by: >)))
      #expect(words.prefix(said.count).allSatisfy { $0 != nil })
    } else {
      let said = values.compactMap(\.self)
      #expect(said == (isRising ? said.sorted() : said.sorted(by: >)))
      #expect(values.prefix(said.count).allSatisfy { $0 != nil })
    }
  }

  // MARK: - In and out

  @Test("Esc comes back from a trace to the same row, whatever came meanwhile")
  func sameRow() {
    var driver = ScreenDriver(Array(traces.prefix(10)))
    driver.press("Enter")
    #expect(driver.state.screen == .waterfall)
    driver.receive(Array(traces[10..<20]))
    driver.press("Esc")
    #expect(driver.state.screen == .traces)
    #expect(selected(driver) == 9)
    #expect(driver.state.list.newCount == 10)
  }

  @Test("A resize keeps the selection on screen", arguments: [15, 24, 50, 16])
  func resize(rows: Int) {
    var driver = ScreenDriver(traces)
    driver.press("G", "k", "k")
    driver.send(.key(.resize(Size(rows: rows, columns: 90))))
    let list = driver.state.list
    #expect(list.row == 21)
    #expect((list.top..<list.top + TraceListLayout(driver.state.size).table.rows).contains(21))
  }

  @Test("D starts the demo while nothing has come, and only then")
  func demo() {
    var driver = ScreenDriver()
    driver.press("D")
    #expect(driver.effects.last == .startDemo)
    var full = ScreenDriver(traces)
    full.press("D")
    #expect(!full.effects.contains(.startDemo))
  }

  @Test("q, Q and Ctrl-c quit from the list", arguments: ["q", "Q", "Ctrl-c"])
  func quit(key: String) {
    var driver = ScreenDriver(traces)
    driver.press(key)
    #expect(driver.effects.last == .quit)
  }

  // MARK: - Mouse

  @Test("A click selects row and column, a double click opens, the wheel scrolls")
  func mouse() {
    var driver = ScreenDriver(traces)
    driver.mouse(.press, row: 7, column: 22)
    #expect(driver.state.list.row == 3)
    #expect(driver.state.list.focus == .user)
    driver.mouse(.wheelDown, row: 7, column: 22)
    #expect(driver.state.list.top == 3)
    #expect(driver.state.list.row == 3)
    driver.mouse(.doubleClick, row: 4, column: 30)
    #expect(driver.state.screen == .waterfall)
  }

  @Test("A click beside the rows does nothing")
  func clickBeside() {
    var driver = ScreenDriver(traces)
    let before = driver.state
    driver.mouse(.press, row: 1, column: 5)
    driver.mouse(.press, row: 23, column: 5)
    #expect(driver.state == before)
  }

  // MARK: - What is held back

  @Test("Losses are said when there are any, at the cost of the histogram")
  func losses() {
    var driver = ScreenDriver(traces)
    #expect(driver.row(1).hasSuffix("mem <0.1%"))
    var source = Gateway.source
    source.badRequests = 3
    source.spansMissed = 12_000
    driver.send(.source(source))
    #expect(driver.row(1).hasSuffix("mem <0.1%  missed 12k  bad requests 3"))
  }

  @Test("A collector that went away is said until it is back")
  func disconnected() {
    var driver = ScreenDriver(traces)
    var source = Gateway.source
    source.connection = .disconnected("unix:/run/x.sock", since: Gateway.now)
    driver.send(.source(source))
    #expect(driver.row(0).hasPrefix(" ✗ GONE"))
    #expect(
      driver.row(22) == " collector gone since 14:02:21, trying again: unix:/run/x.sock")
  }
}
