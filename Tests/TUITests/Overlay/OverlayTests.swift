import Store
import Support
import Testing

@testable import TUI

@Suite("The overlay")
struct OverlayTests {
  /// Figures that a machine might show.
  static let figures: OverlayFigures = {
    var figures = OverlayFigures()
    figures.frame = .init(p50: 420.us, p99: 1_900.us, count: 120)
    figures.key = .init(p50: 1_100.us, p99: 3.ms, count: 12)
    figures.written = 412
    figures.writtenInAll = 1 << 20
    figures.query = QueryFigures(took: 800.us, rows: 1_000_448)
    figures.groups = QueryFigures(took: 3.ms, rows: 12)
    figures.lag = 17.ms
    return figures
  }()

  @Test("Over the list", arguments: ListScreenTests.sizes + [Size(rows: 15, columns: 60)])
  func list(size: Size) throws {
    var driver = ScreenDriver(Gateway.traces, size: size)
    driver.press("F12")
    driver.send(.figures(Self.figures))
    let memory = driver.frame.text.split(separator: "\n").map { line in
      // What the store takes is not the same on every machine.
      line.contains("iB") ? String(line.prefix { $0 != "B" }) : String(line)
    }
    #expect(memory.contains { $0.contains("key to screen  p50 1.1ms  p99 3.0ms") })
    #expect(memory.contains { $0.contains("filter         800µs  1,000,448 rows") })
    #expect(driver.frame.text.contains("columns"))
  }

  @Test("Before anything was measured there are dashes, and no figure is made up")
  func unmeasured() {
    var driver = ScreenDriver(size: Size(rows: 24, columns: 80))
    driver.press("F12")
    #expect(driver.screen.contains("frame          -"))
    #expect(driver.screen.contains("to terminal    -"))
  }

  @Test("F12 asks for measurements and F12 ends them, on any screen and in a prompt")
  func toggled() {
    var driver = ScreenDriver(Gateway.traces)
    driver.press("F12")
    #expect(driver.effects.last == .overlay(true))
    driver.press("/", "F12")
    #expect(
      driver.effects.last { if case .overlay = $0 { true } else { false } } == .overlay(false))
    #expect(driver.state.overlay == nil)
    driver.send(.figures(Self.figures))
    #expect(driver.state.overlay == nil)
  }

  @Test("A meter has quantiles of the last frames, and a key is answered by the next frame")
  func meter() {
    let snapshot = SnapshotFixture().snapshot()
    var meter = LoopMeter(version: snapshot.version)
    #expect(meter.figures(QueryWorker.Figures()).frame == nil)
    for _ in 0..<300 { meter.noteFrame(began: Clock.monotonic() - 2_000_000, snapshot) }
    let frame = meter.figures(QueryWorker.Figures()).frame
    #expect(frame?.count == LoopMeter.samples)
    #expect(frame.map { $0.p50 >= 2.ms && $0.p99 >= $0.p50 } ?? false)
    #expect(meter.figures(QueryWorker.Figures()).key == nil)
    meter.noteKey(at: Clock.monotonic())
    meter.noteFrame(began: Clock.monotonic(), snapshot)
    #expect(meter.figures(QueryWorker.Figures()).key?.count == 1)
  }
}
