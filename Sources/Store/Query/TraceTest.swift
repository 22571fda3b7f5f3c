/// What a trace's own record answers to a predicate.
enum TraceTest {
  static func holds(
    _ predicate: Filter.Predicate, _ record: TraceRecord, _ number: UInt64, _ snapshot: Snapshot,
    now: UnixNanos
  ) -> Bool {
    value(predicate.field, predicate.test.positive, record, number, snapshot, now)
      != predicate.test.isNegated
  }

  private static func value(
    _ field: Filter.Field, _ test: Filter.Test, _ record: TraceRecord, _ number: UInt64,
    _ snapshot: Snapshot, _ now: UnixNanos
  ) -> Bool {
    let duration = UnixNanos(record.end).since(UnixNanos(record.start == .max ? 0 : record.start))
    switch field {
    case .intrinsic(let intrinsic):
      switch intrinsic {
      case .verdict: return test.matches(text: record.verdict(now: now.rawValue).name)
      case .error: return test.matches(boolean: record.errors > 0)
      case .traceDuration: return test.matches(duration: duration)
      case .spans: return test.matches(count: UInt64(record.spans))
      case .errors: return test.matches(count: UInt64(record.errors))
      case .trace: return test.matches(text: record.id.hex)
      case .rootName, .rootService:
        guard let summary = snapshot.summary(of: TraceNumber(number), now: now) else {
          return false
        }
        let text = intrinsic == .rootName ? summary.rootName : summary.rootService
        return test == .exists ? !text.isEmpty : test.matches(text: text)
      default: return false
      }
    case .dimension(let dimension):
      let hasTokens = (in: record.measured & 1 != 0, out: record.measured & 2 != 0)
      switch dimension {
      case .tokens:
        return record.measured & 16 != 0 && test.matches(count: record.tokens)
      case .tokensIn: return hasTokens.in && test.matches(count: record.tokensIn)
      case .tokensOut: return hasTokens.out && test.matches(count: record.tokensOut)
      case .cost: return record.measured & 4 != 0 && test.matches(double: record.costUSD)
      case .timeToFirstToken:
        return record.measured & 8 != 0
          && test.matches(duration: Nanoseconds(record.timeToFirstToken))
      default: return false
      }
    case .attribute: return false
    }
  }
}
