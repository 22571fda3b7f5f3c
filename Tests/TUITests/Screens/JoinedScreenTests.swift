import Store
import Support
import Testing

@testable import TUI

/// The explorer over a store whose traces arrived when they ended.
struct JoinedApp {
  let store = Store(budgetBytes: 1 << 40)
  var app: HeadlessApp

  init(
    _ traces: [[SpanRecord]], size: Size = Size(rows: 24, columns: 80), isASCII: Bool = false
  ) {
    Self.send(traces, to: store)
    var options = ExplorerOptions()
    options.isASCII = isASCII
    app = HeadlessApp(store: store, size: size, now: SplitRequest.start + 60.s, options: options)
  }

  private static func send(_ traces: [[SpanRecord]], to store: Store) {
    for trace in traces {
      let batch = SpanBatch()
      for span in trace { batch.add(span) }
      _ = store.append(batch, isHistory: true)
    }
    _ = store.settledSnapshot()
  }

  mutating func receive(_ traces: [[SpanRecord]]) {
    Self.send(traces, to: store)
    app.refresh()
  }

  /// The id of the selected row's trace, its first digits.
  var selected: String? {
    app.state.list.selected.flatMap { store.snapshot().id(of: $0) }.map { String($0.hex.prefix(8)) }
  }
}

@Suite("A request of several traces, whole screens")
struct JoinedScreenTests {
  static let sizes = [Size(rows: 24, columns: 80), Size(rows: 40, columns: 120)]

  /// Other requests around it.
  static var traces: [[SpanRecord]] {
    let others = (1...3 as ClosedRange<UInt64>).map { number in
      TraceBuilder(
        number: number, start: SplitRequest.start - 25.s + Nanoseconds.seconds(10 * number)
      ) {
        root("GET /healthz", 200.us, service: "plano(inbound)")
      }.spans
    }
    return SplitRequest.all + others
  }

  @Test("The list shows one row, says of how many traces, and counts requests", arguments: sizes)
  func list(size: Size) throws {
    var joined = JoinedApp(Self.traces, size: size)
    joined.app.press("j")
    try expectScreen(joined.app.text, "joined-list-\(size.columns)x\(size.rows)")
  }

  @Test("The waterfall is one tree, with a row for each other trace", arguments: sizes)
  func waterfall(size: Size) throws {
    var joined = JoinedApp(Self.traces, size: size)
    joined.app.press("j", "Enter", "G", "k", "k")
    try expectScreen(joined.app.text, "joined-waterfall-\(size.columns)x\(size.rows)")
  }

  @Test("A row for a trace explains itself")
  func row() throws {
    var joined = JoinedApp(Self.traces)
    joined.app.press("j", "Enter", "G", "k", "k", "k")
    try expectScreen(joined.app.text, "joined-row-80x24")
  }

  @Test("Apart each trace has its row, and the filter line says so")
  func apart() throws {
    var joined = JoinedApp(Self.traces)
    joined.app.press("j", "J")
    try expectScreen(joined.app.text, "joined-apart-80x24")
  }

  @Test("In ASCII too")
  func ascii() throws {
    var joined = JoinedApp(Self.traces, isASCII: true)
    joined.app.press("j")
    try expectScreen(joined.app.text, "joined-ascii-80x24")
  }
}

@Suite("A request of several traces, keys and rows")
struct JoinedRowTests {
  @Test(
    "When two rows become one the selection goes to the one that stays", arguments: [false, true])
  func selection(isOnHold: Bool) {
    var joined = JoinedApp([SplitRequest.first])
    joined.receive([SplitRequest.second])
    #expect(joined.app.state.list.count == 1)
    joined.app.press("G")
    #expect(joined.selected == "ce2dd75d")
    if isOnHold { joined.app.press("Space") }
    joined.receive([SplitRequest.edge])
    if isOnHold { joined.app.press("Space") }
    #expect(joined.selected == "5727277b")
    #expect(joined.app.state.list.count == 1)
    #expect(joined.app.state.list.row == 0)
  }

