/// A cursor over protobuf wire bytes: tags, varints, fixed words, runs; every read is checked.
///
/// What it takes for well-formed is what swift-protobuf takes, so that the two refuse alike.
@safe public struct WireReader {
  @usableFromInline var cursor: UnsafePointer<UInt8>
  @usableFromInline let end: UnsafePointer<UInt8>
  /// Where the request's body begins: errors say offsets from here.
  @usableFromInline let origin: UnsafePointer<UInt8>

  /// How deep messages may be nested inside a whole one: with it they are a hundred, swift-protobuf's
  /// own default.
  public static let maximumDepth = 99

  @inlinable public init(_ bytes: WireBytes, origin: UnsafePointer<UInt8>) {
    unsafe cursor = bytes.base
    unsafe end = bytes.base + bytes.count
    unsafe self.origin = origin
  }

  /// A reader of a whole body.
  @inlinable public init(_ bytes: WireBytes) {
    unsafe self.init(bytes, origin: bytes.base)
  }

  @inlinable @inline(__always) public var isAtEnd: Bool { unsafe cursor >= end }

  @inlinable public var offset: Int { unsafe cursor - origin }

  @inlinable public func error(_ reason: WireError.Reason) -> WireError {
    WireError(reason, offset: offset)
  }

  /// The next field's tag (number << 3 | wire type).
  @inlinable @inline(__always)
  public mutating func tag() throws(WireError) -> UInt32 {
    // Safe: the caller saw that the reader is not at its end.
    if unsafe cursor < end, case let byte = unsafe cursor.pointee, byte < 0x80 {
      unsafe cursor += 1
      guard byte >= 8, byte & 7 <= 5 else { throw error(.invalidTag) }
      return UInt32(byte)
    }
    return try longTag()
  }

  @usableFromInline
  mutating func longTag() throws(WireError) -> UInt32 {
    let value = try varint()
    guard value <= UInt64(UInt32.max) else { throw error(.malformedVarint) }
    guard value >= 8, value & 7 <= 5 else { throw error(.invalidTag) }
    return UInt32(value)
  }

  @inlinable @inline(__always)
  public mutating func varint() throws(WireError) -> UInt64 {
    guard unsafe cursor < end else { throw error(.truncated) }
    let first = unsafe cursor.pointee
    if first < 0x80 {
      unsafe cursor += 1
      return UInt64(first)
    }
    return try longVarint()
  }

  @usableFromInline
  mutating func longVarint() throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard unsafe cursor < end else { throw error(.truncated) }
      guard shift < 64 else { throw error(.malformedVarint) }
      let byte = unsafe cursor.pointee
      unsafe cursor += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  @inlinable @inline(__always)
  public mutating func fixed64() throws(WireError) -> UInt64 {
    guard unsafe end - cursor >= 8 else { throw error(.truncated) }
    let value = unsafe Bytes.load64(cursor)
    unsafe cursor += 8
    return UInt64(littleEndian: value)
  }

  @inlinable @inline(__always)
  public mutating func fixed32() throws(WireError) -> UInt32 {
    guard unsafe end - cursor >= 4 else { throw error(.truncated) }
    let value = unsafe UInt32(truncatingIfNeeded: Bytes.load32(cursor))
    unsafe cursor += 4
    return UInt32(littleEndian: value)
  }

  /// A length-delimited field's payload.
  @inlinable @inline(__always)
  public mutating func bytes() throws(WireError) -> WireBytes {
    let length = try varint()
    guard unsafe length <= UInt64(end - cursor) else { throw error(.truncated) }
    let run = unsafe WireBytes(cursor, count: Int(length))
    unsafe cursor += Int(length)
    return run
  }

  /// Whether the next byte is this one.
  @inlinable @inline(__always)
  public func isNext(_ byte: UInt8) -> Bool { unsafe cursor < end && cursor.pointee == byte }

  /// The payload of a length-delimited field if it comes next, behind its one-byte tag, whole and
  /// shorter than 16 KiB; nil otherwise, and the reader is then good for nothing more.
  @inlinable @inline(__always)
  public mutating func run(after tag: UInt8) -> WireBytes? {
    guard unsafe end - cursor >= 2, unsafe cursor.pointee == tag else { return nil }
    var length = unsafe Int(cursor[1])
    unsafe cursor += 2
    if length >= 0x80 {
      guard unsafe cursor < end, unsafe cursor.pointee < 0x80 else { return nil }
      length = unsafe length & 0x7F | Int(cursor.pointee) << 7
      unsafe cursor += 1
    }
    guard unsafe length <= end - cursor else { return nil }
    let run = unsafe WireBytes(cursor, count: length)
    unsafe cursor += length
    return run
  }

  /// A varint field if it comes next, behind its one-byte tag; nil otherwise, as ``run(after:)``.
  @inlinable @inline(__always)
  public mutating func varint(after tag: UInt8) -> UInt64? {
    guard unsafe cursor < end, unsafe cursor.pointee == tag else { return nil }
    unsafe cursor += 1
    return try? varint()
  }

  /// A word of eight bytes if it comes next, behind its one-byte tag; nil otherwise, as ``run(after:)``.
  @inlinable @inline(__always)
  public mutating func fixed64(after tag: UInt8) -> UInt64? {
    guard unsafe cursor < end, unsafe cursor.pointee == tag else { return nil }
    unsafe cursor += 1
    return try? fixed64()
  }

  /// A reader of a nested message that reports offsets in the same body.
  @inlinable @inline(__always)
  public func nested(_ bytes: WireBytes) -> WireReader {
    unsafe WireReader(bytes, origin: origin)
  }

  /// Passes over the payload of a field that nobody knows, groups included.
  @inlinable
  public mutating func skip(_ tag: UInt32, depth: Int) throws(WireError) {
    switch tag & 7 {
    case 0: _ = try varint()
    case 1: _ = try fixed64()
    case 2: _ = try bytes()
    case 5: _ = try fixed32()
    default: try skipGroup(tag, depth: depth)
    }
  }

  @usableFromInline
  mutating func skipGroup(_ tag: UInt32, depth: Int) throws(WireError) {
    guard tag & 7 == 3 else { throw error(.unbalancedGroup) }
    guard depth > 0 else { throw error(.nestedTooDeeply) }
    while true {
      guard !isAtEnd else { throw error(.truncated) }
      let inner = try self.tag()
      if inner & 7 == 4 {
        guard inner >> 3 == tag >> 3 else { throw error(.unbalancedGroup) }
        return
      }
      try skip(inner, depth: depth - 1)
    }
  }

  /// The bytes from a position remembered with ``position`` up to here.
  @inlinable public func bytes(since start: UnsafePointer<UInt8>) -> WireBytes {
    unsafe WireBytes(start, count: cursor - start)
  }

  @inlinable public var position: UnsafePointer<UInt8> { unsafe cursor }
}
