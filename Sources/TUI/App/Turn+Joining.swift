import Store

/// The traces of one request: shown as one, or apart.
extension Turn {
  /// Joined rows part, or traces join; an open trace stays open, at the same span.
  mutating func toggleJoining() {
    state.list.toggleJoining()
    ask()
    let isJoined = state.list.order.joinsTraces
    state.notice = Notice(
      isJoined ? "traces of one request are one row" : "each trace has a row of its own")
  }
}