  @Test("Between other rows the selection stays on the request while it grows together")
  func amongOthers() {
    var joined = JoinedApp(JoinedScreenTests.traces.suffix(3) + [SplitRequest.second])
    joined.app.press("j")
    #expect(joined.selected == "3103d9b9")
    for (part, lead) in [(SplitRequest.first, "ce2dd75d"), (SplitRequest.edge, "5727277b")] {
      joined.receive([part])
      #expect(joined.selected == lead)
      #expect(joined.app.state.list.count == 4)
      let list = joined.app.state.list
      #expect(list.selected == list.trace(at: list.row))
    }
  }

  @Test("J shows the traces apart and joins them again, and the selection stays")
  func toggle() {
    var joined = JoinedApp(JoinedScreenTests.traces)
    joined.app.press("j")
    #expect(joined.app.state.list.count == 4)
    joined.app.press("J")
    #expect(joined.app.state.list.count == 6)
    #expect(joined.selected == "5727277b")
    #expect(joined.app.text.contains("6 traces · apart"))
    joined.app.press("k")
    #expect(joined.selected == "ce2dd75d")
    joined.app.press("J")
    #expect(joined.app.state.list.count == 4)
    #expect(joined.selected == "5727277b")
    #expect(joined.app.text.contains("4 requests · 1 ⋈"))
  }

  @Test(
    "A request is found by the id of any of its traces, and by what any of them says",
    arguments: [
      "trace=5727277b*", "trace=ce2dd75d*", "trace=3103d9b96d9f4f5a8b7c6d5e4f3a1927",
      "model=gpt-5.2", "tenant=ten_006 role=llm", "spans=10", "request=\(SplitRequest.edgeID)",
      "{ role=agent } and { model=gpt-4o-mini }", "trace!=00000000*",
    ])
  func filters(filter: String) {
    var joined = JoinedApp(SplitRequest.all)
    joined.app.press("/")
    joined.app.type(filter)
    joined.app.press("Enter")
    #expect(joined.app.state.list.count == 1)
    #expect(joined.selected == "5727277b")
  }

  @Test(
    "What any of its traces contradicts does not find it",
    arguments: ["trace!=ce2dd75d*", "not model=gpt-5.2"])
  func excluded(filter: String) {
    var joined = JoinedApp(SplitRequest.all)
    joined.app.press("/")
    joined.app.type(filter)
    joined.app.press("Enter")
    #expect(joined.app.state.list.isEmpty)
    // Apart, the other two are left.
    joined.app.press("J")
    #expect(joined.app.state.list.count == 2)
  }

  @Test("In the tree a trace is found by its id, and y copies the id of the row's own trace")
  func find() {
    var joined = JoinedApp(SplitRequest.all)
    joined.app.press("Enter", "y", "/")
    joined.app.type("3103d9b9")
    joined.app.press("Enter", "y", "j", "y")
    let copied = joined.app.effects.compactMap { effect in
      if case .copy(let text) = effect { String(text.prefix(8)) } else { nil }
    }
    #expect(copied == ["5727277b", "3103d9b9", "3103d9b9"])
  }

  @Test("An open trace grows by the traces that join it, and keeps its selection")
  func growing() {
    var joined = JoinedApp([SplitRequest.first])
    joined.app.press("Enter", "j")
    let before = joined.app.state.trace?.waterfall.selectedSpan?.spanID
    joined.receive([SplitRequest.edge])
    #expect(joined.app.state.trace?.waterfall.tree.spans.count == 7)
    #expect(joined.app.state.trace?.waterfall.selectedSpan?.spanID == before)
    joined.app.press("J")
    #expect(joined.app.state.trace?.waterfall.tree.spans.count == 3)
    #expect(joined.app.state.trace?.waterfall.selectedSpan?.spanID == before)
  }
}
