import Store

/// A cursor over JSON text (RFC 8259): objects, lists, strings and numbers in place, every read
/// checked.
///
/// What it takes for well-formed is what swift-protobuf's JSON decoder takes, so that the two refuse
/// alike; but text that is not UTF-8 and halves of surrogate pairs are left to be mended.
@safe struct JSONReader {
  var cursor: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>
  let origin: UnsafePointer<UInt8>
  private let scratch: JSONScratch
  /// How many more objects may be nested in here.
  private var depth = IngestLimits.maximumNestingDepth

  init(_ body: WireBytes, scratch: JSONScratch) {
    unsafe cursor = body.address
    unsafe end = body.address + body.count
    unsafe origin = body.address
    self.scratch = scratch
  }

  var offset: Int { unsafe cursor - origin }

  func error(_ reason: JSONError.Reason) -> JSONError { error(reason, at: offset) }

  func error(_ reason: JSONError.Reason, at offset: Int) -> JSONError {
    JSONError(reason: reason, offset: offset)
  }

  func expected(_ what: StaticString) -> JSONError { error(.expected(.init(what))) }

  // MARK: - Tokens

  @inline(__always)
  mutating func skipSpace() {
    while unsafe cursor < end, unsafe cursor.pointee <= 0x20 {
      switch unsafe cursor.pointee {
      case 0x20, 0x0A, 0x0D, 0x09: unsafe cursor += 1
      default: return
      }
    }
  }

  /// The next byte that is not white space, which stays.
  @inline(__always)
  mutating func peek() throws(JSONError) -> UInt8 {
    if unsafe cursor < end, unsafe cursor.pointee > 0x20 { return unsafe cursor.pointee }
    skipSpace()
    guard unsafe cursor < end else { throw error(.truncated) }
    return unsafe cursor.pointee
  }

  /// Takes this byte if it comes next.
  @inline(__always)
  mutating func take(_ byte: UInt8) throws(JSONError) -> Bool {
    guard try peek() == byte else { return false }
    unsafe cursor += 1
    return true
  }

  /// Takes exactly the bytes of a literal if they come next, and no white space before them.
  @inline(__always)
  mutating func take(exactly literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    guard unsafe end - cursor >= count, unsafe Bytes.equal(cursor, literal.utf8Start, count)
    else { return false }
    unsafe cursor += count
    return true
  }

  /// Whether only white space is left.
  mutating func isAtEnd() -> Bool {
    skipSpace()
    return unsafe cursor >= end
  }

  /// Takes `null` if it comes next.
  @inline(__always)
  mutating func takeNull() throws(JSONError) -> Bool {
    guard try peek() == UInt8(ascii: "n") else { return false }
    try word("null")
    return true
  }

  mutating func bool() throws(JSONError) -> Bool {
    switch try peek() {
    case UInt8(ascii: "t"):
      try word("true")
      return true
    case UInt8(ascii: "f"):
      try word("false")
      return false
    default: throw expected("true or false")
    }
  }

  private mutating func word(_ literal: StaticString) throws(JSONError) {
    let start = unsafe cursor
    guard take(exactly: literal) else { throw expected("a value") }
    if unsafe cursor < end, case let next = unsafe cursor.pointee | 0x20,
      next >= UInt8(ascii: "a"), next <= UInt8(ascii: "z")
    {
      unsafe cursor = start
      throw expected("a value")
    }
  }

  // MARK: - Objects and lists

  /// Enters an object; ``nextKey(_:)`` is then called until it returns nil.
  @inline(__always)
  mutating func beginObject() throws(JSONError) {
    guard try take(UInt8(ascii: "{")) else { throw expected("an object") }
    try enter()
  }

  /// The key of the next member, with the reader behind its colon; nil behind the end of the object.
  @inline(__always)
  mutating func nextKey(_ isFirst: inout Bool) throws(JSONError) -> WireBytes? {
    if try take(UInt8(ascii: "}")) {
      depth += 1
      return nil
    }
    if !isFirst, try !take(UInt8(ascii: ",")) { throw expected("a comma or }") }
    isFirst = false
    let key = try string()
    guard try take(UInt8(ascii: ":")) else { throw expected("a colon") }
    return key
  }

  /// Enters a list; ``nextElement(_:)`` is then called until it returns false.
  @inline(__always)
  mutating func beginList() throws(JSONError) {
    guard try take(UInt8(ascii: "[")) else { throw expected("a list") }
  }

