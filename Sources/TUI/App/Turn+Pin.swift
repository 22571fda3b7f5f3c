import Store

extension Turn {
  /// Pins the request of the selected or open trace, or takes the pin off.
  mutating func togglePin() {
    if state.trace == nil { state.list.settleOnSeen(height: listHeight) }
    guard let number = state.trace?.waterfall.number ?? state.list.selected,
      let summary = context.summary(of: number)
    else {
      state.notice = Notice("there is no trace to pin")
      return
    }
    effects.append(.pin(summary.number, summary.id, !summary.isPinned))
    state.notice = Notice(
      summary.isPinned ? "no longer pinned" : "pinned: it is kept longer than others", .ok)
  }
}
