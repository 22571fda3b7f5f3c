import Testing

@testable import TUI

@Suite("Wake pipe")
struct WakePipeTests {
  private func isReadable(_ pipe: WakePipe) -> Bool {
    Poll.wait([pipe.descriptor], nanoseconds: 0).readable == [true]
  }

  @Test("However often it is signalled, one drain silences it, and the next signal is heard")
  func once() throws {
    let pipe = try WakePipe()
    #expect(!isReadable(pipe))
    for _ in 0..<100_000 { pipe.signal() }
    #expect(isReadable(pipe))
    pipe.drain()
    #expect(!isReadable(pipe))
    pipe.signal()
    #expect(isReadable(pipe))
  }

  @Test("A drain of nothing does nothing")
  func nothing() throws {
    let pipe = try WakePipe()
    pipe.drain()
    pipe.signal()
    #expect(isReadable(pipe))
  }

  @Test("No signal of many threads is lost")
  func many() async throws {
    let pipe = try WakePipe()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask { for _ in 0..<10_000 { pipe.signal() } }
      }
      for _ in 0..<1_000 { pipe.drain() }
    }
    pipe.signal()
    #expect(isReadable(pipe))
  }
}
