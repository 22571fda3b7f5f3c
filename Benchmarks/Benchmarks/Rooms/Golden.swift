import Corpus
import Glibc
import Ingest
import Store

extension Inputs {
  /// A store of the corpus in TRACETOP_CORPUS.
  static let golden: Store = {
    let store = Store(budgetBytes: budget)
    let batch = SpanBatch()
    var decoder = TraceRequestDecoder()
    let folder = getenv("TRACETOP_CORPUS").map { String(cString: $0) } ?? ""
    for (number, request) in CorpusFolder(folder).enumerated() {
      request.withUnsafeBytes { body in
        do {
          try decoder.decode(body, into: batch)
        } catch {
          fatalError("request \(number) of the corpus does not decode: \(error)")
        }
        _ = store.append(batch)
      }
    }
    let statistics = store.settledSnapshot().statistics
    precondition(statistics.spansHeld == 1_000_448, "TRACETOP_CORPUS has no 1,000,448 spans")
    print(
      "corpus: \(statistics.tracesHeld) traces, \(statistics.spansHeld) spans,",
      "\(statistics.memoryBytes / Int(statistics.spansHeld)) bytes a span")
    return store
  }()
}
