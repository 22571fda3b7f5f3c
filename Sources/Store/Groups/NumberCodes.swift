/// The codes of words that do not stand in their references, as they are packed: none is unpacked twice.
struct NumberCodes {
  /// Those of words with one power, the last that was asked for.
  private var codes = CodeMap()
  private(set) var power: UInt8 = 0
  private var others: [UInt8: CodeMap] = [:]

  mutating func code(_ number: UInt64, _ make: () -> UInt32) -> UInt32 {
    // A map has no place for the largest number.
    if number == .max { return make() }
    if let known = codes[number] { return known }
    let code = make()
    codes.insert(number, code)
    return code
  }

  mutating func turn(to power: UInt8) {
    others[self.power] = codes
    codes = others.removeValue(forKey: power) ?? CodeMap()
    self.power = power
  }
}

/// The codes of some of the numbers that came last, in memory that counts no references.
struct RecentCodes {
  private var numbers = InlineArray<64, UInt64>(repeating: .max)
  private var codes = InlineArray<64, UInt32>(repeating: GroupValues.none)

  @inline(__always)
  private static func place(_ number: UInt64) -> Int {
    Int(truncatingIfNeeded: (number &* 0x9E37_79B9_7F4A_7C15) >> 58)
  }

  /// The code of a number; nil for one that is not among them.
  @inline(__always)
  subscript(number: UInt64) -> UInt32? {
    get {
      let place = Self.place(number)
      return numbers[place] == number && number != .max ? codes[place] : nil
    }
    set {
      let place = Self.place(number)
      (numbers[place], codes[place]) = (number, newValue ?? GroupValues.none)
    }
  }
}
