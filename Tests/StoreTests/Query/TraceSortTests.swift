import Support
import Testing

@testable import Store

@Suite("Sorting traces")
struct TraceSortTests {
  /// What a list shows of a trace in a column, by its meaning; nil where it shows nothing.
  private enum Value: Comparable {
    case number(Double)
    case text(String)
  }

  private func value(_ column: TraceSort.Column, _ summary: TraceSummary) -> Value? {
    func text(_ text: String?) -> Value? { text.flatMap { $0.isEmpty ? nil : .text($0) } }
    switch column {
    case .time:
      return summary.start.isSet ? .number(Double(summary.start.rawValue)) : nil
    case .verdict: return .number(Double(summary.verdict.rawValue))
    case .tenant: return text(summary.tenant)
    case .user: return text(summary.user)
    case .session: return text(summary.session)
    case .service: return text(summary.rootService)
    case .name: return text(summary.rootName)
    case .route: return text(summary.route)
    case .model:
      return text(
        summary.model.map { model in
          guard let slash = model.lastIndex(of: "/"), model.index(after: slash) < model.endIndex
          else { return model }
          return String(model[model.index(after: slash)...])
        })
    case .provider: return text(summary.provider)
    case .duration: return .number(Double(summary.duration.rawValue))
    case .spans: return .number(Double(summary.spanCount))
    case .errors: return .number(Double(summary.errorCount))
    case .tokens: return summary.tokens.map { .number(Double($0)) }
    case .cost: return summary.costUSD.map { .number($0) }
    case .timeToFirstToken: return summary.timeToFirstToken.map { .number(Double($0.rawValue)) }
    }
  }

  /// All requests held, or all traces, what a list shows first last.
  private func expected(
    _ sort: TraceSort, _ snapshot: Snapshot, _ now: UnixNanos, joined: Bool
  ) -> [TraceNumber] {
    let summaries = snapshot.traceNumbers.compactMap { number -> TraceSummary? in
      let trace = TraceNumber(number)
      guard joined else { return snapshot.summary(of: trace, now: now) }
      return snapshot.lead(of: trace) == trace
        ? snapshot.requestSummary(of: trace, now: now) : nil
    }
    return summaries.sorted { left, right in
      let (one, other) = (value(sort.column, left), value(sort.column, right))
      if one != other {
        guard let one else { return true }
        guard let other else { return false }
        return sort.isAscending ? one > other : one < other
      }
      return left.start != right.start ? left.start < right.start : left.number < right.number
    }.map(\.number)
  }

  private static let sorts = TraceSort.Column.allCases.flatMap {
    [TraceSort($0), TraceSort($0, isAscending: true)]
  }

  private func agree(_ queries: [LiveQuery], _ scene: StoreScene) -> Bool {
    let snapshot = scene.snapshot()
    for live in queries {
      let found = live.update(to: snapshot, now: scene.now).traces
      let expected = expected(live.sort, snapshot, scene.now, joined: live.joinsTraces)
      guard found == expected else {
        let shown = { (trace: TraceNumber) in
          let summary = snapshot.summary(of: trace, now: scene.now)
          return "\(trace.rawValue): \(summary.flatMap { value(live.sort.column, $0) } as Any)"
        }
        Issue.record("\(live.sort)\nlive \(found.map(shown))\nnaive \(expected.map(shown))")
        return false
      }
    }
    return true
  }

  @Test("Sorted by any column, the list stays in order while spans arrive in any order")
  func arriving() {
    var traffic = RandomTraffic(.announced("sorting, arriving"))
    for round in 0..<4 {
      let scene = StoreScene(rowsPerSegment: round % 2 == 0 ? 40 : SegmentRows.maximum)
      let queries = Self.sorts.map { LiveQuery(filter: nil, joinsTraces: round > 1, sort: $0) }
      let spans = traffic.spans(ofTraces: 40)
      var taken = 0
      while taken < spans.count {
        let next = min(spans.count, taken + traffic.random.number(1...40))
        scene.receive(spans[taken..<next])
        taken = next
        guard agree(queries, scene) else { return }
        // Another column every now and then, of traces that are known.
        let live = queries[traffic.random.number(0...queries.count - 1)]
        let before = live.sort
        live.sort = traffic.random.pick(Self.sorts)
        guard agree([live], scene) else { return }
        live.sort = before
        scene.now = scene.now + .milliseconds(traffic.random.number(0...4_000))
      }
      scene.now = scene.now + .seconds(10)
      guard agree(queries, scene) else { return }
    }
  }

  @Test("Sorted by any column, the list stays in order while traces are evicted")
  func evicting() {
    var traffic = RandomTraffic(.announced("sorting, evicting"))
    let scene = StoreScene(budgetBytes: 4 << 20)
    let queries = Self.sorts.map { LiveQuery(filter: nil, joinsTraces: true, sort: $0) }
    var first: UInt64 = 1
    while scene.writer.statistics.tracesEvicted == 0 || first < 400 {
      scene.receive(traffic.spans(ofTraces: 40, from: first, padding: 20_000))
      first += 40
      guard agree(queries, scene) else { return }
    }
  }

  @Test("Texts keep their ranks while others come between them, until there is no room")
  func ranks() {
    var random = SplitMix64.announced("sorted texts")
    var texts = SortedTexts()
    var codes: [String: UInt32] = [:]
    var ranks: [UInt32: UInt64] = [:]
    var renumberings = 0
    for round in 0..<300 {
      // Ever closer to one place, then anywhere.
      for _ in 0..<random.number(1...3) {
        let text =
          round < 60 ? "m" + String(repeating: "a", count: 100 - round) : "\(random.next())"
        codes[text] = texts.code(of: text)
      }
      let renumbering = texts.settle()
      if renumbering != nil { renumberings += 1 }
      for (code, rank) in ranks { #expect(texts.rank(of: code) == renumbering?.rank(rank) ?? rank) }
      let sorted = codes.sorted { $0.key < $1.key }.map { texts.rank(of: $0.value) }
      #expect(sorted == sorted.sorted() && Set(sorted).count == sorted.count)
      ranks = Dictionary(uniqueKeysWithValues: codes.values.map { ($0, texts.rank(of: $0)) })
    }
    #expect(renumberings > 0)
  }
}
