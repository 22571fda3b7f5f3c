/// Counts how many spans of a request each rule changed; confined to one event loop.
final class RuleTally {
  private let book: RuleBook
  private var counts: [UInt64]
  /// The span at which a rule acted last, so that a rule counts a span once.
  private var lastSpan: [Int]
  private var isTouched = false
  /// The span that is being changed, counted over all requests.
  private var span = 0

  init(_ book: RuleBook) {
    self.book = book
    counts = Array(repeating: 0, count: book.labels.count)
    lastSpan = Array(repeating: -1, count: book.labels.count)
  }

  func beginSpan() { span += 1 }

  /// Notes that a rule changed the span; `rule` is its place in the book's labels.
  func note(_ rule: Int) {
    guard lastSpan[rule] != span else { return }
    lastSpan[rule] = span
    counts[rule] += 1
    isTouched = true
  }

  /// Hands what was counted to the book.
  func endRequest() {
    guard isTouched else { return }
    book.add(counts)
    for index in counts.indices { counts[index] = 0 }
    isTouched = false
  }
}
