import Ingest
import Oracle
import Store
import SwiftProtobuf

/// Puts bodies before the decoder and swift-protobuf, and says where they disagree.
struct DecoderProof {
  typealias Request = Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceRequest

  enum Outcome: Hashable {
    /// Both read the same spans.
    case equal
    /// Both refused.
    case refused
    /// swift-protobuf refused a string that is not UTF-8, and the decoder kept it or refused the rest.
    case repaired
    /// The body has fields that are newer than what is read.
    case skipped
  }

  struct Disagreement: Error, CustomStringConvertible {
    var description: String
  }

  // Kept from body to body, as an event loop keeps them.
  private var decoder = TraceRequestDecoder()
  private let batch = SpanBatch()

  mutating func prove(_ body: [UInt8]) throws(Disagreement) -> Outcome {
    let request: Request
    do {
      request = try Request(serializedBytes: body)
    } catch {
      return try refusal(of: body, isText: error as? BinaryDecodingError == .invalidUTF8)
    }
    do throws(Disagreement) {
      try compare(body, with: request)
      return .equal
    } catch {
      if request.textFormatString().contains("strindex") { return .skipped }
      throw error
    }
  }

  private mutating func refusal(
    of body: [UInt8], isText: Bool
  ) throws(Disagreement) -> Outcome {
    guard let error = decode(body, { _ in }) else {
      if isText { return .repaired }
      throw Disagreement(description: "the decoder took what swift-protobuf refuses")
    }
    guard (0...body.count).contains(error.offset) else {
      throw Disagreement(description: "offset \(error.offset) is outside of \(body.count) bytes")
    }
    return isText ? .repaired : .refused
  }

  private mutating func compare(
    _ body: [UInt8], with request: Request
  ) throws(Disagreement) {
    let store = Store(budgetBytes: 256 << 20)
    var result: AppendResult?
    let error = decode(body) { result = store.append($0) }
    if let error { throw Disagreement(description: "refused: \(error)") }
    try Self.compare(store, result, with: request)
  }

  /// What a store holds after a request, and what the append of it said, beside the request.
  static func compare(
    _ store: Store, _ result: AppendResult?, with request: Request
  ) throws(Disagreement) {
    let expected = Expected(request)
    let snapshot = store.settledSnapshot()
    guard result?.rejected == expected.rejected, result?.duplicates == expected.duplicates,
      result?.accepted == expected.traces.joined().count + expected.duplicates
    else {
      throw Disagreement(
        description: "\(result as Any), expected \(expected.rejected) rejected, "
          + "\(expected.duplicates) duplicates")
    }
    let held = snapshot.traceNumbers.map { number in
      snapshot.spans(of: TraceNumber(number)).map { snapshot.record(of: $0.reference) }
    }
    guard held.count == expected.traces.count else {
      throw Disagreement(description: "\(held.count) traces, not \(expected.traces.count)")
    }
    for (held, expected) in zip(held, expected.traces) where held != expected {
      throw Disagreement(description: "held \(held)\n\nsent \(expected)")
    }
  }

  /// Decodes and hands on the batch while the body lives.
  private mutating func decode(
    _ body: [UInt8], _ use: (SpanBatch) -> Void
  ) -> WireError? {
    unsafe body.withUnsafeBytes { bytes in
      do throws(WireError) {
        unsafe try decoder.decode(bytes, into: batch)
        use(batch)
        return nil
      } catch {
        return error
      }
    }
  }

  /// Why the decoder refuses a body; nil where it takes it.
  mutating func error(of body: [UInt8]) -> WireError? { decode(body) { _ in } }

  /// How many strings the decoder mended in a body that it takes.
  mutating func repairedStrings(in body: [UInt8]) -> Int? {
    var count = 0
    return decode(body) { count = $0.repairedStrings } == nil ? count : nil
  }

  /// What a store should hold of a request.
  private struct Expected {
    /// Spans by trace, in the order they came.
    var traces: [[SpanRecord?]] = []
    var rejected = 0
    var duplicates = 0

    init(_ request: Request) {
      let raw = request.resourceSpans.flatMap { $0.scopeSpans.flatMap(\.spans) }
      var places: [TraceID: Int] = [:]
      for (raw, span) in zip(raw, OracleReading.spans(request)) {
        guard raw.traceID.count == 16, !span.traceID.isZero, raw.spanID.count == 8,
          !span.spanID.isNone, [0, 8].contains(raw.parentSpanID.count)
        else {
          rejected += 1
          continue
        }
        let place = places[span.traceID] ?? traces.count
        places[span.traceID] = place
        if place == traces.count { traces.append([]) }
        if traces[place].contains(where: { $0?.spanID == span.spanID }) {
          duplicates += 1
        } else {
          traces[place].append(span)
        }
      }
    }
  }
}
