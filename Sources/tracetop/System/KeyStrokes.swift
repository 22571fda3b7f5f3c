import Glibc

/// Single keys from a terminal that a command asks something, without the explorer's screen. The
/// terminal is put back as it was by ``close()``.
final class KeyStrokes {
  enum Key: Equatable {
    case up, down, pageUp, pageDown, first, last, take, leave, other
  }

  private let terminal: BorrowedTerminal
  /// Bytes that were read and are of keys to come.
  private var pending: [UInt8] = []

  init() throws(Failure) {
    guard let terminal = BorrowedTerminal() else {
      throw Failure("cannot ask: stdin is no terminal")
    }
    self.terminal = terminal
  }

  func close() { terminal.giveBack() }

  /// The next key; `leave` where there will be none.
  func next() -> Key {
    if pending.isEmpty {
      var bytes = [UInt8](repeating: 0, count: 64)
      // Safe: the buffer is as long as the call is told.
      let count = unsafe read(STDIN_FILENO, &bytes, bytes.count)
      guard count > 0 else { return count < 0 && errno == EINTR ? .other : .leave }
      pending = Array(bytes[..<count])
    }
    return Self.take(from: &pending)
  }

  /// Takes the first key off what was read; the bytes of one key come together.
  static func take(from bytes: inout [UInt8]) -> Key {
    var count = 1
    if bytes.count > 2, bytes[0] == 0x1B, bytes[1] == UInt8(ascii: "[") {
      // ESC [ parameters, and a final letter or ~.
      count = (bytes.dropFirst(2).firstIndex { $0 >= 0x40 && $0 <= 0x7E } ?? 1) + 1
    } else if bytes.count > 2, bytes[0] == 0x1B, bytes[1] == UInt8(ascii: "O") {
      count = 3
    }
    defer { bytes.removeFirst(count) }
    return key(String(decoding: bytes[..<count], as: UTF8.self))
  }

  private static func key(_ text: String) -> Key {
    switch text {
    case "\r", "\n": .take
    case "q", "\u{1B}", "\u{3}", "\u{4}": .leave
    case "k", "\u{1B}[A", "\u{1B}OA", "\u{10}": .up
    case "j", "\u{1B}[B", "\u{1B}OB", "\u{E}": .down
    case "\u{1B}[5~": .pageUp
    case "\u{1B}[6~", " ": .pageDown
    case "g", "\u{1B}[H", "\u{1B}OH", "\u{1B}[1~": .first
    case "G", "\u{1B}[F", "\u{1B}OF", "\u{1B}[4~": .last
    default: .other
    }
  }
}
