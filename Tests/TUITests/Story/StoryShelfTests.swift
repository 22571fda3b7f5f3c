import Store
import Testing

@testable import TUI

@Suite("Stories of the traces looked at")
struct StoryShelfTests {
  private func told(_ number: UInt64, spans: Int) -> ToldTrace {
    let trace = Captures.trace("6d8a7ecae6aafed5c00b53be7c9a7bfc")
    let story = (0..<spans).map { index in
      StorySpan(record: trace[index % trace.count], role: .span, service: "")
    }
    return ToldTrace(number: TraceNumber(number), spans: story, vocabulary: .standard)
  }

  @Test("A trace is asked for once, and again when it has more spans")
  func asking() {
    var shelf = StoryShelf()
    let number = TraceNumber(7)
    #expect(shelf.needs(number, spans: 3, isAtRest: false))
    shelf.ask([number])
    #expect(!shelf.needs(number, spans: 3, isAtRest: false))
    #expect(shelf.take([StoryAnswer(number, told(7, spans: 3))]) == [number])
    #expect(!shelf.needs(number, spans: 3, isAtRest: true))
    #expect(shelf.needs(number, spans: 4, isAtRest: false))
    #expect(shelf.story(of: number)?.spanCount == 3)
  }

  @Test("A large trace that grows is not told anew for every span, but at the end it is")
  func large() {
    var shelf = StoryShelf()
    _ = shelf.take([StoryAnswer(TraceNumber(1), told(1, spans: 2_000))])
    #expect(!shelf.needs(TraceNumber(1), spans: 2_039, isAtRest: false))
    #expect(shelf.needs(TraceNumber(1), spans: 2_040, isAtRest: false))
    #expect(shelf.needs(TraceNumber(1), spans: 2_001, isAtRest: true))
  }

  @Test("Only the last traces looked at are kept")
  func keeping() {
    var shelf = StoryShelf()
    for number in 0..<100 as Range<UInt64> {
      let changed = shelf.take([StoryAnswer(TraceNumber(number), told(number, spans: 1))])
      // What is forgotten for it is told of otherwise, too.
      #expect(changed.count == (number < StoryShelf.maximumStories ? 1 : 2))
    }
    let forgotten = UInt64(100 - StoryShelf.maximumStories)
    #expect(shelf.story(of: TraceNumber(forgotten - 1)) == nil)
    #expect(shelf.story(of: TraceNumber(forgotten)) != nil)
    #expect(StoryShelf.maximumRows < StoryShelf.maximumStories)
  }
}
