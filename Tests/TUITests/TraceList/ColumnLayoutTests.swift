import Store
import Support
import Testing

@testable import TUI

@Suite("Sharing a line among columns")
struct ColumnLayoutTests {
  private func layout(_ change: (inout TraceSummary) -> Void) -> ColumnLayout {
    var summary = TraceSummary(number: TraceNumber(1), id: TraceID(high: 1, low: 1))
    summary.rootName = "POST /v1/chat/completions"
    summary.rootService = "plano(inbound)"
    summary.spanCount = 14
    change(&summary)
    var layout = ColumnLayout()
    layout.see(ListRow(summary, .unicode))
    return layout
  }

  private func names(_ layout: ColumnLayout, _ width: Int) -> [String] {
    layout.placed(width: width).map { $0.column.header }
  }

  @Test("A column that no row has a value for gives its room to the others")
  func empty() {
    let bare = layout { _ in }
    #expect(names(bare, 80) == ["TIME", "!", "SERVICE", "NAME", "DUR", "", "SP"])
    let tenant = layout { $0.tenant = "acme" }
    #expect(names(tenant, 80) == ["TIME", "!", "TENANT", "SERVICE", "NAME", "DUR", "", "SP"])
  }

  @Test("Columns that do not fit go, the most telling last")
  func narrow() {
    let full = layout {
      $0.tenant = "acme"
      $0.user = "usr_789@acme.example"
      $0.model = "openai/gpt-4o"
      $0.route = "code"
      $0.tokens = 4_000
      $0.costUSD = 0.03
    }
    #expect(names(full, 60) == ["TIME", "!", "TENANT", "USER", "NAME", "DUR", "", "SP"])
    #expect(names(full, 200).contains("COST"))
  }

  @Test("The column that the list is sorted by is there, with room for its mark")
  func sorted() {
    let bare = layout { _ in }
    for column in ListColumn.allCases where column != .bar {
      for width in [60, 80, 100, 200] {
        let placed = bare.placed(width: width, sortedBy: column).first { $0.column == column }
        // A figure's head may take the blank before it.
        let room = column.isRightAligned ? 1 : 0
        #expect((placed?.width ?? 0) + room > column.header.count, "\(column) at \(width)")
      }
    }
  }

  @Test("Every line is used to its end and never beyond it")
  func bounds() {
    var random = SplitMix64.announced("column layout")
    for _ in 0..<500 {
      var layout = ColumnLayout()
      for _ in 0..<5 {
        var summary = TraceSummary(number: TraceNumber(1), id: TraceID(high: 1, low: 1))
        summary.rootName = String(repeating: "n", count: random.number(0...90))
        summary.rootService = String(repeating: "s", count: random.number(0...40))
        if random.chance(50) {
          summary.tenant = String(repeating: "t", count: random.number(1...40))
        }
        if random.chance(50) { summary.user = String(repeating: "u", count: random.number(1...40)) }
        if random.chance(50) {
          summary.model = String(repeating: "m", count: random.number(1...60))
        }
        if random.chance(50) {
          summary.route = String(repeating: "r", count: random.number(1...40))
        }
        if random.chance(50) { summary.costUSD = 0.5 }
        summary.spanCount = random.number(1...2_000_000)
        layout.see(ListRow(summary, .unicode))
      }
      let width: Int = random.number(60...240)
      let placed = layout.placed(width: width, sortedBy: random.pick(ListColumn.allCases))
      for (left, right) in zip(placed, placed.dropFirst()) {
        #expect(right.start == left.start + left.width + 1)
      }
      #expect(placed.last.map { $0.start + $0.width <= width } == true)
    }
  }

  @Test("Widths only grow, so rows that stream by move nothing sideways")
  func stable() {
    var layout = layout { $0.tenant = "a-long-tenant" }
    let before = layout.placed(width: 100)
    var small = TraceSummary(number: TraceNumber(2), id: TraceID(high: 1, low: 2))
    small.tenant = "t"
    small.rootName = "GET /"
    layout.see(ListRow(small, .unicode))
    #expect(layout.placed(width: 100) == before)
  }
}
