public import Store

/// When the demo's spans leave, as exporters would send them: each once its span has ended, in small batches.
///
/// Children end before their parents, so the pieces of a trace come in over its whole length and the root
/// last. What is handed over depends on the seed and the times only, not on how often one asks.
///
///     10:00:00.000  request begins             take → nothing
///     10:00:00.400  routing ended              take → [[plano(routing)]]
///     10:00:01.800  model and root ended       take → [[plano(outbound)], [plano(llm)]]
public struct DemoSchedule {
  private var traffic: DemoTraffic
  private let rate: Double
  private var nextRequest: UnixNanos
  /// The moment from which no request begins any more.
  private let end: UnixNanos
  /// The moment until which those that began may last; one that would last longer is not begun.
  private let drained: UnixNanos
  /// The next moment at which exporters send what ended.
  private var nextFlush: UnixNanos
  private var waiting = DemoQueue()
  /// How many requests have begun.
  public private(set) var requests = 0

  /// How often exporters send. Real ones wait for 5 s; a demo should look alive.
  public static let flushInterval = Nanoseconds.milliseconds(200)
  /// How long spans may still come after the last request began.
  public static let drainTime = Nanoseconds.seconds(5)

  /// Traffic from `start` on, for `duration` or without end.
  public init(
    seed: UInt64, requestsPerSecond rate: Double, from start: UnixNanos, for duration: Nanoseconds?
  ) {
    traffic = DemoTraffic(seed: seed)
    self.rate = rate
    nextRequest = start
    end = duration.map { start + $0 } ?? UnixNanos(.max)
    drained = end + Self.drainTime
    nextFlush = start + Self.flushInterval
  }

  /// When to ask again; nil once everything has been handed over.
  public var nextMoment: UnixNanos? {
    nextRequest < end || !waiting.isEmpty ? nextFlush : nil
  }

  /// What exporters have sent by `now`: each element is one request's spans, all of one service.
  public mutating func take(until now: UnixNanos) -> [[SpanRecord]] {
    var batches: [[SpanRecord]] = []
    while let flush = nextMoment, flush <= now {
      begin(before: flush)
      batches += Self.byService(waiting.take(until: flush))
      nextFlush = flush + Self.flushInterval
    }
    return batches
  }

  private mutating func begin(before moment: UnixNanos) {
    while nextRequest < min(moment, end) {
      let request = traffic.request(at: nextRequest)
      if request.spans.last.map({ $0.end <= drained }) ?? false {
        requests += 1
        for span in request.spans { waiting.insert(span) }
      }
      nextRequest = nextRequest + traffic.gap(ratePerSecond: rate)
    }
  }

  /// Plano sends each service in a request of its own, and ContextForge and Envoy are processes apart.
  private static func byService(_ spans: [SpanRecord]) -> [[SpanRecord]] {
    var batches: [[SpanRecord]] = []
    for span in spans {
      if let index = batches.firstIndex(where: { $0.first?.resource == span.resource }) {
        batches[index].append(span)
      } else {
        batches.append([span])
      }
    }
    return batches
  }
}

/// Spans that have not ended yet, the one that ends first in front (a binary heap).
struct DemoQueue {
  private var heap: [(span: SpanRecord, order: Int)] = []
  private var inserted = 0

  var isEmpty: Bool { heap.isEmpty }

  mutating func insert(_ span: SpanRecord) {
    heap.append((span, inserted))
    inserted += 1
    var child = heap.count - 1
    while child > 0, case let parent = (child - 1) / 2, comesBefore(child, parent) {
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Removes those that ended by `moment`, in the order of their ends.
  mutating func take(until moment: UnixNanos) -> [SpanRecord] {
    var ended: [SpanRecord] = []
    while let first = heap.first, first.span.end <= moment {
      ended.append(first.span)
      removeFirst()
    }
    return ended
  }

  private mutating func removeFirst() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var first = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && comesBefore(child, first) {
        first = child
      }
      guard first != parent else { return }
      heap.swapAt(parent, first)
      parent = first
    }
  }

  private func comesBefore(_ left: Int, _ right: Int) -> Bool {
    (heap[left].span.end, heap[left].order) < (heap[right].span.end, heap[right].order)
  }
}
