internal import Glibc
import NIOPosix

/// Event loops whose threads leave signals to the rest of the program.
enum IngestThreads {
  /// Starts so many event loops, with the signals blocked that the screen and the commands wait
  /// for.
  ///
  /// Threads inherit the mask of the thread that makes them, so it is set around their making.
  static func start(_ count: Int) -> MultiThreadedEventLoopGroup {
    var blocked = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&blocked)
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT, SIGUSR1] {
      unsafe sigaddset(&blocked, signal)
    }
    unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    return MultiThreadedEventLoopGroup(numberOfThreads: count)
  }
}
