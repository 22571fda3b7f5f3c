import CNcurses
import Glibc

/// What the system asked of a program that has the terminal.
struct TerminalRequests: OptionSet, Equatable, Sendable {
  var rawValue: UInt8
  static let terminate = TerminalRequests(rawValue: 1)
  static let hangUp = TerminalRequests(rawValue: 2)
  static let interrupt = TerminalRequests(rawValue: 4)
  /// To stop, as Ctrl-Z at a shell does.
  static let stop = TerminalRequests(rawValue: 8)
  /// It was stopped and goes on: the screen may hold anything.
  static let resume = TerminalRequests(rawValue: 16)
  /// The window has a new size, which comes as a key.
  static let resize = TerminalRequests(rawValue: 32)
}

/// Gives the terminal back whatever ends the program: a fault, a signal to end, a plain exit().
///
/// A Swift trap unwinds nothing, so no deinit runs. What has to be written is therefore made ready while all is well;
/// the handlers of faults do nothing but write(), tcsetattr() and raise the signal again, which leaves the exit
/// status as it would have been. Signals that ask to end or stop only leave a note and wake the loop.
enum TerminalRescue {
  private static let faults = [SIGSEGV, SIGILL, SIGTRAP, SIGBUS, SIGABRT, SIGFPE]
  private static let requests: [(signal: Int32, request: TerminalRequests)] = [
    (SIGTERM, .terminate), (SIGHUP, .hangUp), (SIGINT, .interrupt), (SIGTSTP, .stop),
    (SIGCONT, .resume), (SIGWINCH, .resize),
  ]
  /// Signal numbers are below this.
  private static let signalLimit = 65
  /// The stack that a fault's handler runs on, so that an overflow of the screen's own stack is caught too.
  private static let handlerStackBytes = 64 << 10

  /// What the handlers read.
  @unsafe private struct Record {
    /// Whether the terminal is ours now.
    var isUp: sig_atomic_t = 0
    var terminal: Int32 = -1
    var settings = termios()
    var reset: UnsafeMutableBufferPointer<UInt8>
    /// The descriptor that standard error was, or -1 where it was not moved.
    var standardError: Int32 = -1
    var wake: Int32 = -1
    /// Whether the environment asks for Swift's backtraces.
    var isTraced = false
    /// One flag a signal that came, by signal number.
    var notes: UnsafeMutablePointer<sig_atomic_t>
    /// What each signal did before.
    var earlier: UnsafeMutablePointer<sigaction>
  }

  /// Made before the first handler is installed and never freed. Written by the screen's thread; handlers, on any
  /// thread, read it and set `notes` and `isUp`, single words both.
  nonisolated(unsafe) private static let record: UnsafeMutablePointer<Record> = {
    let notes = UnsafeMutablePointer<sig_atomic_t>.allocate(capacity: signalLimit)
    unsafe notes.initialize(repeating: 0, count: signalLimit)
    let earlier = UnsafeMutablePointer<sigaction>.allocate(capacity: signalLimit)
    unsafe earlier.initialize(repeating: sigaction(), count: signalLimit)
    let record = UnsafeMutablePointer<Record>.allocate(capacity: 1)
    unsafe record.initialize(
      to: Record(reset: .allocate(capacity: 0), notes: notes, earlier: earlier))
    // exit() from anywhere while the screen is up.
    atexit { TerminalRescue.restore() }
    let stack = UnsafeMutableRawPointer.allocate(byteCount: handlerStackBytes, alignment: 16)
    var description = unsafe stack_t(ss_sp: stack, ss_flags: 0, ss_size: handlerStackBytes)
    unsafe sigaltstack(&description, nil)
    return unsafe record
  }()

  // MARK: - The screen's thread

