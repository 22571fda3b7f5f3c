internal import Foundation

/// Runs each of the bodies on a thread of its own and returns when all have ended.
///
/// Threads, not tasks: on a machine with one core the pool of tasks has one thread, where a reader
/// that waits for a writer would wait for ever.
public func inParallel(_ bodies: [@Sendable () -> Void]) {
  let group = DispatchGroup()
  for body in bodies {
    group.enter()
    let thread = Thread {
      body()
      group.leave()
    }
    // Sanitizers need more than the 512 KiB that threads have by default.
    thread.stackSize = 8 << 20
    thread.start()
  }
  group.wait()
}
