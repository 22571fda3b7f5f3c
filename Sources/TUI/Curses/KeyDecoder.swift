/// Puts keys together from what ncurses read: Alt and a key, mouse reports, pastes; unknown sequences vanish.
///
/// A sequence may come in pieces, so the state stays between calls; an Escape with nothing behind it is known
/// as such by ``endOfInput(into:)``, called when all that was there is read.
struct KeyDecoder {
  /// The longest paste that is kept, in scalars; the rest of it is dropped.
  static let maximumPasteScalars = 65_536
  /// Two presses on one cell within this time are a double click.
  static let doubleClickMilliseconds: UInt64 = 400
  /// A paste whose end does not come is over after this time without input.
  static let pasteEndMilliseconds: UInt64 = 1_000
  /// Sequences longer than this are no sequences.
  private static let maximumSequence = 256

  private var state = State.ground
  /// What the sequence or the paste holds so far.
  private var held: [UInt32] = []
  private var lastInput: UInt64 = 0
  private var lastPress: (cell: MouseEvent, time: UInt64)?

  private enum State: Equatable {
    case ground, escape
    /// After `ESC [`.
    case control
    /// After `ESC O`.
    case shifted
    /// Inside `ESC ]`, `ESC P`, `ESC _` or `ESC ^`, up to BEL or `ESC \`.
    case string(sawEscape: Bool)
    case mouse, oldMouse, paste
  }

  // MARK: - Feeding

  /// Takes one input, at a time in milliseconds, and adds the keys that it completes.
  mutating func feed(_ input: RawInput, at time: UInt64, into keys: inout [Key]) {
    if state == .paste, time > lastInput + Self.pasteEndMilliseconds { endPaste(into: &keys) }
    lastInput = time
    switch input {
    case .pasteEnd:
      if state == .paste { endPaste(into: &keys) }
    case .character(let code):
      if let key = take(code, at: time) { keys.append(key) }
    case _ where state == .paste: break
    case .key(let key):
      endOfInput(into: &keys)
      begin(.ground)
      keys.append(key)
    case .mouseReport: begin(.mouse, after: &keys)
    case .oldMouseReport: begin(.oldMouse, after: &keys)
    case .pasteBegin: begin(.paste, after: &keys)
    }
  }

  /// Says that no input is waiting; adds the key that an unfinished beginning stands for.
  mutating func endOfInput(into keys: inout [Key]) {
    switch state {
    case .escape: keys.append(.escape)
    case .control where held.isEmpty: keys.append(.alt("["))
    case .shifted: keys.append(.alt("O"))
    case .string(sawEscape: false) where held.isEmpty: break
    default: return
    }
    state = .ground
  }

  /// Begins a report; an Escape just before it was a key of its own.
  private mutating func begin(_ next: State, after keys: inout [Key]) {
    endOfInput(into: &keys)
    begin(next)
  }

  private mutating func begin(_ next: State) {
    state = next
    held.removeAll(keepingCapacity: true)
  }

  private mutating func endPaste(into keys: inout [Key]) {
    keys.append(.paste(Self.pasted(held)))
    begin(.ground)
  }

  private mutating func take(_ code: UInt32, at time: UInt64) -> Key? {
    switch state {
    case .ground:
      guard code == 27 else { return Self.plain(code) }
      begin(.escape)
    case .escape: return afterEscape(code)
    case .control: return control(code)
    case .shifted:
      begin(.ground)
      return Self.cursorKey(code)
    case .string(let sawEscape):
      held.append(code)
      let isOver = code == 7 || (sawEscape && code == 0x5C) || held.count > Self.maximumSequence
      state = isOver ? .ground : .string(sawEscape: code == 27)
    case .mouse: return mouse(code, at: time)
    case .oldMouse: return oldMouse(code, at: time)
    case .paste:
      if held.count < Self.maximumPasteScalars { held.append(code) }
    }
    return nil
  }

  // MARK: - Sequences

  private mutating func afterEscape(_ code: UInt32) -> Key? {
    begin(.ground)
    switch code {
    case 27:
      begin(.escape)
      return .escape
    case 0x5B: begin(.control)
    case 0x4F: begin(.shifted)
    case 0x5D, 0x50, 0x5F, 0x5E: begin(.string(sawEscape: false))
    case 8, 0x7F: return .alt("\u{7F}")
    case 0x20..<0x7F, 0xA0...: return Unicode.Scalar(code).map { .alt(Character($0)) }
    default: return Self.plain(code)
    }
    return nil
  }

  private mutating func control(_ code: UInt32) -> Key? {
    switch code {
    // Parameters and intermediates.
    case 0x20...0x3F where held.count < Self.maximumSequence:
      held.append(code)
      return nil
    case 0x4D where held.isEmpty:
      begin(.oldMouse)
      return nil
    default:
      defer { begin(.ground) }
      return code >= 0x40 && code < 0x7F ? Self.sequenceKey(held, final: code) : nil
    }
  }

  // MARK: - Mouse

  private mutating func mouse(_ code: UInt32, at time: UInt64) -> Key? {
    if code >= 0x30, code <= 0x3B, held.count < 32 {
      held.append(code)
      return nil
    }
    defer { begin(.ground) }
    let numbers = Self.numbers(held)
    guard code == 0x4D || code == 0x6D, numbers.count == 3 else { return nil }
    return event(
      button: numbers[0], column: numbers[1], row: numbers[2], isRelease: code == 0x6D, at: time)
  }

  private mutating func oldMouse(_ code: UInt32, at time: UInt64) -> Key? {
    held.append(code)
    guard held.count == 3 else { return nil }
    defer { begin(.ground) }
    guard held.allSatisfy({ $0 >= 32 && $0 < 256 }) else { return nil }
    let button = Int(held[0]) - 32
    return event(
      button: button, column: Int(held[1]) - 32, row: Int(held[2]) - 32,
      isRelease: button & 3 == 3 && button & 64 == 0, at: time)
  }

  /// The event of a report; only the left button and the wheel count, and modifiers do not.
  private mutating func event(
    button: Int, column: Int, row: Int, isRelease: Bool, at time: UInt64
  ) -> Key? {
    guard row > 0, column > 0, button & 32 == 0 else { return nil }
    var event = MouseEvent(kind: .press, row: row - 1, column: column - 1)
    switch button & ~0x1C {
    case 64: event.kind = .wheelUp
    case 65: event.kind = .wheelDown
    case _ where isRelease: event.kind = .release
    case 0:
      if let last = lastPress, last.cell == event,
        time <= last.time + Self.doubleClickMilliseconds
      {
        lastPress = nil
        event.kind = .doubleClick
      } else {
        lastPress = (event, time)
      }
    default: return nil
    }
    return .mouse(event)
  }
}