  /// Gets ready and takes the signals over; call it before ncurses, which leaves signals alone that have a handler.
  static func begin(
    terminal: Int32, settings: termios, reset: String, standardError: Int32, wake: Int32
  ) {
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: reset.utf8.count)
    _ = unsafe bytes.initialize(from: reset.utf8)
    unsafe record.pointee.reset.deallocate()
    unsafe record.pointee.reset = bytes
    unsafe record.pointee.terminal = terminal
    unsafe record.pointee.settings = settings
    unsafe record.pointee.standardError = standardError
    unsafe record.pointee.wake = wake
    unsafe record.pointee.isTraced = TerminalSetup.environment("SWIFT_BACKTRACE") != nil
    for fault in faults {
      install(fault, SA_NODEFER | Int32(bitPattern: UInt32(SA_ONSTACK)), faulted)
    }
    for (signal, _) in requests where signal != SIGWINCH { install(signal, SA_RESTART, requested) }
  }

  /// Wakes the loop when the window changes, after ncurses has taken note; call it once ncurses has its handler.
  ///
  /// Without this a signal just before poll() would be seen at the next key only, and one on another thread as well.
  static func followWindow() { install(SIGWINCH, SA_RESTART, windowChanged) }

  /// Says whether the terminal is in the screen's state, so that a fault knows what to do.
  static func setUp(_ isUp: Bool) {
    unsafe record.pointee.isUp = isUp ? 1 : 0
  }

  /// The requests since the last call.
  static func takeRequests() -> TerminalRequests {
    var taken: TerminalRequests = []
    for (signal, request) in requests where unsafe record.pointee.notes[Int(signal)] != 0 {
      unsafe record.pointee.notes[Int(signal)] = 0
      taken.insert(request)
    }
    return taken
  }

  /// Stops the job this program belongs to, as the terminal's driver does on Ctrl-Z; returns when it goes on.
  static func stopJob() {
    giveBack(SIGTSTP)
    // The whole group: `make run` has to stop as well, or its shell would wait for it.
    kill(0, SIGTSTP)
    install(SIGTSTP, SA_RESTART, requested)
  }

  /// Gives every signal back to who had it.
  static func end() {
    setUp(false)
    for signal in faults + requests.map(\.signal) { giveBack(signal) }
  }

  private static func install(
    _ signal: Int32, _ flags: Int32, _ handler: @escaping @convention(c) (Int32) -> Void
  ) {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = handler
    action.sa_flags = flags
    let earlier = unsafe record.pointee.earlier + Int(signal)
    unsafe sigaction(signal, &action, earlier)
    // What a parent told it to ignore (nohup) stays ignored.
    let wasIgnored =
      unsafe unsafeBitCast(earlier.pointee.__sigaction_handler.sa_handler, to: Int.self) == 1
    if wasIgnored { giveBack(signal) }
  }

  private static func setDefault(_ signal: Int32) {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = SIG_DFL
    unsafe sigaction(signal, &action, nil)
  }

  private static func giveBack(_ signal: Int32) {
    unsafe sigaction(signal, record.pointee.earlier + Int(signal), nil)
  }

  // MARK: - Handlers

  /// Writes what makes the terminal whole; does so once. Safe in a signal handler.
  private static func restore() {
    guard unsafe record.pointee.isUp != 0 else { return }
    unsafe record.pointee.isUp = 0
    let reset = unsafe record.pointee.reset
    _ = unsafe write(record.pointee.terminal, reset.baseAddress, reset.count)
    _ = unsafe tcsetattr(record.pointee.terminal, TCSANOW, &record.pointee.settings)
    if unsafe record.pointee.standardError >= 0 {
      _ = unsafe dup2(record.pointee.standardError, STDERR_FILENO)
    }
  }

  private static let faulted: @convention(c) (Int32) -> Void = { signal in
    TerminalRescue.restore()
    // Swift's own handler may ask questions on the terminal; it is run only where somebody asked for it.
    if unsafe TerminalRescue.record.pointee.isTraced {
      TerminalRescue.giveBack(signal)
    } else {
      TerminalRescue.setDefault(signal)
    }
    raise(signal)
  }

  private static let windowChanged: @convention(c) (Int32) -> Void = { signal in
    let earlier = unsafe TerminalRescue.record.pointee.earlier[Int(signal)]
    // 0 and 1 are SIG_DFL and SIG_IGN.
    if unsafe unsafeBitCast(earlier.__sigaction_handler.sa_handler, to: Int.self) > 1 {
      unsafe earlier.__sigaction_handler.sa_handler?(signal)
    }
    TerminalRescue.requested(signal)
  }

  private static let requested: @convention(c) (Int32) -> Void = { signal in
    let before = errno
    unsafe TerminalRescue.record.pointee.notes[Int(signal)] = 1
    var byte: UInt8 = 1
    _ = unsafe write(TerminalRescue.record.pointee.wake, &byte, 1)
    errno = before
  }
}
