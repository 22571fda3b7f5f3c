/// What the questions of one-shot commands took since the collector began.
struct QueryCounts: Equatable, Sendable {
  var count: UInt64 = 0
  var nanoseconds: UInt64 = 0
  /// Rows looked at, each as often as something was asked of it.
  var rows: UInt64 = 0
}
