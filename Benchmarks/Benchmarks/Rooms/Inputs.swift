import Corpus
import Glibc
import Ingest
import Store

/// What the benchmarks work on, made once a process and only when asked for, and described on
/// standard output.
enum Inputs {
  /// 200 requests: 70 MB that do not fit any cache.
  static let requests: [[UInt8]] = {
    var corpus = Corpus()
    let requests = (0..<200).map { _ in corpus.next() ?? [] }
    describe(corpus.tally)
    return requests
  }()

  static let spans = requests.count * Corpus.spansPerRequest

  /// A store that holds ``requests``.
  static let smallStore: Store = {
    let store = Store(budgetBytes: budget)
    let feed = Feed(store: store)
    for request in requests { feed.append(request) }
    return store
  }()

  /// A store of 1,003,520 spans. Benchmarks run one after the other, on one thread.
  nonisolated(unsafe) static let large = LargeStore()

  /// Room for everything: nothing is evicted while measuring.
  static let budget = 8 << 30

  static func describe(_ tally: Corpus.Tally) {
    let spans = Double(tally.spans)
    func perSpan(_ count: Int) -> String {
      let tenths = Int((Double(count) / spans * 10).rounded())
      return "\(tenths / 10).\(tenths % 10)"
    }
    func share(_ count: Int) -> String {
      let tenths = Int((Double(count) / spans * 1_000).rounded())
      return "\(tenths / 10).\(tenths % 10) %"
    }
    print(
      "input: \(tally.requests) requests, \(tally.spans) spans of \(tally.traces) traces,",
      "\(perSpan(tally.bytes)) bytes and \(perSpan(tally.attributes)) attributes a span,",
      "\(tally.events) events, \(share(tally.errors)) errors, seed \(Corpus.seed)")
  }
}

/// Decodes requests and appends them, as one event loop does.
final class Feed {
  private let store: Store
  private let batch = SpanBatch()
  private var decoder = TraceRequestDecoder()

  init(store: Store) { self.store = store }

  func append(_ request: [UInt8]) {
    request.withUnsafeBytes { body in
      do {
        try decoder.decode(body, into: batch)
      } catch {
        fatalError("a made-up request does not decode: \(error)")
      }
      let result = store.append(batch)
      precondition(
        result.accepted == Corpus.spansPerRequest && result.duplicates == 0,
        "the store did not take all spans of a request: \(result)")
    }
  }
}

/// A store that 1,960 requests went into, and more where those came from.
final class LargeStore {
  let store = Store(budgetBytes: Inputs.budget)
  private let feed: Feed
  private var corpus = Corpus()

  init(requests: Int = 1_960) {
    feed = Feed(store: store)
    for _ in 0..<requests { appendOne() }
    Inputs.describe(corpus.tally)
    let statistics = store.settledSnapshot().statistics
    print(
      "store: \(statistics.tracesHeld) traces, \(statistics.spansHeld) spans,",
      "\(statistics.memoryBytes >> 20) MiB")
  }

  /// One more request of 512 spans.
  func appendOne() { feed.append(corpus.next() ?? []) }

  /// Requests that follow, made but not appended.
  func makeRequests(_ count: Int) -> [[UInt8]] { (0..<count).map { _ in corpus.next() ?? [] } }

  func append(_ request: [UInt8]) { feed.append(request) }
}
