/// The distinct values of a key, as small numbers: ``none`` for no value, ``others`` for all that came
/// when there was no room for more.
struct GroupValues {
  static let none: UInt32 = 0
  static let others: UInt32 = 1
  private static let first: UInt32 = 2

  /// The most values that are told apart, and the most bytes that their texts may take together: a
  /// key with a value for each trace has no groups, and must not take the memory of the spans.
  static let maximumValues = 10_000
  static let maximumBytes = 4 << 20

  private var texts: [String] = []
  /// The codes of texts that are plain ASCII.
  private var plain = ByteCodes()
  /// The codes of all texts, once there is one that is not plain: the same text may be written in several
  /// ways then.
  private var codes: [String: UInt32]?
  private var textBytes = 0
  private(set) var isFull = false

  /// How many values are told apart.
  var count: Int { texts.count }
  /// One more than the largest code.
  var codeCount: Int { texts.count + Int(Self.first) }
  var bytes: Int { textBytes * 2 + texts.count * 64 }

  /// The value of a code that stands for one.
  func text(_ code: UInt32) -> String? {
    code >= Self.first ? texts[Int(code - Self.first)] : nil
  }

  mutating func code(of text: String) -> UInt32 {
    ByteCodes.withBytes(of: text) { code(of: $0) }
  }

  /// The code of a value of a segment.
  mutating func code(of value: ValueReference, in segment: Segment) -> UInt32 {
    value.kind == .string
      ? code(of: segment.strings[value.payload]) : code(of: segment.text(of: value))
  }

  /// The code of a text; none is made of the bytes where they are known.
  mutating func code(of bytes: WireBytes) -> UInt32 {
    let (hash, isPlain) = ByteCodes.digest(of: bytes)
    if isPlain, let known = plain.number(of: bytes, hash: hash) { return known }
    let text = bytes.text
    if !isPlain, codes == nil {
      codes = [:]
      for (index, text) in texts.enumerated() { codes?[text] = UInt32(index) + Self.first }
    }
    if let known = codes?[text] { return known }
    guard texts.count < Self.maximumValues, textBytes + text.utf8.count <= Self.maximumBytes else {
      isFull = true
      return Self.others
    }
    let code = UInt32(texts.count) + Self.first
    texts.append(text)
    if isPlain { plain.insert(bytes, hash: hash, code) }
    codes?[text] = code
    textBytes += text.utf8.count
    return code
  }
}

/// The codes that the values of one segment have, found without making a text of a value met before.
struct SegmentCodes {
  private struct Slot {
    var bits: UInt64 = 0
    var kind: UInt8 = 255
    var code: UInt32 = 0
  }

  /// Those of no segment.
  static let empty = SegmentCodes()

  private var slots = [Slot](repeating: Slot(), count: 256)
  private var used = 0
  private var segment: UInt64 = 0
  /// The value looked up last: spans of one trace often say the same one after the other.
  private var last: (value: UInt32, code: UInt32) = (.max, 0)

  /// Forgets the codes of another segment.
  mutating func begin(_ segment: Segment) {
    guard self.segment != segment.identity else { return }
    self.segment = segment.identity
    last = (.max, 0)
    if used > 0 { slots = [Slot](repeating: Slot(), count: 256) }
    used = 0
  }

  @inline(__always)
  mutating func code(
    _ value: UInt32, in segment: Segment, _ make: (ValueReference) -> UInt32
  ) -> UInt32 {
    if value == last.value { return last.code }
    let reference = ValueReference(rawValue: value)
    let code = find(reference, bits(reference, segment), make)
    last = (value, code)
    return code
  }

  /// What makes two values of a kind the same: wide numbers are kept once for each span.
  @inline(__always)
  private func bits(_ reference: ValueReference, _ segment: Segment) -> UInt64 {
    switch reference.kind {
    case .wideInteger, .double: segment.words[Int(reference.payload)]
    default: UInt64(reference.payload)
    }
  }

  private mutating func find(
    _ reference: ValueReference, _ bits: UInt64, _ make: (ValueReference) -> UInt32
  ) -> UInt32 {
    let kind = UInt8(truncatingIfNeeded: reference.kind.rawValue)
    let mask = slots.count - 1
    var place =
      Int(truncatingIfNeeded: ((bits ^ UInt64(kind) << 60) &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while slots[place].kind != 255 {
      if slots[place].bits == bits, slots[place].kind == kind { return slots[place].code }
      place = (place + 1) & mask
    }
    let code = make(reference)
    slots[place] = Slot(bits: bits, kind: kind, code: code)
    used += 1
    if used * 2 > slots.count { grow() }
    return code
  }

  private mutating func grow() {
    var larger = [Slot](repeating: Slot(), count: slots.count * 4)
    let mask = larger.count - 1
    for slot in slots where slot.kind != 255 {
      var place =
        Int(
          truncatingIfNeeded: ((slot.bits ^ UInt64(slot.kind) << 60) &* 0x9E37_79B9_7F4A_7C15)
            >> 32) & mask
      while larger[place].kind != 255 { place = (place + 1) & mask }
      larger[place] = slot
    }
    slots = larger
  }
}
