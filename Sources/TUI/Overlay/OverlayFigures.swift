import Store

/// What the program says of itself while the overlay is on.
public struct OverlayFigures: Equatable, Sendable {
  /// Quantiles of the last ``LoopMeter/samples`` measurements.
  struct Times: Equatable, Sendable {
    var p50: Nanoseconds
    var p99: Nanoseconds
    var count: Int
  }

  /// From the state to the last byte that goes to the terminal; nil before the first frame.
  var frame: Times?
  /// From a key's arrival to the last byte of the frame that answers it.
  var key: Times?
  /// Bytes of the last frame, and of all since the overlay came on; nil where the system does not say.
  var written: Int?
  var writtenInAll: Int?
  /// What the last answer to the filter took, and the last table of groups or facets.
  var query = QueryFigures()
  var groups = QueryFigures()
  /// From the last arrival that is shown to the frame that showed it first.
  var lag: Nanoseconds?
}

/// What an answer took.
struct QueryFigures: Equatable, Sendable {
  var took: Nanoseconds?
  /// Rows looked at, each as often as something was asked of it.
  var rows: UInt64 = 0
}
