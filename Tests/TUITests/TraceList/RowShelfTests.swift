import Store
import Support
import Testing

@testable import TUI

@Suite("Rows that were looked at")
struct RowShelfTests {
  @Test("Stories are asked for in one go, for all rows that need one, the selected one's first")
  func asking() {
    var traces: [[SpanRecord]] = []
    for number in 1...8 as ClosedRange<UInt64> {
      traces.append(
        TraceBuilder(number: number) {
          root("POST /v1 a", 10.ms, service: "plano(llm)").attributes(["llm.model": "a"])
          root("POST /v1 b", 10.ms, service: "plano(llm)").attributes(["llm.model": "b"])
        }.spans)
    }
    let driver = ScreenDriver(traces, size: Size(rows: 24, columns: 120))
    let asked = driver.effects.compactMap {
      if case .tell(let numbers, _) = $0 { numbers } else { nil }
    }
    #expect(asked.count == 1)
    #expect(asked.first?.count == 8)
    #expect(asked.first?.first == driver.state.list.selected)
  }

  @Test("A story that came of rows no longer shown, and of no preview, needs no frame")
  func unseen() {
    let driver = ScreenDriver(Gateway.traces, size: Size(rows: 24, columns: 100))
    var state = driver.state
    let told = StoryAnswer(TraceNumber(9_999), nil)
    _ = state.stories.take([told])
    #expect(!state.showsOtherStories(than: driver.state))
    state = driver.state
    guard let shown = state.preview.trace else { return #expect(Bool(false), "no preview") }
    _ = state.stories.take([StoryAnswer(shown, nil)])
    #expect(state.showsOtherStories(than: driver.state))
  }
}