  /// Whether the list has another element, which the reader then stands in front of.
  @inline(__always)
  mutating func nextElement(_ isFirst: inout Bool) throws(JSONError) -> Bool {
    if isFirst {
      isFirst = false
      return try !take(UInt8(ascii: "]"))
    }
    if try take(UInt8(ascii: ",")) { return true }
    guard try take(UInt8(ascii: "]")) else { throw expected("a comma or ]") }
    return false
  }

  private mutating func enter() throws(JSONError) {
    guard depth > 0 else { throw error(.nestedTooDeeply) }
    depth -= 1
  }

  /// Passes over a value that nobody asks for.
  mutating func skipValue() throws(JSONError) {
    switch try peek() {
    case UInt8(ascii: "\""): _ = try rawString()
    case UInt8(ascii: "{"):
      try beginObject()
      var isFirst = true
      while try nextKey(&isFirst) != nil { try skipValue() }
    case UInt8(ascii: "["):
      // Lists count here too: they take as much of the stack.
      try enter()
      try beginList()
      var isFirst = true
      while try nextElement(&isFirst) { try skipValue() }
      depth += 1
    case UInt8(ascii: "n"): try word("null")
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try bool()
    default: _ = try numberToken()
    }
  }

  // MARK: - Strings

  /// A string without its escapes: in place where it has none.
  @inline(__always)
  mutating func string() throws(JSONError) -> WireBytes {
    let raw = try rawString()
    return raw.hasEscapes ? try unescaped(raw.bytes) : raw.bytes
  }

  /// What stands between the quotes.
  @inline(__always)
  private mutating func rawString() throws(JSONError) -> (bytes: WireBytes, hasEscapes: Bool) {
    guard try take(UInt8(ascii: "\"")) else { throw expected("a string") }
    return try restOfString()
  }

  /// What stands in front of the next quote, which is taken too.
  @inline(__always)
  mutating func restOfString() throws(JSONError) -> (bytes: WireBytes, hasEscapes: Bool) {
    let start = unsafe cursor
    var hasEscapes = false
    while true {
      skipPlain()
      guard unsafe cursor < end else { throw error(.truncated) }
      switch unsafe cursor.pointee {
      case UInt8(ascii: "\""):
        let run = unsafe WireBytes(start, count: cursor - start)
        unsafe cursor += 1
        return (run, hasEscapes)
      case UInt8(ascii: "\\"):
        guard unsafe end - cursor >= 2 else { throw error(.truncated) }
        hasEscapes = true
        unsafe cursor += 2
      case 0..<0x20: throw error(.string)
      default: unsafe cursor += 1
      }
    }
  }

  /// Moves to a byte that may be a quote, a backslash or a control character, eight at a time.
  @inline(__always)
  mutating func skipPlain() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    while unsafe end - cursor >= 8 {
      let word = unsafe UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self).littleEndian
      let quote = word ^ (ones &* 0x22)
      let escape = word ^ (ones &* 0x5C)
      // The lowest bit that is set marks the first such byte; what is above it may be wrong.
      let found =
        ((quote &- ones) & ~quote | (escape &- ones) & ~escape | (word &- ones &* 0x20) & ~word)
        & tops
      guard found == 0 else {
        unsafe cursor += found.trailingZeroBitCount >> 3
        return
      }
      unsafe cursor += 8
    }
  }

  func unescaped(_ raw: WireBytes) throws(JSONError) -> WireBytes {
    // No escape is shorter than what it stands for.
    let room = unsafe scratch.room(raw.count)
    var escapes = JSONEscapes(raw)
    guard let count = unsafe escapes.resolve(into: room) else {
      throw JSONError(reason: .string, offset: unsafe raw.address - origin + escapes.position)
    }
    if escapes.isRepaired { scratch.repairedStrings += 1 }
    return unsafe scratch.finish(room, count: count)
  }

  // MARK: - Numbers

  /// The text of a number that stands without quotes.
  mutating func numberToken() throws(JSONError) -> JSONNumber {
    let first = try peek()
    guard first == UInt8(ascii: "-") || (first >= 0x30 && first <= 0x39) else {
      throw expected("a value")
    }
    let rest = unsafe WireBytes(cursor, count: end - cursor)
    guard let number = JSONNumber(rest) else { throw error(.number) }
    unsafe cursor += number.length
    return number
  }

  /// A number with or without quotes; nil for a string that is none, with its text.
  mutating func number() throws(JSONError) -> (number: JSONNumber?, text: WireBytes) {
    guard try peek() == UInt8(ascii: "\"") else { return (try numberToken(), .empty) }
    let text = try string()
    guard let number = JSONNumber(text), number.length == text.count else { return (nil, text) }
    return (number, text)
  }
}
