import Corpus
import Ingest
import Store

/// A store with a million spans or ten, and more where those came from.
final class Held {
  /// A tenant of two spans in a hundred, whichever corpus it is.
  static let tenant = "tenant.id=tenant-010"

  let store: Store
  let snapshot: Snapshot
  /// Whether the answers are known.
  let isGolden: Bool
  private let batch = SpanBatch()
  private var decoder = TraceRequestDecoder()
  private var corpus = Corpus()

  /// Spans of the corpus in a folder.
  convenience init(corpus folder: String) {
    var requests = CorpusFolder(folder)
    self.init(isGolden: true, budgetBytes: 8 << 30) { requests.next() }
    precondition(
      snapshot.statistics.spansHeld == 1_000_448, "\(folder) has no 1,000,448 spans: see corpus.py")
  }

  /// Made-up requests of 512 spans, in so much memory.
  convenience init(made requests: Int, budgetBytes: Int = 16 << 30) {
    var corpus = Corpus()
    var left = requests
    self.init(isGolden: false, budgetBytes: budgetBytes) {
      left -= 1
      return left >= 0 ? corpus.next() : nil
    }
    self.corpus = corpus
  }

  private init(isGolden: Bool, budgetBytes: Int, next: () -> [UInt8]?) {
    self.isGolden = isGolden
    store = Store(budgetBytes: budgetBytes)
    while let request = next() {
      Self.append(request, to: store, batch, &decoder)
    }
    snapshot = store.settledSnapshot()
  }

  /// One made-up request more.
  func appendOne() { append(corpus.next() ?? []) }

  func append(_ request: [UInt8]) { Self.append(request, to: store, batch, &decoder) }

  private static func append(
    _ request: [UInt8], to store: Store, _ batch: SpanBatch, _ decoder: inout TraceRequestDecoder
  ) {
    request.withUnsafeBytes { body in
      do {
        try decoder.decode(body, into: batch)
      } catch {
        fatalError("a request does not decode: \(error)")
      }
      _ = store.append(batch)
    }
  }

  var description: String {
    let statistics = snapshot.statistics
    return "\(statistics.spansHeld) spans of \(statistics.tracesHeld) traces,"
      + " \(statistics.memoryBytes / max(1, Int(statistics.spansHeld))) bytes a span"
  }
}

/// A filter that is known to be one.
func parsed(_ text: String) -> Filter {
  do {
    if let filter = try FilterParser.parse(text) { return filter }
    fatalError("\(text) asks nothing")
  } catch {
    fatalError("\(text): \(error)")
  }
}
