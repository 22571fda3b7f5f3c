import Store

extension TraceSummary {
  /// How long after its last span a trace with gaps is still waited for: gateways send a trace in
  /// pieces, roots last, over five to ten seconds.
  static let settleTime = Nanoseconds.seconds(10)

  /// Whether the root and every parent have come.
  var isWhole: Bool { hasRoot && missingParents == 0 }

  /// Whether more spans are to be expected, whatever the verdict is so far.
  func isArriving(at now: UnixNanos) -> Bool {
    verdict == .unfinished || (!isWhole && now.since(touched) < Self.settleTime)
  }
}
