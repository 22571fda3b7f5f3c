import Store

/// Which trace the preview of the list shows: the selected one, once the selection rests.
///
/// Rows that are passed on the way, or that stream by while the newest is followed, are not worth
/// drawing: a preview is most of what such a frame would send.
struct PreviewState: Equatable, Sendable {
  /// How long the selection has to rest.
  static let rest = Nanoseconds.milliseconds(50)
  /// How long the preview may stay behind a selection that does not rest.
  static let patience = Nanoseconds.milliseconds(250)

  /// The trace shown; nil before the first.
  private(set) var trace: TraceNumber?
  /// When the selected trace takes its place; nil where it has.
  private(set) var due: UnixNanos?
  /// The selection as it was last, and since when it is another trace than the one shown.
  private var awaited: TraceNumber?
  private var behindSince = UnixNanos(0)

  /// Follows the selection. `isGone` says that the trace shown is none that could stay.
  mutating func follow(_ selected: TraceNumber?, now: UnixNanos, isGone: Bool) {
    guard selected != trace, !isGone, trace != nil, selected != nil else {
      trace = selected
      return due = nil
    }
    if due == nil { behindSince = now }
    if due == nil || selected != awaited {
      awaited = selected
      due = min(now + Self.rest, behindSince + Self.patience)
    }
    // A clock that was put back would keep it waiting.
    guard let due, now >= due || now < behindSince else { return }
    trace = selected
    self.due = nil
  }
}
