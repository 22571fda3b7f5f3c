import Store

/// When the query thread makes a route table, and for how long it may: other questions come between.
///
/// While history is being read, most of the time goes into it, a slice at a time. From then on a table
/// is made when there is news or a trace leaves the window, and for no more than a quarter of the time.
struct RouteAnswers {
  /// How long one slice may read; a list that waits for its answer waits no longer than this.
  static let sliceNanoseconds: UInt64 = 30_000_000

  /// What the screen wants to be told of; nil for nothing any more.
  struct Order: Sendable { var window: RouteWindow? }

  /// A figure whose traces are wanted.
  struct Search: Sendable {
    var cell: RouteTable.Cell
    var drafts: [Filter]
    var generation: Int
  }

  private var window: RouteWindow?
  /// Kept when the screen is left: what was read is still right when it is entered again.
  private let reader = RouteTableReader()
  private var pace = AnswerPace()

  var isOn: Bool { window != nil }

  mutating func take(_ order: Order) {
    window = order.window
    pace.isNew = window != nil
  }

  /// Whether a table is due, given what the query in force was last answered from.
  mutating func isDue(version: UInt64?, _ isNewQuery: Bool) -> Bool {
    guard isOn else { return false }
    if isNewQuery { pace.isNew = true }
    return pace.isDue(version)
  }

  /// How long nothing has to be done; nil for ever.
  var timeout: UInt64? { isOn ? pace.timeout : nil }

  mutating func table(
    of snapshot: Snapshot, _ live: LiveQuery, _ windowEnd: UnixNanos?
  ) -> RouteTable? {
    guard let window else { return nil }
    let began = Clock.monotonic()
    let table = reader.update(
      to: snapshot, window: window, now: Clock.now(), windowEnd: windowEnd,
      joinsTraces: live.joinsTraces,
      isSelected: { live.isSelected($0) },
      isTimeUp: { Clock.monotonic() - began > Self.sliceNanoseconds })
    let ended = Clock.monotonic()
    pace.isNew = false
    pace.hasNews = false
    pace.isComplete = table.isComplete
    pace.nextChange = table.nextChange
    pace.notBefore =
      ended
      + (table.isComplete
        ? max(AnswerPace.intervalNanoseconds, AnswerPace.usualRest * (ended - began))
        : AnswerPace.breathNanoseconds)
    return table
  }

  func traces(of cell: RouteTable.Cell, in snapshot: Snapshot) -> [TraceNumber] {
    reader.traces(of: cell, in: snapshot)
  }
}
