/// For how many a trace stands in counts, where requests are thinned.
extension Snapshot {
  /// The weight of a trace in counts and rates: 1 for a trace that is kept whatever the share, that is
  /// not decided yet, or where nothing is thinned; one over the share for one kept by share.
  ///
  /// The traces of one request weigh the same, so a request has the weight of any of them. 1 for a
  /// trace that is not held.
  public func weight(of trace: TraceNumber) -> Double {
    traceRecord(trace.rawValue)?.countedAs ?? 1
  }

  /// What was decided of a trace; nil where nothing was, or is.
  public func decision(of trace: TraceNumber) -> SamplingDecision? {
    guard let record = traceRecord(trace.rawValue), record.weight > 0 else { return nil }
    return SamplingDecision(trace: record.id, weight: Double(record.weight))
  }
}

extension TraceRecord {
  /// For how many it stands in counts.
  @inline(__always) var countedAs: Double { weight == 0 ? 1 : Double(weight) }
}
