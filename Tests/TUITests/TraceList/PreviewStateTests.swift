import Store
import Testing

@testable import TUI

@Suite("Preview of the selection")
struct PreviewStateTests {
  private let start = UnixNanos(1_000_000_000_000)
  private func trace(_ number: UInt64) -> TraceNumber { TraceNumber(number) }
  private func after(_ milliseconds: UInt64) -> UnixNanos { start + .milliseconds(milliseconds) }

  @Test("The first selection is shown at once, the next one when it has rested")
  func rests() {
    var preview = PreviewState()
    preview.follow(trace(1), now: start, isGone: false)
    #expect(preview.trace == trace(1))
    #expect(preview.due == nil)
    preview.follow(trace(2), now: start, isGone: false)
    #expect(preview.trace == trace(1))
    #expect(preview.due == after(50))
    preview.follow(trace(2), now: after(49), isGone: false)
    #expect(preview.trace == trace(1))
    preview.follow(trace(2), now: after(50), isGone: false)
    #expect(preview.trace == trace(2))
    #expect(preview.due == nil)
  }

  @Test("A selection that does not rest is shown four times a second")
  func restless() {
    var preview = PreviewState()
    preview.follow(trace(0), now: start, isGone: false)
    var shown: [UInt64] = []
    for step in 1...100 {
      preview.follow(trace(UInt64(step)), now: after(UInt64(step) * 10), isGone: false)
      if let number = preview.trace?.rawValue, shown.last != number { shown.append(number) }
    }
    #expect(shown == [0, 26, 52, 78])
    // Every move puts the moment off, but not past the end of patience.
    #expect(preview.due == after(1_040))
  }

  @Test("Back on the trace shown, nothing is due")
  func back() {
    var preview = PreviewState()
    preview.follow(trace(1), now: start, isGone: false)
    preview.follow(trace(2), now: start, isGone: false)
    preview.follow(trace(1), now: after(20), isGone: false)
    #expect(preview.trace == trace(1))
    #expect(preview.due == nil)
  }

  @Test("What cannot stay gives way at once, and a clock put back keeps nothing waiting")
  func gone() {
    var preview = PreviewState()
    preview.follow(trace(1), now: start, isGone: false)
    preview.follow(trace(2), now: start, isGone: true)
    #expect(preview.trace == trace(2))
    preview.follow(trace(3), now: start, isGone: false)
    preview.follow(trace(3), now: UnixNanos(1), isGone: false)
    #expect(preview.trace == trace(3))
    preview.follow(nil, now: start, isGone: false)
    #expect(preview.trace == nil)
  }
}
