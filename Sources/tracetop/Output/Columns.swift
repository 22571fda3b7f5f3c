/// Labels and values one under the other, the values aligned.
enum Columns {
  static func text(_ rows: [(label: String, value: String)], ink: Ink) -> String {
    let width = rows.map(\.label.count).max() ?? 0
    return rows.map { row in
      let gap = String(repeating: " ", count: width - row.label.count + 2)
      return "\(ink.dim(row.label))\(gap)\(row.value)\n"
    }.joined()
  }
}
