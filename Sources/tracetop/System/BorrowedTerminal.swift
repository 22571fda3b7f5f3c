import Glibc

/// The terminal while a command takes single keys from it: no line editing, no echo, no cursor.
///
/// It is given back by ``giveBack()``, and by the handlers of the signals that end or stop a program, which do
/// nothing but write(), tcsetattr() and raise the signal again: whoever sent it sees the exit status that he
/// expects, and the shell a terminal that echoes.
final class BorrowedTerminal {
  /// What the handlers read.
  @unsafe private struct Record {
    var isBorrowed: sig_atomic_t = 0
    var before = termios()
    var single = termios()
  }

  private static let hidden: StaticString = "\u{1B}[?25l"
  private static let shown: StaticString = "\u{1B}[?25h"
  private static let ending = [SIGTERM, SIGHUP, SIGQUIT, SIGINT]

  /// Written by the thread that asks, before the handlers are installed; handlers, on any thread, read it
  /// and set `isBorrowed`, a single word.
  nonisolated(unsafe) private static let record: UnsafeMutablePointer<Record> = {
    let record = UnsafeMutablePointer<Record>.allocate(capacity: 1)
    unsafe record.initialize(to: Record())
    return unsafe record
  }()

  private var earlier: [(signal: Int32, action: sigaction)] = []

  /// Borrows the terminal of stdin; nil where that is none.
  init?() {
    var before = termios()
    // Safe: written by the call.
    guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
    var single = before
    // Ctrl-C is a key: it leaves as Esc does.
    single.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
    unsafe Self.record.pointee.before = before
    unsafe Self.record.pointee.single = single
    for signal in Self.ending { install(signal, Self.ended) }
    install(SIGCONT, Self.continued)
    Self.take()
  }

  /// Gives the terminal and the signals back.
  func giveBack() {
    Self.restore()
    for (signal, action) in earlier {
      var action = action
      // Safe: valid for the call.
      unsafe sigaction(signal, &action, nil)
    }
    earlier = []
  }

  private func install(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
    var action = sigaction()
    var before = sigaction()
    unsafe action.__sigaction_handler.sa_handler = handler
    action.sa_flags = SA_RESTART
    // Safe: both are valid for the call.
    unsafe sigaction(signal, &action, &before)
    // What a parent told it to ignore (nohup) stays ignored.
    if unsafe unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) == 1 {
      unsafe sigaction(signal, &before, nil)
    } else {
      earlier.append((signal, before))
    }
  }

  // MARK: - Safe in a handler

  private static func take() {
    unsafe record.pointee.isBorrowed = 1
    // Safe: both are valid for the call.
    _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &record.pointee.single)
    _ = unsafe write(STDOUT_FILENO, hidden.utf8Start, hidden.utf8CodeUnitCount)
  }

  private static func restore() {
    guard unsafe record.pointee.isBorrowed != 0 else { return }
    unsafe record.pointee.isBorrowed = 0
    _ = unsafe write(STDOUT_FILENO, shown.utf8Start, shown.utf8CodeUnitCount)
    // Safe: valid for the call.
    _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &record.pointee.before)
  }

  private static let ended: @convention(c) (Int32) -> Void = { signal in
    BorrowedTerminal.restore()
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = SIG_DFL
    // Safe: valid for the call.
    unsafe sigaction(signal, &action, nil)
    raise(signal)
  }

  /// A shell that was given the terminal meanwhile may have set it its own way.
  private static let continued: @convention(c) (Int32) -> Void = { _ in
    if unsafe BorrowedTerminal.record.pointee.isBorrowed != 0 { BorrowedTerminal.take() }
  }
}
