import Foundation
import Ingest
import Store
import Testing

@Suite("History, decoded and taken in in two steps")
struct HistoryReceiverTests {
  private static let bodies: [[UInt8]] = {
    var traffic = DemoTraffic(seed: 21)
    var encoder = TraceRequestEncoder()
    return (0..<200 as Range<UInt64>).map {
      encoder.encode(traffic.request(at: UnixNanos(1_760_000_000_000_000_000 + $0 * 1_000)).spans)
    }
  }()

  /// Takes every other request in, at once where nobody writes, else when the next one is decoded.
  private static func take(from start: Int, into store: Store) {
    let receivers = [StoreReceiver(store: store), StoreReceiver(store: store)]
    var isWaiting = [false, false]
    for number in stride(from: start, to: bodies.count, by: 2) {
      let place = number / 2 % 2
      if isWaiting[place] { _ = receivers[place].appendHistory(waits: true) }
      let isDecoded = unsafe bodies[number].withUnsafeBytes {
        unsafe receivers[place].decodeHistory($0)
      }
      #expect(isDecoded)
      isWaiting[place] = !receivers[place].appendHistory(waits: false)
    }
    for place in 0..<2 where isWaiting[place] { _ = receivers[place].appendHistory(waits: true) }
  }

  @Test("Two threads that do not wait for each other take in the same as one that does")
  func same() {
    let expected = Store(budgetBytes: 64 << 20)
    let receiver = StoreReceiver(store: expected)
    for body in Self.bodies { receiver.receive(MessageBytes(body), isHistory: true) }
    let store = Store(budgetBytes: 64 << 20)
    let group = DispatchGroup()
    for start in 0..<2 {
      group.enter()
      Thread.detachNewThread {
        Self.take(from: start, into: store)
        group.leave()
      }
    }
    group.wait()
    #expect(Self.traces(of: store) == Self.traces(of: expected))
    #expect(store.settledSnapshot().statistics.spansDuplicate == 0)
  }

  @Test("What is no request is not taken in")
  func broken() {
    let store = Store(budgetBytes: 8 << 20)
    let receiver = StoreReceiver(store: store)
    let bytes: [UInt8] = [0x0A, 0xFF]
    let isDecoded = unsafe bytes.withUnsafeBytes { unsafe receiver.decodeHistory($0) }
    #expect(!isDecoded)
    #expect(store.settledSnapshot().statistics.spansReceived == 0)
  }

  /// How many spans each trace has.
  private static func traces(of store: Store) -> [TraceID: Int] {
    let snapshot = store.settledSnapshot()
    let summaries = snapshot.traceNumbers.compactMap {
      snapshot.summary(of: TraceNumber($0), now: UnixNanos(2_000_000_000_000_000_000))
    }
    return Dictionary(summaries.map { ($0.id, $0.spanCount) }, uniquingKeysWith: +)
  }
}
