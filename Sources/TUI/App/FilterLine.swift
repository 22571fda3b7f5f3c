import Store

/// The line that says which filter is in force, and at its right what came of it.
struct FilterLine {
  let context: ViewContext
  let filter: String
  /// Traces that the filter is asked among.
  let chip: String?
  let right: String

  func draw(row: Int, into frame: inout Frame) {
    let rightStart = frame.size.columns - 1 - TextWidth.columns(of: right)
    frame.put(right, row: row, column: rightStart, style: .dim)
    frame.put("F", row: row, column: 1, style: .title)
    var at = 3
    if let chip {
      at +=
        frame.put(context.cut(chip, to: rightStart - at - 2), row: row, column: at, style: .match)
        + 1
    }
    if !filter.isEmpty {
      frame.put(
        context.cut(filter, to: rightStart - at - 2), row: row, column: at, style: .prompt)
    } else if chip == nil {
      frame.put("everything", row: row, column: at, style: .dim)
    }
  }
}
