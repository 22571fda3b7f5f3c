import Store
import Support
import Testing

@testable import TUI

@Suite("Groups in the waterfall")
struct WaterfallGroupTests {
  private func opened(_ trace: [SpanRecord]) -> ScreenDriver {
    var driver = ScreenDriver([trace], now: Captures.moment(after: [trace]))
    driver.press("Enter")
    return driver
  }

  private func waterfall(_ driver: ScreenDriver) throws -> WaterfallState {
    try #require(driver.state.trace?.waterfall)
  }

  private func labels(_ driver: ScreenDriver) throws -> [String] {
    let waterfall = try waterfall(driver)
    let context = Turn(state: driver.state, snapshot: driver.snapshot, now: driver.now).context
    return waterfall.visible.map { row in
      let text = RowText(context: context, waterfall: waterfall, row: row)
      return String(repeating: "  ", count: waterfall.tree.rows[row].depth)
        + text.label.map(\.text).joined()
    }
  }

  // MARK: - Nothing is hidden

  @Test("Unfolding all shows every span of every captured trace once, and folding never loses one")
  func everySpanIsReachable() throws {
    let traces = Captures.all
    #expect(traces.count > 200)
    for trace in traces {
      var driver = opened(trace)
      let groups = try waterfall(driver).tree.groups
      // The first press folds what is not folded, unless runs are all there is.
      for _ in 0..<2 where try waterfall(driver).folded.count > 0 || !groups.isEmpty {
        driver.press("z")
      }
      while try !waterfall(driver).folded.isEmpty { driver.press("z") }
      let after = try waterfall(driver)
      let shown: [String] = after.visible.compactMap { after.tree.span(at: $0)?.spanID.hex }
      let sent: [String] = trace.map(\.spanID.hex)
      #expect(shown.sorted() == sent.sorted())
    }
  }

  @Test("Children of a span stay in the order of their start, grouped or not")
  func order() throws {
    for trace in Captures.all.prefix(120) {
      let tree = try waterfall(opened(trace)).tree
      let plain = TraceTree(tree.spans)
      let spans: [SpanID] = tree.rows.indices.compactMap { tree.span(at: $0)?.spanID }
      let ungrouped: [SpanID] = plain.rows.indices.compactMap { plain.span(at: $0)?.spanID }
      #expect(spans == ungrouped)
    }
  }

  @Test("A tree built of any spans has consistent rows when it is grouped", arguments: 0..<20)
  func consistency(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let names = ["a", "b", "execute_raw_filter (x)"]
    let spans = (0..<200).map { (index: Int) -> SpanRow in
      let parent = Int.random(in: 0..<max(1, index + 3), using: &random)
      return SpanRow(
        reference: SpanReference(UInt64(index)), spanID: SpanID(UInt64(index + 1)),
        parentSpanID: parent == 0 ? .none : SpanID(UInt64(parent)),
        start: UnixNanos(UInt64.random(in: 1...1_000, using: &random)), end: UnixNanos(1_000),
        name: names.randomElement(using: &random) ?? "a", service: "s")
    }
    var grouping = TraceTree.Grouping()
    for span in spans where Bool.random(using: &random) {
      grouping.members[span.spanID] = TraceTree.Grouping.Kind.allCases.randomElement(using: &random)
    }
    for span in spans where UInt8.random(in: 0..<8, using: &random) == 0 {
      grouping.extras[span.spanID] = [
        .init(kind: .filtersIn, start: UnixNanos(500), end: UnixNanos(600)),
        .init(kind: nil, start: UnixNanos(700), end: UnixNanos(700), isFailure: true),
      ]
    }
    let tree = TraceTree(spans).grouped(by: grouping)
    #expect(tree.rows.filter { $0.span != nil }.count == spans.count)
    #expect(Set(tree.rows.map(\.key)).count == tree.rows.count, "seed \(seed)")
    for row in tree.rows.indices {
      let children = tree.rows.indices.filter { tree.rows[$0].parent == row }
      #expect(children.count == tree.rows[row].childCount, "seed \(seed)")
      #expect(children.allSatisfy { $0 > row && $0 < tree.rows[row].subtreeEnd }, "seed \(seed)")
      #expect(children.allSatisfy { tree.rows[$0].depth == tree.rows[row].depth + 1 })
      let inner = (row + 1)..<tree.rows[row].subtreeEnd
      let hasError = inner.contains { tree.isError(at: $0) }
      #expect(tree.hasError(below: row) == hasError, "seed \(seed)")
    }
  }

