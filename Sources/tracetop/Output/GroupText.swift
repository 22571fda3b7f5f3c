import Ingest
import Store
import TUI

/// Groups as a table for people.
struct GroupText {
  var ink: Ink
  /// The width of the terminal; nil where there is none.
  var columns: Int?

  /// Whether the traces of one request are counted each.
  var isApart = false

  private var headers: [String] { [isApart ? "TRACES" : "REQ"] + Self.figureHeaders }
  private static let figureHeaders = [
    "ERR", "ERR%", "P50", "P95", "P99", "TOKENS", "COST", "FIRST ERROR",
  ]
  /// The widest that values are shown where there is no terminal to fit.
  private static let widestValue = 60

  func text(of table: GroupTable) -> String {
    guard table.traces > 0 else { return "No traces found.\n" }
    var lines = table.rows.map { ($0, VisibleText.of($0.value ?? ""), true) }
    if let others = table.others {
      let count = table.values - table.rows.count
      let others = (others, "(\(table.isAtLeast ? "≥" : "")\(max(count, 1)) others)", false)
      lines.append(others)
    }
    if let row = table.notSet { lines.append((row, "(not set)", false)) }
    let cells = lines.map { Self.cells($0.0) }
    let widths = headers.indices.map { column in
      max(
        TextWidth.columns(of: headers[column]),
        cells.map { TextWidth.columns(of: $0[column]) }.max() ?? 0)
    }
    let rest = widths.reduce(0) { $0 + $1 + 2 }
    let room = columns.map { max(8, $0 - rest - 1) } ?? Self.widestValue
    let title = VisibleText.of(table.key)
    let names = ([title] + lines.map(\.1)).map { TextWidth.cut($0, to: room) }
    let width = names.map { TextWidth.columns(of: $0) }.max() ?? 0
    var text = ink.dim(line(names[0], width, Self.padded(headers, widths))) + "\n"
    for (index, (row, _, isValue)) in lines.enumerated() {
      var shown = Self.padded(cells[index], widths)
      // Only what is bad has a colour.
      if row.errors > 0 { for cell in 1...2 { shown[cell] = ink.paint(shown[cell], .red) } }
      let painted = line(names[index + 1], width, shown)
      text += (isValue ? painted : ink.dim(painted)) + "\n"
    }
    return text + ink.dim(footer(table)) + "\n"
  }

  private func line(_ name: String, _ width: Int, _ cells: [String]) -> String {
    let gap = String(repeating: " ", count: width - TextWidth.columns(of: name))
    return name + gap + cells.map { "  " + $0 }.joined()
  }

  /// Figures, which are ASCII, right-aligned.
  private static func padded(_ cells: [String], _ widths: [Int]) -> [String] {
    zip(cells, widths).map { cell, width in
      String(repeating: " ", count: max(0, width - TextWidth.columns(of: cell))) + cell
    }
  }

  private static func cells(_ row: GroupTable.Row) -> [String] {
    [
      Format.grouped(UInt64(row.traces)), Format.grouped(UInt64(row.errors)),
      Format.percent(row.errorRate), row.p50.map { Format.duration($0) } ?? "-",
      row.p95.map { Format.duration($0) } ?? "-", row.p99.map { Format.duration($0) } ?? "-",
      row.tokens.map { Format.count($0) } ?? "-", row.costUSD.map { Format.cost($0) } ?? "-",
      row.firstError.map { Format.clock($0, zone: .local) } ?? "-",
    ]
  }

  private func footer(_ table: GroupTable) -> String {
    let values = "\(table.isAtLeast ? "≥" : "")\(Format.grouped(UInt64(table.values)))"
    let share = table.traces > 0 ? Double(table.errors) / Double(table.traces) : 0
    return "\(Format.grouped(UInt64(table.traces))) \(isApart ? "traces" : "requests"), "
      + "\(Format.grouped(UInt64(table.errors))) with errors (\(Format.percent(share))), "
      + "\(values) value\(table.values == 1 ? "" : "s"); quantiles at most "
      + "\(Format.percent(GroupTable.quantileError)) off"
      + (table.isScaled ? "; scaled up from the requests that --sample kept" : "")
  }
}
