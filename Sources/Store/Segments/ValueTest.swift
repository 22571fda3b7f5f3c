/// Asking a held value what a filter asks, without making it a value of its own where that can be.
extension Filter.Test {
  /// As `matches(_: AttributeValue)`.
  @inline(__always)
  func matches(_ reference: ValueReference, in segment: Segment) -> Bool {
    switch reference.kind {
    case .string: segment.strings[reference.payload].withSpan { matches(text: $0) }
    case .smallInteger: matches(integer: reference.smallInteger)
    case .wideInteger:
      matches(integer: Int64(bitPattern: segment.words[Int(reference.payload)]))
    case .double: matches(double: Double(bitPattern: segment.words[Int(reference.payload)]))
    case .constant, .bytes, .array, .keyValues: matches(segment.value(of: reference))
    }
  }

  /// Whether a dimension with this value satisfies it: a dimension is text, whatever kind of value
  /// says it, and empty text says nothing.
  func matchesAsText(_ reference: ValueReference, in segment: Segment) -> Bool {
    if reference.kind == .string {
      return segment.strings[reference.payload].withSpan { text in
        self == .exists ? !text.isEmpty : matches(text: text)
      }
    }
    let text = segment.text(of: reference)
    return self == .exists ? !text.isEmpty : matches(text: text)
  }

  /// The one text that satisfies it, if it asks for equality with a text and nothing else could be it
  /// among strings.
  var exactText: String? {
    if case .comparison(.equal, let operand) = self, operand.form == .literal {
      return operand.text
    }
    return nil
  }
}

extension Filter.Test {
  /// The bytes that a text must contain to satisfy it, where that is all it asks: a regular expression
  /// without a special character, or a glob `*x*`.
  var substring: [UInt8]? {
    guard case .comparison(let comparison, let operand) = self else { return nil }
    switch (comparison, operand.form) {
    case (.matches, .regex(let regex)):
      let special = Set(#".[]{}()*+?|^$\"#.utf8)
      let bytes = Array(regex.pattern.utf8)
      return bytes.isEmpty || bytes.contains { special.contains($0) } ? nil : bytes
    case (.equal, .glob(let glob)):
      guard glob.pieces.count == 3, glob.pieces[0] == .any, glob.pieces[2] == .any,
        case .literal(let bytes) = glob.pieces[1]
      else { return nil }
      return bytes
    default: return nil
    }
  }
}

/// Answers given already to values of one segment: each distinct value is asked once.
///
/// Open addressing over the reference's bits; an entry is the bits plus one above the answer.
struct ValueAnswers {
  private var slots: [UInt64] = []
  private var used = 0
  private var segment: UInt64 = 0

  /// Forgets the answers of another segment.
  mutating func begin(_ segment: Segment) {
    guard self.segment != segment.identity else { return }
    self.segment = segment.identity
    if used > 0 || slots.isEmpty { slots = [UInt64](repeating: 0, count: 256) }
    used = 0
  }

  @inline(__always)
  mutating func answer(_ value: UInt32, _ ask: (ValueReference) -> Bool) -> Bool {
    let key = UInt64(value) + 1
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while true {
      let entry = slots[slot]
      if entry >> 1 == key { return entry & 1 == 1 }
      if entry == 0 { break }
      slot = (slot + 1) & mask
    }
    let answer = ask(ValueReference(rawValue: value))
    slots[slot] = key << 1 | (answer ? 1 : 0)
    used += 1
    if used * 2 > slots.count { grow() }
    return answer
  }

  private mutating func grow() {
    var larger = [UInt64](repeating: 0, count: slots.count * 4)
    let mask = larger.count - 1
    for entry in slots where entry != 0 {
      var slot = Int(truncatingIfNeeded: (entry >> 1 &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
      while larger[slot] != 0 { slot = (slot + 1) & mask }
      larger[slot] = entry
    }
    slots = larger
  }
}
