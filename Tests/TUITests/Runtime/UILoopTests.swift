import Store
import Synchronization
import Testing

@testable import TUI

@Suite("Loop of the screen's thread")
struct UILoopTests {
  /// A source that a test speaks for.
  private final class Source: SourceMonitor {
    private let shared = Mutex<(status: SourceStatus, wake: (@Sendable () -> Void)?, demos: Int)>(
      (SourceStatus(), nil, 0))

    func status() -> SourceStatus { shared.withLock { $0.status } }
    func observe(_ wake: @escaping @Sendable () -> Void) { shared.withLock { $0.wake = wake } }
    func startDemo() { shared.withLock { $0.demos += 1 } }

    func say(_ notice: String) {
      shared.withLock { shared in
        shared.status.notice = notice
        return shared.wake
      }?()
    }
  }

  /// The explorer on a terminal of memory, on a thread of its own: a pool's would be blocked by it.
  private final class Running: Sendable {
    let terminal: HeadlessTerminal
    let source = Source()
    private let code = Mutex<Int32?>(nil)

    init(size: Size = Size(rows: 24, columns: 80)) throws {
      let wake = try WakePipe()
      terminal = try HeadlessTerminal(size: size, wake: wake)
      _ = try WorkerThread { [self] in
        let ended = try? Explorer.run(
          on: terminal, wake: wake, store: Store(budgetBytes: 1 << 20), source: source,
          options: ExplorerOptions(), history: HistoryFile(path: nil))
        code.withLock { $0 = ended ?? -1 }
      }
    }

    func exitCode() async -> Int32 {
      await wait("the end") { code.withLock { $0 } != nil }
      return code.withLock { $0 } ?? -1
    }
  }

  @Test("Shows a frame at once, one for each key, and ends on Ctrl-C")
  func keys() async throws {
    let running = try Running()
    let terminal = running.terminal
    await wait("the first frame") { !terminal.frames.isEmpty }
    let before = terminal.frames.count
    terminal.type(.character("?"))
    await wait("a frame after the key") { terminal.frames.count > before }
    terminal.type(.control("c"))
    #expect(await running.exitCode() == 0)
  }

  @Test("A key that changes nothing draws nothing")
  func idleKey() async throws {
    let running = try Running()
    let terminal = running.terminal
    await wait("the first frame") { !terminal.frames.isEmpty }
    terminal.type(.character("?"))
    await wait("the help") { terminal.frames.last?.contains("Keys: trace list") == true }
    let before = terminal.frames.count
    // The second answers the key that does something, and so do all before it.
    terminal.type(.character("k"), .control("q"), .function(9))
    terminal.type(.character("j"))
    await wait("the frame of the last key") { terminal.frames.count > before }
    #expect(terminal.frames.count == before + 1)
    terminal.type(.control("c"))
    #expect(await running.exitCode() == 0)
  }

  @Test("The key that opens the overlay is not among those it measures")
  func measuredKeys() async throws {
    let running = try Running()
    let terminal = running.terminal
    await wait("the first frame") { !terminal.frames.isEmpty }
    terminal.type(.function(12))
    await wait("the overlay") { terminal.frames.last?.contains("F12 closes") == true }
    terminal.type(.character("?"))
    await wait("the help") { terminal.frames.last?.contains("Keys: trace list") == true }
    #expect(terminal.frames.last?.contains("key to screen  -") == true)
    terminal.type(.character("j"))
    await wait("a key's time") {
      terminal.frames.last?.contains("key to screen  p50") == true
    }
    terminal.type(.control("c"))
    #expect(await running.exitCode() == 0)
  }

  @Test("Follows the size of the window")
  func resize() async throws {
    let running = try Running()
    let terminal = running.terminal
    terminal.resize(Size(rows: 40, columns: 120))
    await wait("a frame of the new size") {
      terminal.frames.last?.split(separator: "\n", omittingEmptySubsequences: false).count == 40
    }
    terminal.type(.control("c"))
    #expect(await running.exitCode() == 0)
  }

  @Test(
    "A signal to end ends it, with a shell's code for that signal",
    arguments: [(.terminate, 143), (.hangUp, 129), (.interrupt, 130)]
      as [(TerminalRequests, Int32)])
  func signals(_ request: TerminalRequests, _ code: Int32) async throws {
    let running = try Running()
    running.terminal.request(request)
    #expect(await running.exitCode() == code)
  }

  @Test("A terminal that vanished ends it")
  func vanished() async throws {
    let running = try Running()
    let terminal = running.terminal
    await wait("the first frame") { !terminal.frames.isEmpty }
    terminal.hangUp()
    #expect(await running.exitCode() == 129)
  }

  @Test("Stops and goes on, redraws, and turns the mouse off, when keys or signals say so")
  func terminalEffects() async throws {
    let running = try Running()
    let terminal = running.terminal
    terminal.type(.control("l"), .control("z"), .function(2))
    await wait("the effects of the keys") {
      terminal.events == ["forget", "suspend", "mouse off"]
    }
    terminal.request(.stop)
    await wait("the stop") { terminal.events.last == "suspend" }
    terminal.request(.resume)
    await wait("the resumption") { terminal.events.last == "resume" }
    terminal.type(.control("c"))
    #expect(await running.exitCode() == 0)
  }

  @Test("News of the source is shown without a key")
  func sourceNews() async throws {
    let running = try Running()
    let (terminal, source) = (running.terminal, running.source)
    await wait("the first frame") { !terminal.frames.isEmpty }
    source.say("the spare wheel is missing")
    await wait("the notice") {
      terminal.frames.last?.contains("the spare wheel is missing") == true
    }
    terminal.type(.control("c"))
    #expect(await running.exitCode() == 0)
  }

  @Test("Draws nothing while nothing happens")
  func rest() async throws {
    let running = try Running()
    let terminal = running.terminal
    await wait("the first frame") { !terminal.frames.isEmpty }
    // Not a wait for something to happen: that nothing does is what is looked at.
    try await Task.sleep(for: .milliseconds(300))
    let settled = terminal.frames.count
    try await Task.sleep(for: .milliseconds(300))
    #expect(terminal.frames.count == settled)
    terminal.type(.control("c"))
    #expect(await running.exitCode() == 0)
  }
}
