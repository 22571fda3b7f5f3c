import Store

/// Traces of one request as one row, or apart.
extension TraceListState {
  /// What is counted: requests, unless their traces stand apart.
  var unit: CountUnit { order.joinsTraces ? .request : .trace }

  /// How many rows there are and how many failed, of how many held: `1,214 requests · 41 err`, with a
  /// filter `118 of 1,214 · 37 err`; estimates of all that came where requests are thinned.
  func figures(isFiltered: Bool, _ glyphs: Glyphs) -> [String] {
    let about = scaled == nil ? "" : glyphs.about
    let (rows, all) = (scaled?.selected ?? count, scaled?.all ?? rowsHeld)
    func text(_ number: Int) -> String { about + Format.grouped(UInt64(max(0, number))) }
    let failed = scaled?.failed ?? failed
    return [isFiltered ? "\(text(rows)) of \(text(all))" : "\(text(all)) \(unit.word(for: all))"]
      + (failed > 0 ? ["\(about)\(Format.count(failed)) err"] : [])
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
