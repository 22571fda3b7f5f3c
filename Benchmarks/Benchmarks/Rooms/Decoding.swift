import Baseline
import Benchmark
import Ingest
import Store
import SwiftProtobuf

/// From request bodies to spans at rest. All four do the same 200 requests of 512 spans, so that
/// their figures divide.
func registerDecoding() {
  let configuration = Unit.span.configuration

  // The baseline: what a program does that takes generated code. Keeps nothing.
  Benchmark("Decode 102,400 spans with swift-protobuf (the baseline)", configuration: configuration)
  { benchmark in
    let requests = Inputs.requests
    var resources = 0
    benchmark.measure(Inputs.spans, .span) {
      for request in requests {
        guard
          let message = try? Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceRequest(
            serializedBytes: request)
        else { return benchmark.error("swift-protobuf refuses a request") }
        resources += message.resourceSpans.count
      }
    }
    blackHole(resources)
  }

  // The limit: the reader alone, every field looked at, every key and value hashed.
  Benchmark("Walk the wire of 102,400 spans", configuration: configuration) { benchmark in
    let requests = Inputs.requests
    var walk = WireWalk()
    benchmark.measure(Inputs.spans, .span) {
      for request in requests { request.withUnsafeBytes { try? walk.request($0) } }
    }
    guard walk.spans == Inputs.spans else { return benchmark.error("walked \(walk.spans) spans") }
    blackHole(walk)
  }

  // Bodies to batches, one batch reused, as an event loop does it; nothing is kept.
  Benchmark("Decode 102,400 spans", configuration: configuration) { benchmark in
    let requests = Inputs.requests
    let batch = SpanBatch()
    var decoder = TraceRequestDecoder()
    benchmark.measure(Inputs.spans, .span) {
      for request in requests {
        request.withUnsafeBytes { try? decoder.decode($0, into: batch) }
      }
    }
    blackHole(batch)
  }

  // Bodies to a store that was empty: strings become ids, attributes columns, spans traces. The
  // store's making and its end are not measured, its memory's first touch is.
  Benchmark(
    "Decode 102,400 spans and append them to an empty store", configuration: configuration
  ) { benchmark in
    let requests = Inputs.requests
    let store = Store(budgetBytes: Inputs.budget)
    let feed = Feed(store: store)
    benchmark.measure(Inputs.spans, .span) {
      for request in requests { feed.append(request) }
    }
    guard store.settledSnapshot().statistics.spansHeld == UInt64(Inputs.spans) else {
      return benchmark.error("the store does not hold what was sent")
    }
  }
}
