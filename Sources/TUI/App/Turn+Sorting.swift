/// Sorting the trace list.
extension Turn {
  /// Another order of the same traces, shown from its top.
  mutating func sort(_ order: TraceOrder) {
    state.list.restart(order: order)
    ask()
    state.notice = Notice(order.sentence)
  }

  /// Sorts by a column; where the list is sorted by it already, the other way round.
  mutating func sort(by column: TraceOrder.Column) {
    var order = state.list.order
    if order.column == column { order.isReversed.toggle() } else { order = order.by(column) }
    sort(order)
  }

  /// Sorts by the column to the left or right of the one it is sorted by, around the ends of the line.
  mutating func sortBeside(_ step: Int) {
    let shown = state.list.placed(width: listLayout.table.columns).compactMap(\.column.order)
    let current = shown.firstIndex(of: state.list.order.column) ?? 0
    guard !shown.isEmpty else { return }
    sort(state.list.order.by(shown[(current + step + shown.count) % shown.count]))
  }
}
