extension KeyDecoder {
  /// The key of a single scalar.
  static func plain(_ code: UInt32) -> Key? {
    switch code {
    case 9: .tab
    case 10, 13: .enter
    case 27: .escape
    case 8, 0x7F: .backspace
    case 0: .control("@")
    case 1...26: Unicode.Scalar(code + 0x60).map { .control(Character($0)) }
    case 28...31: Unicode.Scalar(code + 0x40).map { .control(Character($0)) }
    case 0x80..<0xA0: nil
    default: Unicode.Scalar(code).map { .character($0) }
    }
  }

  /// Keys of `ESC [ … final` that a terminal sends though its description does not say so.
  static func sequenceKey(_ parameters: [UInt32], final: UInt32) -> Key? {
    let numbers = Self.numbers(parameters)
    let modifier = numbers.count > 1 ? numbers[1] : 1
    if final == 0x7E { return tildeKey(numbers.first ?? 0) }
    if final == 0x5A { return .backTab }
    guard let key = cursorKey(final) else { return nil }
    // Ctrl or Alt with an arrow goes by words, which readline has on Alt-b and Alt-f.
    if modifier == 3 || modifier == 5 {
      if key == .left { return .alt("b") }
      if key == .right { return .alt("f") }
    }
    return key
  }

  static func tildeKey(_ number: Int) -> Key? {
    switch number {
    case 1, 7: .home
    case 2: .insert
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .function(number - 10)
    case 17...21: .function(number - 11)
    case 23, 24: .function(number - 12)
    default: nil
    }
  }

  static func cursorKey(_ final: UInt32) -> Key? {
    switch final {
    case 0x41: .up
    case 0x42: .down
    case 0x43: .right
    case 0x44: .left
    case 0x46: .end
    case 0x48: .home
    case 0x4D: .enter
    case 0x50...0x53: .function(Int(final) - 0x4F)
    default: nil
    }
  }

  /// Numbers between semicolons; what is no digit ends a number. Saturates far below overflow.
  static func numbers(_ parameters: [UInt32]) -> [Int] {
    var numbers = [0]
    for code in parameters {
      if code == 0x3B {
        numbers.append(0)
      } else if code >= 0x30, code <= 0x39 {
        numbers[numbers.count - 1] = min(99_999, numbers[numbers.count - 1] * 10 + Int(code - 0x30))
      }
    }
    return numbers
  }

  /// Pasted text with line ends as line feeds.
  static func pasted(_ scalars: [UInt32]) -> String {
    var text = String.UnicodeScalarView()
    var previous: UInt32 = 0
    for code in scalars {
      if code == 13 || (code == 10 && previous != 13) {
        text.append("\n")
      } else if code != 10, let scalar = Unicode.Scalar(code) {
        text.append(scalar)
      }
      previous = code
    }
    return String(text)
  }
}
