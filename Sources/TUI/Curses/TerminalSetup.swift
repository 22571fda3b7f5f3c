import CNcurses
import Glibc

/// What is known of the terminal before anything is sent to it; refuses, with a reason, what cannot show a screen.
struct TerminalSetup {
  let term: String
  let family: TerminalFamily
  /// What keys are read from: standard input, or /dev/tty where that is a file or a pipe.
  let input: Int32
  /// Whether text goes out as UTF-8.
  let isUTF8: Bool
  /// The line settings to return to.
  let settings: termios
  /// What puts the terminal right after a crash.
  let reset: String

  init() throws(TerminalError) {
    guard isatty(STDOUT_FILENO) == 1 else {
      throw TerminalError("standard output is not a terminal; the explorer needs one")
    }
    isUTF8 = Self.setLocale()
    term = Self.environment("TERM") ?? ""
    family = TerminalFamily(term: term)
    guard !term.isEmpty else {
      throw TerminalError("TERM is not set; try TERM=xterm-256color")
    }
    // A size in the environment would keep ncurses from following the window.
    unsafe unsetenv("LINES")
    unsafe unsetenv("COLUMNS")
    var problem: Int32 = 0
    guard unsafe setupterm(term, STDOUT_FILENO, &problem) == OK else {
      throw TerminalError(
        problem < 0
          ? "the terminal descriptions are missing; install ncurses-base"
          : "TERM=\(term) is not known here; try TERM=xterm-256color, or install ncurses-term")
    }
    guard unsafe cnc_capability("cup") != nil, unsafe cnc_capability("clear") != nil else {
      throw TerminalError("TERM=\(term) cannot place text on a screen; try TERM=xterm-256color")
    }
    reset = Self.resetSequence(family)
    var settings = termios()
    input = isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : unsafe open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard input >= 0, unsafe tcgetattr(STDOUT_FILENO, &settings) == 0 else {
      throw TerminalError("there is no terminal to read keys from: \(errorText(errno))")
    }
    self.settings = settings
  }

  /// Takes the user's character set over and says whether it is UTF-8.
  ///
  /// Only LC_CTYPE: numbers keep their points. A locale that the environment names as UTF-8 but that is not installed,
  /// as in most containers, is replaced by C.UTF-8: the terminal is the user's, not the machine's.
  private static func setLocale() -> Bool {
    if unsafe Glibc.setlocale(LC_CTYPE, "") != nil { return isCodesetUTF8 }
    let named = environment("LC_ALL") ?? environment("LC_CTYPE") ?? environment("LANG") ?? ""
    let isNamedUTF8 = named.lowercased().contains("utf-8") || named.lowercased().contains("utf8")
    guard isNamedUTF8, unsafe Glibc.setlocale(LC_CTYPE, "C.UTF-8") != nil else { return false }
    return isCodesetUTF8
  }

  private static var isCodesetUTF8: Bool {
    guard let codeset = unsafe nl_langinfo(nl_item(CODESET)) else { return false }
    return unsafe String(cString: codeset) == "UTF-8"
  }

  /// A variable of the environment, nil where it is missing or empty.
  static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name), unsafe value.pointee != 0 else { return nil }
    return unsafe String(cString: value)
  }

  /// Plain attributes, cursor, keypad and screen as a shell expects them.
  private static func resetSequence(_ family: TerminalFamily) -> String {
    var text = family.frameEnd + family.mouseOff + family.pasteOff
    for name in ["sgr0", "op", "rmkx", "cnorm", "rmcup"] {
      guard let capability = unsafe cnc_capability(name) else { continue }
      text += withoutPadding(unsafe String(cString: capability))
    }
    // Terminals without a second screen keep the frame: the shell's prompt goes below what is left of it.
    return unsafe cnc_capability("rmcup") == nil ? text + "\r\n" : text
  }

  /// Takes out the delays (`$<2>`) that old terminals need and write() cannot wait for.
  static func withoutPadding(_ capability: String) -> String {
    var text = ""
    var rest = capability[...]
    while let start = rest.firstIndex(of: "$") {
      text += rest[..<start]
      let after = rest[rest.index(after: start)...]
      if after.first == "<", let end = after.firstIndex(of: ">") {
        rest = after[after.index(after: end)...]
      } else {
        text += "$"
        rest = after
      }
    }
    return text + rest
  }
}

/// Where standard error goes while the screen is up.
enum StandardError {
  /// Sends it to a file, or away; returns a descriptor for what it was, -1 where it stays.
  static func redirect(to path: String?) -> Int32 {
    let target = unsafe open(path ?? "/dev/null", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard target >= 0 else { return path == nil ? -1 : redirect(to: nil) }
    defer { close(target) }
    let before = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
    guard before >= 0 else { return -1 }
    dup2(target, STDERR_FILENO)
    return before
  }

  static func giveBack(_ before: Int32) {
    guard before >= 0 else { return }
    dup2(before, STDERR_FILENO)
    close(before)
  }
}
