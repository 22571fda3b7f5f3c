public import Store

/// Writes spans as the bytes of an OTLP `ExportTraceServiceRequest`, the inverse of `TraceRequestDecoder`.
///
/// Spans stay in the order given: neighbours with equal resource and scope share a `ResourceSpans` and
/// a `ScopeSpans`, and a change of either begins a new one, so what a viewer receives arrives in the
/// order the collector saw. Fields that hold their default are not written, as proto3 has it, but for
/// values of `AnyValue`, where an empty string is something else than nothing.
///
/// Lengths are measured in a first walk and kept in order, so the second walk writes each byte once:
/// the cost is linear however deep values nest. An encoder may be reused and then allocates little.
/// Format: opentelemetry/proto/collector/trace/v1/trace_service.proto, v1.
public struct TraceRequestEncoder {
  var writer = WireWriter()
  /// Lengths of nested messages in the order in which their headers are written.
  var lengths: [Int] = []
  /// The next of `lengths` to be written.
  var nextLength = 0

  public init() {}

  /// The request that holds `spans`; no bytes at all where there are none.
  public mutating func encode(_ spans: some RandomAccessCollection<SpanRecord>) -> [UInt8] {
    lengths.removeAll(keepingCapacity: true)
    nextLength = 0
    let runs = Self.runs(of: spans)
    let size = runs.reduce(into: 0) { $0 += measureResourceSpans($1, in: spans) }
    writer = WireWriter(reserving: size)
    for run in runs { writeResourceSpans(run, in: spans) }
    return writer.bytes
  }

  // MARK: - Grouping

  /// Neighbours that share a resource, each with its neighbours that share a scope; positions, from 0.
  struct Run {
    var scopes: [Range<Int>]
  }

  static func runs(of spans: some RandomAccessCollection<SpanRecord>) -> [Run] {
    var runs: [Run] = []
    var previous: SpanRecord?
    for (position, span) in spans.enumerated() {
      if let previous, previous.resource == span.resource {
        let last = runs.count - 1
        if previous.scope == span.scope {
          let scope = runs[last].scopes.count - 1
          let begin = runs[last].scopes[scope].lowerBound
          runs[last].scopes[scope] = begin..<position + 1
        } else {
          runs[last].scopes.append(position..<position + 1)
        }
      } else {
        runs.append(Run(scopes: [position..<position + 1]))
      }
      previous = span
    }
    return runs
  }

  /// The span at a position counted from 0, whatever the collection's indices are.
  static func span<Spans: RandomAccessCollection<SpanRecord>>(
    _ position: Int, of spans: Spans
  ) -> SpanRecord {
    spans[spans.index(spans.startIndex, offsetBy: position)]
  }
}
