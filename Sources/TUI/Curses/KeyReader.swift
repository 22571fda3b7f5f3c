import CNcurses
import Glibc

/// Reads what ncurses has, in the terms of ``RawInput``.
enum KeyReader {
  /// Codes of our own sequences; far above those that ncurses gives to a description's own keys.
  private enum Code {
    static let mouse: Int32 = 0x4000
    static let oldMouse: Int32 = 0x4001
    static let pasteBegin: Int32 = 0x4002
    static let pasteEnd: Int32 = 0x4003
  }

  /// Tells ncurses to recognise mouse reports and pastes as keys, so that the rest of them comes as characters.
  ///
  /// ncurses' own mouse is not used: it waits to tell clicks from presses, and knows the new form of reports only
  /// where the description does, which tmux's does not.
  static func defineSequences(of family: TerminalFamily) {
    guard family.hasPrivateModes else { return }
    unsafe define_key("\u{1B}[<", Code.mouse)
    unsafe define_key("\u{1B}[M", Code.oldMouse)
    unsafe define_key("\u{1B}[200~", Code.pasteBegin)
    unsafe define_key("\u{1B}[201~", Code.pasteEnd)
  }

  /// What one call of wget_wch gave.
  enum Reading: Equatable {
    case input(RawInput)
    case resized
    /// A key that has no meaning here.
    case ignored
    case nothing
  }

  static func read(_ keyboard: UnsafeMutablePointer<WINDOW>) -> Reading {
    var code: wint_t = 0
    let kind = unsafe wget_wch(keyboard, &code)
    if kind == OK { return .input(.character(UInt32(code))) }
    guard kind == KEY_CODE_YES else { return .nothing }
    switch Int32(bitPattern: UInt32(code)) {
    case KEY_RESIZE: return .resized
    case Code.mouse: return .input(.mouseReport)
    case Code.oldMouse: return .input(.oldMouseReport)
    case Code.pasteBegin: return .input(.pasteBegin)
    case Code.pasteEnd: return .input(.pasteEnd)
    case let code: return key(code).map { .input(.key($0)) } ?? .ignored
    }
  }

  private static func key(_ code: Int32) -> Key? {
    switch code {
    case KEY_UP, KEY_SR: .up
    case KEY_DOWN, KEY_SF: .down
    case KEY_LEFT, KEY_SLEFT: .left
    case KEY_RIGHT, KEY_SRIGHT: .right
    case KEY_HOME, KEY_SHOME, KEY_FIND, KEY_A1: .home
    case KEY_END, KEY_SEND, KEY_SELECT, KEY_C1: .end
    case KEY_PPAGE, KEY_SPREVIOUS, KEY_A3: .pageUp
    case KEY_NPAGE, KEY_SNEXT, KEY_C3: .pageDown
    case KEY_IC: .insert
    case KEY_DC, KEY_SDC: .delete
    case KEY_ENTER: .enter
    case KEY_BTAB: .backTab
    case KEY_BACKSPACE: .backspace
    case KEY_F0 + 1...KEY_F0 + 63: .function(Int(code - KEY_F0))
    default: named(code)
    }
  }

  /// Keys that xterm's description names itself: Ctrl or Alt with an arrow goes by words.
  private static func named(_ code: Int32) -> Key? {
    guard let name = unsafe keyname(code) else { return nil }
    return switch unsafe String(cString: name) {
    case "kLFT3", "kLFT5": .alt("b")
    case "kRIT3", "kRIT5": .alt("f")
    case "kUP", "kUP3", "kUP5": .up
    case "kDN", "kDN3", "kDN5": .down
    default: nil
    }
  }
}

extension CursesTerminal {
  /// The most inputs taken in one go, so that a flood cannot keep the screen from being drawn.
  private static let inputLimit = 16_384

  mutating func readKeys(into keys: inout [Key]) {
    let time = Clock.monotonic() / 1_000_000
    var count = 0
    while count < Self.inputLimit {
      switch unsafe KeyReader.read(keyboard) {
      case .input(let input): decoder.feed(input, at: time, into: &keys)
      case .resized:
        forget()
        keys.append(.resize(size))
      case .ignored: break
      case .nothing:
        decoder.endOfInput(into: &keys)
        if count == 0 { isGone = isGone || isAtEnd }
        return
      }
      count += 1
    }
  }

  /// Whether the terminal says it can be read and then gives nothing: it was closed.
  private var isAtEnd: Bool {
    let state = Poll.wait([inputDescriptor], nanoseconds: 0)
    guard state.readable == [true] || state.hungUp == [true] else { return false }
    var waiting: Int32 = 0
    return unsafe ioctl(inputDescriptor, UInt(FIONREAD), &waiting) != 0 || waiting == 0
  }
}
