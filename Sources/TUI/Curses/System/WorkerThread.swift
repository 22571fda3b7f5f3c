import Glibc

/// A thread with a stack of a stated size, that runs one function to its end.
struct WorkerThread: ~Copyable {
  /// Room for the recursion of nested filters; only touched pages cost memory.
  static let stackBytes = 8 << 20

  private let thread: pthread_t

  /// Starts the thread. Signals stay with the threads that had them: this one takes none.
  init(_ body: @escaping @Sendable () -> Void) throws(TerminalError) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setstacksize(&attributes, Self.stackBytes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    var all = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&all)
    // A fault must still reach its handler on the thread that made it.
    for fault in [SIGSEGV, SIGILL, SIGTRAP, SIGBUS, SIGABRT, SIGFPE] {
      unsafe sigdelset(&all, fault)
    }
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    let box = unsafe Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, &attributes,
      { pointer in
        guard let pointer = unsafe pointer else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      unsafe box.release()
      throw TerminalError("no thread could be started: \(errorText(code))")
    }
    self.thread = thread
  }

  /// Waits for the function's end.
  consuming func join() {
    pthread_join(thread, nil)
  }

  /// Carries the function through the C call.
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
