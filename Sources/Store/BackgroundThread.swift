import Glibc

/// A thread for work that waits; it leaves every signal to the rest of the program.
package final class BackgroundThread: Sendable {
  /// What the thread runs, boxed for the way through C.
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private let thread: pthread_t

  /// Starts the thread; nil where the system has no more.
  package init?(_ body: @escaping @Sendable () -> Void) {
    var all = sigset_t()
    var before = sigset_t()
    var thread = pthread_t()
    // Safe: the box is retained here and released by the thread, which runs exactly once.
    let work = unsafe Unmanaged.passRetained(Work(body))
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    let result = unsafe pthread_create(
      &thread, nil,
      { argument in
        if let argument = unsafe argument {
          unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
        }
        return nil
      }, work.toOpaque())
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
    guard result == 0 else {
      unsafe work.release()
      return nil
    }
    self.thread = thread
  }

  /// Waits for its end; to be called once.
  package func join() { _ = pthread_join(thread, nil) }

  /// Lets the calling thread sleep.
  package static func sleep(_ length: Nanoseconds) {
    var time = timespec(
      tv_sec: Int(length.rawValue / 1_000_000_000), tv_nsec: Int(length.rawValue % 1_000_000_000))
    // Safe: valid for the call; nobody wants to know what was left.
    _ = unsafe nanosleep(&time, nil)
  }
}
