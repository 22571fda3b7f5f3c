import Store
import Support
import Testing

@testable import TUI

@Suite("Random use")
struct RandomUseTests {
  /// Every key that does something anywhere, text for the prompts, and odd ones.
  private static let keys: [Key] =
    Array(Set(Keymap.bindings.flatMap(\.keys))).sorted { $0.name < $1.name }
    + "acme=>!~\"()*? 1é漢".unicodeScalars.map { Key.character($0) }
    + [.function(9), .insert, .alt("x"), .control("q"), .paste("tenant.id=acme\n"), .paste("")]

  @Test(
    "No order of keys, clicks, sizes and arrivals draws outside the screen or stops the program")
  func survives() {
    var random = SplitMix64.announced("random use of the screens")
    let traces = Gateway.traces + [Gateway.incident]
    for _ in 0..<12 {
      var driver = ScreenDriver([], size: size(&random)) { $0.isASCII = random.chance(20) }
      var arrived = 0
      var parts = DrawnParts()
      for _ in 0..<150 {
        switch random.number(0...19) as Int {
        case 0: driver.send(.key(.resize(size(&random))))
        case 1, 2: driver.send(.key(.mouse(mouse(&random))))
        case 3, 4, 5:
          let count = min(random.number(1...4), traces.count - arrived)
          driver.receive(Array(traces[arrived..<arrived + count]))
          arrived += count
        case 6 where arrived > 0:
          driver.receive([stray(&random, of: traces[0][0].traceID)], into: 0)
        default:
          let key = random.pick(Self.keys)
          driver.send(.key(key))
        }
        let frame = driver.frame
        #expect(driver.frame(reusing: &parts).cells == frame.cells)
        // Rows worked out for earlier frames are what they would be now.
        #expect(driver.frameOfForgetfulRows.cells == frame.cells)
        if let cursor = frame.cursor {
          #expect(cursor.row < frame.size.rows && cursor.column < frame.size.columns)
        }
        let list = driver.state.list
        #expect(
          list.isEmpty || (list.row < list.count && list.trace(at: list.row) == list.selected))
        #expect(list.top <= list.row)
      }
    }
  }

  /// Any size at all, small ones often.
  private func size(_ random: inout SplitMix64) -> Size {
    random.chance(15)
      ? Size(rows: random.number(0...16), columns: random.number(0...64))
      : Size(rows: random.number(15...60), columns: random.number(60...220))
  }

  private func mouse(_ random: inout SplitMix64) -> MouseEvent {
    let kinds: [MouseEvent.Kind] = [.press, .release, .wheelUp, .wheelDown, .doubleClick]
    return MouseEvent(
      kind: random.pick(kinds), row: random.number(0...59), column: random.number(0...219))
  }

  /// A span that may be an orphan, a circle, a duplicate, or out of all time.
  private func stray(_ random: inout SplitMix64, of trace: TraceID) -> SpanRecord {
    let start = random.chance(20) ? random.next() : Gateway.now.rawValue
    return SpanRecord(
      traceID: trace, spanID: SpanID(random.number(1...30)),
      parentSpanID: SpanID(random.number(0...30)),
      name: "stray", start: UnixNanos(start),
      end: UnixNanos(random.chance(20) ? 0 : start &+ 5_000_000))
  }
}
