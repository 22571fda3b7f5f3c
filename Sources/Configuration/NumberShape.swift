/// How a plain scalar is written, by the expressions of PyYAML's resolver. Written out, since compiling
/// them as expressions took a sixth of a collector's start.
enum NumberShape {
  case integer, float, sexagesimal, date

  /// Nil for a text that none of the expressions matches as a whole.
  init?(_ text: String) {
    let text = Array(text.utf8)
    if Self.isFloat(text) {
      self = .float
    } else if Self.isInteger(text) {
      self = .integer
    } else if Self.isSexagesimal(text) {
      self = .sexagesimal
    } else if Self.isDate(text) {
      self = .date
    } else {
      return nil
    }
  }

  // MARK: - The expressions

  /// `[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?` and `\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?`
  private static func isFloat(_ text: [UInt8]) -> Bool {
    var scan = Scan(text)
    if scan.take(isPoint) {
      guard scan.take(isDigit) else { return false }
    } else {
      _ = scan.take(isSign)
      guard scan.take(isDigit) else { return false }
      scan.takeAll(isSpacedDigit)
      guard scan.take(isPoint) else { return false }
    }
    scan.takeAll(isSpacedDigit)
    if scan.take({ $0 | 0x20 == UInt8(ascii: "e") }) {
      guard scan.take(isSign), scan.take(isDigit) else { return false }
      scan.takeAll(isDigit)
    }
    return scan.isAtEnd
  }

  /// `[-+]?0b[0-1_]+`, `[-+]?0[0-7_]+`, `[-+]?(?:0|[1-9][0-9_]*)` and `[-+]?0x[0-9a-fA-F_]+`
  private static func isInteger(_ text: [UInt8]) -> Bool {
    var scan = Scan(text)
    _ = scan.take(isSign)
    guard scan.take({ $0 == UInt8(ascii: "0") }) else {
      guard scan.take(isDigit) else { return false }
      scan.takeAll(isSpacedDigit)
      return scan.isAtEnd
    }
    if scan.take({ $0 == UInt8(ascii: "b") }) {
      return scan.takeAll { $0 == 0x30 || $0 == 0x31 || $0 == underscore } && scan.isAtEnd
    }
    if scan.take({ $0 == UInt8(ascii: "x") }) {
      return scan.takeAll {
        isSpacedDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0 | 0x20)
      } && scan.isAtEnd
    }
    scan.takeAll { (0x30...0x37).contains($0) || $0 == underscore }
    return scan.isAtEnd
  }

  /// `[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+` and `[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*`
  private static func isSexagesimal(_ text: [UInt8]) -> Bool {
    var scan = Scan(text)
    _ = scan.take(isSign)
    let isZero = scan.next == UInt8(ascii: "0")
    guard scan.take(isDigit) else { return false }
    scan.takeAll(isSpacedDigit)
    var parts = 0
    while scan.take({ $0 == UInt8(ascii: ":") }) {
      parts += 1
      let isTens = scan.next.map { (0x30...0x35).contains($0) } ?? false
      guard scan.take(isDigit) else { return false }
      if isTens { _ = scan.take(isDigit) }
    }
    guard parts > 0 else { return false }
    if scan.isAtEnd { return !isZero }
    guard scan.take(isPoint) else { return false }
    scan.takeAll(isSpacedDigit)
    return scan.isAtEnd
  }

  /// `[0-9]{4}-[0-9]{2}-[0-9]{2}` and `[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[Tt \t].*`
  private static func isDate(_ text: [UInt8]) -> Bool {
    let parts = text.split(separator: UInt8(ascii: "-"), maxSplits: 2)
    guard parts.count == 3, parts[0].count == 4, (1...2).contains(parts[1].count),
      parts[0].allSatisfy(isDigit), parts[1].allSatisfy(isDigit), parts[0].endIndex == 4,
      parts[1].startIndex == 5, parts[2].startIndex == parts[1].endIndex + 1
    else { return false }
    let day = parts[2].prefix(2).prefix(while: isDigit)
    let rest = parts[2].dropFirst(day.count)
    guard let mark = rest.first else { return day.count == 2 && parts[1].count == 2 }
    return !day.isEmpty && [0x54, 0x74, 0x20, 0x09].contains(mark)
      && !rest.contains { $0 == 0x0A || $0 == 0x0D }
  }

  // MARK: - Bytes

  private static let underscore = UInt8(ascii: "_")
  private static func isPoint(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ".") }
  private static func isSign(_ byte: UInt8) -> Bool { byte == 0x2B || byte == 0x2D }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isSpacedDigit(_ byte: UInt8) -> Bool { isDigit(byte) || byte == underscore }

  /// A place in a text.
  private struct Scan {
    private var rest: ArraySlice<UInt8>

    init(_ text: [UInt8]) { rest = text[...] }

    var next: UInt8? { rest.first }
    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ isWanted: (UInt8) -> Bool) -> Bool {
      guard let next, isWanted(next) else { return false }
      rest.removeFirst()
      return true
    }

    /// Whether there was one at least.
    @discardableResult
    mutating func takeAll(_ isWanted: (UInt8) -> Bool) -> Bool {
      let taken = rest.prefix(while: isWanted).count
      rest.removeFirst(taken)
      return taken > 0
    }
  }
}
