/// Traces that a person wants kept from now on, or no longer.
public struct PinChange: Equatable, Sendable {
  public var traces: [TraceID]
  public var isPinned: Bool

  public init(traces: [TraceID], isPinned: Bool) {
    self.traces = traces
    self.isPinned = isPinned
  }
}

extension Snapshot {
  /// The id of a trace that is pinned; nil for one that is not, or is not held.
  public func pinnedID(of trace: TraceNumber) -> TraceID? {
    guard let record = traceRecord(trace.rawValue), record.isPinned else { return nil }
    return record.id
  }
}
