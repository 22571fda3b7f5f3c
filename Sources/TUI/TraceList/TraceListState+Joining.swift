import Store

/// Traces of one request as one row, or apart.
extension TraceListState {
  /// Whether some row stands for more than one trace.
  var joinsRows: Bool { order.joinsTraces && joinedRows > 0 }

  /// How much is held, in rows: "1,214 traces", or where some of them are one request "1,214 requests".
  var heldText: String {
    let word = joinsRows ? "request" : "trace"
    return "\(Format.grouped(UInt64(rowsHeld))) \(word)\(rowsHeld == 1 ? "" : "s")"
  }

  /// Says that rows stand for several traces, or that they stand apart; nil where there is nothing to
  /// say.
  func joiningText(_ glyphs: Glyphs) -> String? {
    guard order.joinsTraces else { return "apart" }
    return joinedRows > 0 ? "\(Format.count(joinedRows)) \(glyphs.joined)" : nil
  }

  /// The order in force with rows joined where they were apart, and the other way round.
  mutating func toggleJoining() { order.joinsTraces.toggle() }
}