  // MARK: - What goes together

  @Test("Filters that have no span stand in the chain beside what they called")
  func mcp() throws {
    let driver = opened(Captures.trace("fba3fec76ca387b5bafe9bd120c5d152"))
    let shown = try labels(driver).filter { !$0.contains("gpt") && !$0.contains("POST") }
    let expected = [
      "  execute_mcp_filter_raw (context_builder)", "    FILTERS in ×3",
      "      input_guards mcp", "      query_rewriter mcp", "      context_builder mcp",
      "    rag_agent",
    ]
    #expect(shown == expected)
  }

  @Test("A run of alike spans is one row until it is unfolded")
  func run() throws {
    var driver = opened(Captures.trace("b487eb7770fb9ae87432cea74a46b432"))
    #expect(try waterfall(driver).visible.count == 7)
    #expect(try labels(driver).last?.hasPrefix("    output_redactor ×28 p50 11ms p99 ") ?? false)
    driver.press("G", "Enter")
    #expect(try waterfall(driver).visible.count == 35)
    driver.press("Enter")
    #expect(try waterfall(driver).visible.count == 7)
  }

  @Test("Z folds the groups and unfolds them, and says where there are none")
  func foldGroups() throws {
    var driver = opened(Captures.trace("6d8a7ecae6aafed5c00b53be7c9a7bfc"))
    let before = try waterfall(driver).visible.count
    driver.press("Z")
    #expect(try labels(driver).contains { $0.contains("FILTERS in ×3") })
    #expect(try !labels(driver).contains { $0.contains("input_guards") })
    driver.press("Z")
    #expect(try waterfall(driver).visible.count == before)
    var plain = opened(Captures.trace("5b57b658452bc513983e8fc2140326fe"))
    plain.press("Z")
    #expect(plain.state.notice?.text == "this trace has no filters, controls or routing")
  }

  @Test("h on a filter goes to its group, Enter folds it, and the group explains itself")
  func group() throws {
    var driver = opened(Captures.trace("6d8a7ecae6aafed5c00b53be7c9a7bfc"))
    driver.press("j", "j", "j", "h", "h")
    #expect(try waterfall(driver).selectedSpan == nil)
    #expect(driver.screen.contains("input_guards     ✓ allow  202ms"))
    driver.press("Enter")
    #expect(driver.row(5).contains("▸ FILTERS in ×3"))
    #expect(driver.row(5).hasSuffix("████▏"))
  }

  @Test("Find unfolds a run, and goes to a step that has no span")
  func find() throws {
    var driver = opened(Captures.trace("b487eb7770fb9ae87432cea74a46b432"))
    driver.press("/")
    driver.type("redactor")
    driver.press("Enter")
    #expect(try waterfall(driver).selectedSpan?.name == "execute_raw_filter (output_redactor)")
    driver = opened(Captures.trace("fba3fec76ca387b5bafe9bd120c5d152"))
    driver.press("/")
    driver.type("query_rewriter")
    driver.press("Enter")
    let row = try #require(try waterfall(driver).treeRow)
    #expect(try waterfall(driver).tree.rows[row].place == .extra)
    #expect(driver.screen.contains("a filter over MCP has no span"))
  }

  @Test("e stops at a filter that refused although its span says nothing")
  func errors() throws {
    var driver = opened(Captures.trace("8ff78584133ee01d8834ef92d89d3549"))
    driver.press("z", "e", "e")
    #expect(try waterfall(driver).selectedSpan?.name == "execute_raw_filter (input_guards)")
    #expect(driver.screen.contains("as a step  denied  400"))
  }

  @Test("Groups, folds and the selection stay while the spans of a trace arrive one by one")
  func growth() throws {
    let spans = Captures.trace("6d8a7ecae6aafed5c00b53be7c9a7bfc")
    let last = try #require(spans.firstIndex { $0.name.hasSuffix("(context_builder)") })
    var driver = ScreenDriver([[spans[last]]], now: Captures.moment(after: [spans]))
    driver.press("Enter", "G")
    for (index, span) in spans.enumerated() where index != last {
      driver.receive([span], into: 0)
      #expect(try waterfall(driver).selectedSpan?.spanID == spans[last].spanID)
    }
    #expect(try labels(driver).contains("    FILTERS in ×3"))
    #expect(try waterfall(driver).tree.rows.count == 16)
  }
}
