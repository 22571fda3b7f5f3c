import Store

@testable import TUI

extension TraceOrder {
  /// Puts traces, given oldest first, in the order the list wants, by what their lines say: the row at the
  /// top comes last. Rows that say nothing of the column stand below all others; among equals the newest
  /// is at the top.
  func arrange(_ traces: [TraceNumber], in snapshot: Snapshot, now: UnixNanos) -> [TraceNumber] {
    guard column != .time else { return isReversed ? traces.reversed() : traces }
    let keyed = traces.enumerated().map { position, number in
      (key: key(snapshot.summary(of: number, now: now)), position: position, number: number)
    }
    let growsUpwards = column.isText == isReversed
    return keyed.sorted { left, right in
      guard left.key != right.key else { return left.position < right.position }
      guard let one = left.key, let other = right.key else { return left.key == nil }
      return growsUpwards ? one < other : other < one
    }.map(\.number)
  }

  private enum Key: Comparable { case number(Double), text(String) }

  private func key(_ summary: TraceSummary?) -> Key? {
    guard let summary else { return nil }
    switch column {
    case .time: return .number(Double(summary.start.rawValue))
    case .duration: return .number(Double(summary.duration.rawValue))
    case .spans: return .number(Double(summary.spanCount))
    case .errors: return .number(Double(summary.errorCount))
    case .tokens: return summary.tokens.map { .number(Double($0)) }
    case .cost: return summary.costUSD.map { .number($0) }
    case .tenant, .user, .service, .name, .route, .model:
      return words(of: summary).map { .text($0) }
    }
  }

  /// What a line says in a column of words; models without their provider, as the list shows them.
  func words(of summary: TraceSummary) -> String? {
    let text = column.listColumn.filterValue(of: summary) ?? ""
    let shown = column == .model ? text.split(separator: "/").last.map(String.init) ?? "" : text
    return shown.isEmpty ? nil : shown
  }
}
