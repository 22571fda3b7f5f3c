import CNcurses
import Glibc

/// The terminal through ncurses: the only place that touches it.
///
/// It belongs to the thread that made it. Its end leaves the terminal as it was, and standard error too, which goes to
/// a file in between so that no message of a library scribbles over the screen.
@safe struct CursesTerminal: ~Copyable, Terminal {
  let isASCII: Bool
  let inputDescriptor: Int32
  var isGone = false
  /// The last frame shown; nil where the screen may hold anything.
  var shown: Frame?
  var decoder = KeyDecoder()
  var palette: Palette
  var isCursorShown = true
  var isMouseOn: Bool

  let family: TerminalFamily
  let outputDescriptor: Int32
  /// Room for one row's cells; grows with the window.
  var row: UnsafeMutableBufferPointer<cchar_t>
  /// Where keys are read: a pad of its own, because wget_wch would refresh a window of the screen.
  let keyboard: UnsafeMutablePointer<WINDOW>
  private let screen: OpaquePointer
  private let files: (input: UnsafeMutablePointer<FILE>, output: UnsafeMutablePointer<FILE>)
  /// Standard error as it was.
  private let standardError: Int32

  /// Takes the terminal over.
  ///
  /// - Parameters:
  ///   - options: theme, colours, ASCII and mouse as the command line says.
  ///   - logPath: what standard error is added to meanwhile; nil throws it away.
  ///   - wake: what signals write a byte to.
  init(options: ExplorerOptions, logPath: String?, wake: WakePipe) throws(TerminalError) {
    // Nothing is taken over before all that may fail is done.
    guard let theme = Theme(named: options.theme) else {
      throw TerminalError(
        "there is no theme \"\(options.theme)\"; themes are \(Theme.names.joined(separator: ", "))")
    }
    let setup = try TerminalSetup()
    let standardError = StandardError.redirect(to: logPath)
    TerminalRescue.begin(
      terminal: STDOUT_FILENO, settings: setup.settings, reset: setup.reset,
      standardError: standardError, wake: wake.writeDescriptor)
    guard let input = unsafe fdopen(dup(setup.input), "r"),
      let output = unsafe fdopen(dup(STDOUT_FILENO), "w"),
      let screen = unsafe newterm(nil, output, input), let pad = unsafe newpad(1, 1)
    else {
      TerminalRescue.end()
      StandardError.giveBack(standardError)
      throw TerminalError("the terminal could not be set up (TERM=\(setup.term))")
    }
    TerminalRescue.setUp(true)
    TerminalRescue.followWindow()
    unsafe Self.setModes(pad)
    Self.beginBuffering(on: unsafe fileno(output))

    self.standardError = standardError
    isASCII = options.isASCII || !setup.isUTF8
    family = setup.family
    inputDescriptor = setup.input
    outputDescriptor = STDOUT_FILENO
    unsafe files = (input, output)
    unsafe self.screen = unsafe screen
    unsafe keyboard = unsafe pad
    unsafe row = .allocate(capacity: Int(getmaxx(cnc_stdscr())))
    palette = Palette(theme: theme, mode: options.colorMode)
    isMouseOn = options.isMouseOn
    KeyReader.defineSequences(of: family)
    enterModes()
  }

  /// Every key at once and unchanged, nothing echoed, whole frames.
  private static func setModes(_ keyboard: UnsafeMutablePointer<WINDOW>) {
    raw()
    noecho()
    nonl()
    // Without this ncurses stops in the middle of a frame when a key comes.
    typeahead(-1)
    set_escdelay(escapeMilliseconds)
    unsafe keypad(keyboard, true)
    unsafe nodelay(keyboard, true)
    // Scrolls by moving lines where the terminal can.
    unsafe idlok(cnc_stdscr(), true)
  }

  deinit {
    leave()
    TerminalRescue.end()
    StandardError.giveBack(standardError)
    unsafe delwin(keyboard)
    unsafe delscreen(screen)
    unsafe fclose(files.input)
    unsafe fclose(files.output)
    unsafe row.deallocate()
    if inputDescriptor != STDIN_FILENO { close(inputDescriptor) }
  }

  /// Makes ncurses write a frame at once instead of at every cursor movement, which it does until it has been left once.
  ///
  /// (`_nc_mvcur` flushes while the screen is in its initial state, ncurses/tty/lib_mvcur.c.) So the screen is left once,
  /// for nobody to see; the first frame enters it.
  private static func beginBuffering(on output: Int32) {
    let nowhere = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
    let terminal = fcntl(output, F_DUPFD_CLOEXEC, 3)
    guard nowhere >= 0, terminal >= 0 else { return }
    dup2(nowhere, output)
    endwin()
    dup2(terminal, output)
    close(nowhere)
    close(terminal)
    reset_prog_mode()
  }

  /// How long after an ESC the rest of a sequence may come; longer is felt as a slow Escape key.
  private static let escapeMilliseconds: Int32 = 25

  var size: Size {
    Size(rows: Int(unsafe getmaxy(cnc_stdscr())), columns: Int(unsafe getmaxx(cnc_stdscr())))
  }

  mutating func takeRequests() -> TerminalRequests { TerminalRescue.takeRequests() }

  // MARK: - Modes

  private func enterModes() {
    send(family.pasteOn + (isMouseOn ? family.mouseOn : ""))
  }

  /// Gives the terminal to whatever comes next, until ``resume()``.
  private func leave() {
    send(family.mouseOff + family.pasteOff)
    curs_set(1)
    endwin()
    // Without a second screen the frame stays, and a prompt goes below it.
    if unsafe cnc_capability("rmcup") == nil { send("\r\n") }
  }

  mutating func setMouse(_ isOn: Bool) {
    isMouseOn = isOn
    send(isOn ? family.mouseOn : family.mouseOff)
  }

  mutating func copy(_ text: String) { send(family.copy(text)) }

  mutating func suspend() {
    leave()
    TerminalRescue.setUp(false)
    TerminalRescue.stopJob()
    TerminalRescue.setUp(true)
    resume()
  }

  /// Takes the terminal back after it was the shell's; it may have another size now.
  mutating func resume() {
    reset_prog_mode()
    var window = winsize()
    if unsafe ioctl(outputDescriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_row > 0,
      window.ws_col > 0, is_term_resized(Int32(window.ws_row), Int32(window.ws_col))
    {
      resizeterm(Int32(window.ws_row), Int32(window.ws_col))
    }
    isCursorShown = true
    enterModes()
    forget()
  }

  /// Writes past ncurses; only between frames, when it has nothing buffered.
  func send(_ text: String) {
    var bytes = Array(text.utf8)
    while !bytes.isEmpty {
      let count = unsafe write(outputDescriptor, &bytes, bytes.count)
      guard count > 0 || errno == EINTR else { return }
      bytes.removeFirst(max(0, count))
    }
  }
}
