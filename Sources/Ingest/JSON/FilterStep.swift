public import Store

/// One step of the filter chain that a request went through, whichever gateway told of it.
public struct FilterStep: Equatable, Sendable {
  public enum Verdict: String, Sendable {
    case allow, modified, denied, error
  }

  public var name: String
  public var verdict: Verdict
  /// How long it took, all runs together; nil where nothing says.
  public var duration: Nanoseconds?
  /// How many runs in a row were folded: an output filter runs once for each chunk of a stream.
  public var count: Int
  /// The filter's own code for what it refused, or the HTTP status it answered with.
  public var code: String?
  public var reason: String?
  /// When it began, for the order of the chain.
  var start: UnixNanos

  init(
    _ name: String, _ verdict: Verdict, duration: Nanoseconds?, start: UnixNanos,
    code: String? = nil, reason: String? = nil
  ) {
    self.name = name
    self.verdict = verdict
    self.duration = duration
    self.start = start
    self.code = code
    self.reason = reason
    count = 1
  }

  /// The steps of a trace in the order in which they ran.
  public static func chain(of trace: TraceDocument) -> [FilterStep] {
    var steps = trace.spans.flatMap { planoSteps(of: $0.record) }
    let known = Set(trace.spans.map(\.record.spanID))
    for span in trace.spans {
      let record = span.record
      steps += gatewaySteps(of: record)
      // While the span that runs a filter has not ended, the filter's own span is all there is.
      if !known.contains(record.parentSpanID), let id = record.text("filter_name") {
        steps.append(FilterStep(id, .allow, duration: record.duration, start: record.start))
      }
    }
    steps = named(in: trace, steps).enumerated()
      .sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
    return folded(steps)
  }

  /// Runs of the same filter one after the other become one step.
  private static func folded(_ steps: [FilterStep]) -> [FilterStep] {
    steps.reduce(into: []) { folded, step in
      guard let last = folded.last, last.name == step.name, last.verdict == step.verdict,
        last.code == step.code, last.reason == step.reason
      else { return folded.append(step) }
      let total = last.duration.flatMap { sum in step.duration.map { sum + $0 } }
      folded[folded.count - 1].duration = total ?? last.duration ?? step.duration
      folded[folded.count - 1].count += 1
    }
  }
}
