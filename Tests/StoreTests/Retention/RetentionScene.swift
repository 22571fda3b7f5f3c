import Support

@testable import Store

extension StoreStatistics {
  /// Every span that came is somewhere.
  var isBalanced: Bool {
    spansReceived == spansHeld + spansEvicted + spansSampledOut + spansRejected + spansDuplicate
  }
}

extension StoreScene {
  /// One request as a trace of some spans with padding that no other span has.
  func traceOf(
    _ number: UInt64, high: UInt64 = 0x5C1F, spans: Int = 3, padding: Int = 0, error: Bool = false,
    took: Nanoseconds = 10.ms, requestID: String? = nil, name: String = "POST /v1/chat"
  ) -> [SpanRecord] {
    var made = TraceBuilder(number: number) {
      root(name, took).status(error ? .error : .unset)
      for _ in 1..<max(1, spans) { child("SELECT", 1.ms, at: 0.ms).parent(1) }
    }.spans
    for index in made.indices {
      made[index].traceID = TraceID(high: high, low: number)
      if padding > 0 {
        let text = String(repeating: "\(number)-\(index) ", count: padding / 8 + 1)
        made[index].attributes.append(Attribute("prompt", .string(text)))
      }
      made[index].attributes.append(Attribute("tenant.id", .string("tenant-\(number % 7)")))
      if index == 0, let requestID {
        made[index].attributes.append(Attribute("request_id", .string(requestID)))
      }
    }
    return made
  }

  func pin(_ isPinned: Bool, _ number: UInt64) -> Bool { writer.setPinned(isPinned, number) }

  /// Lets time pass, and everything settle that has.
  func pass(_ time: Nanoseconds) {
    now = now + time
    writer.settle(now: now.rawValue)
  }

  /// The low halves of the ids of the traces held.
  var held: Set<UInt64> {
    let snapshot = snapshot()
    return Set(
      snapshot.traceNumbers.compactMap { snapshot.traceRecord($0)?.id.low })
  }
}
