import Support
import Testing

@testable import Store

@Suite("Traffic that has ended")
struct TrafficRestTests {
  @Test("Figures are looked at again when what is shown of them changes, and at last not at all")
  func rest() {
    let scene = StoreScene()
    scene.receive(TraceBuilder { root("GET /", 10.ms) }.spans)
    let query = LiveQuery(filter: nil)
    let (snapshot, end) = (scene.snapshot(), scene.now)
    var moments: [UInt64] = []
    var now = end
    while let next = query.update(to: snapshot, now: now).traffic.nextChange, moments.count < 200 {
      now = next
      moments.append(next.since(end).rawValue / 1_000_000_000)
    }
    // The clock runs while the rate of ten seconds falls; then the chart of two minutes moves; then the
    // request leaves the five minutes.
    #expect(
      moments == Array(1...10) + Array(stride(from: 12, through: 120, by: 2)) + [300])
  }
}
