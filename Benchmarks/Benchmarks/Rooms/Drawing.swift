import Benchmark
import Store
import TUI

/// Frames of 200 columns and 50 rows, as the explorer draws them and without a terminal: what ncurses
/// and the terminal do with them is not in these figures. The store holds 102,400 spans of some
/// 12,500 traces.
func registerDrawing() {
  draw("the trace list", keys: [])
  draw("the trace list with a filter of one tenant", keys: [], filter: "tenant.id=tenant-003")
  // A trace of 4 to 12 spans with the details of its first. Not the newest one: its other spans are in
  // a request that was not made.
  draw("a waterfall", keys: Array(repeating: .down, count: 10) + [.enter])
}

private func draw(_ name: String, keys: [Key], filter: String? = nil) {
  Benchmark("Draw \(name), 200x50", configuration: Unit.frame.configuration) { benchmark in
    let snapshot = Inputs.smallStore.settledSnapshot()
    let now = moment()
    let state = explorer(filter: filter, keys: keys, snapshot, now: now)
    var frame = Frame(size: state.size)
    benchmark.measure(100, .frame) {
      for _ in 0..<100 {
        frame.clear()
        view(state, snapshot, now: now, into: &frame)
      }
    }
    if benchmark.currentIteration == 0 {
      print(frame.text.split(separator: "\n").prefix(6).joined(separator: "\n"))
    }
    blackHole(frame)
  }
}

/// The explorer's state after its query was answered and keys were pressed.
private func explorer(filter: String?, keys: [Key], _ snapshot: Snapshot, now: UnixNanos)
  -> AppState
{
  var options = ExplorerOptions()
  options.filters = filter.map { [$0] } ?? []
  options.timeZoneOffsetSeconds = 0
  var state = AppState(options: options, size: Size(rows: 50, columns: 200))
  for effect in update(&state, .news, snapshot, now: now) {
    guard case .query(let filter, _, _, let generation) = effect else { continue }
    let result = LiveQuery(filter: filter).update(to: snapshot, now: now)
    _ = update(&state, .query(result, generation: generation), snapshot, now: now)
  }
  for key in keys { _ = update(&state, .key(key), snapshot, now: now) }
  return state
}
