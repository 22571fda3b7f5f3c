/// What became of a trace of a request that settled, where requests are thinned.
public struct SamplingDecision: Equatable, Sendable {
  public var trace: TraceID
  /// For how many it stands in counts from now on; zero for one that is let go.
  public var weight: Double

  public init(trace: TraceID, weight: Double) {
    self.trace = trace
    self.weight = weight
  }
}
