/// A run of bytes inside a request that is alive for as long as the request's handler runs.
///
/// Not an owner: whoever keeps one past the request has a bug. Decoders, batches and the store's
/// append hand them along; nothing else may.
@safe public struct WireBytes {
  @usableFromInline let base: UnsafePointer<UInt8>
  public let count: Int

  @inlinable public init(_ base: UnsafePointer<UInt8>, count: Int) {
    unsafe self.base = base
    self.count = count
  }

  /// Bytes of a whole buffer; an empty one has an address that is never read.
  @inlinable public init(_ buffer: UnsafeRawBufferPointer) {
    // Safe: an empty run is never dereferenced.
    unsafe self.init(
      buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? WireBytes.nowhere,
      count: buffer.count)
  }

  @usableFromInline static var nowhere: UnsafePointer<UInt8> {
    unsafe UnsafePointer(bitPattern: 8).unsafelyUnwrapped
  }

  /// A run of no bytes.
  @inlinable public static var empty: WireBytes { unsafe WireBytes(nowhere, count: 0) }

  @inlinable public var isEmpty: Bool { count == 0 }

  @inlinable public var address: UnsafePointer<UInt8> { unsafe base }

  @inlinable public var buffer: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: base, count: count)
  }

  @inlinable public subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count, "byte is outside the run")
    // Safe: checked above.
    return unsafe base[index]
  }

  /// Calls `body` with the bytes as a span.
  @inline(__always)
  func withSpan<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    unsafe body(UnsafeBufferPointer(start: base, count: count).span)
  }

  /// The bytes as text, anything that is not UTF-8 replaced.
  public var text: String { unsafe String(decoding: buffer, as: UTF8.self) }

  public var array: [UInt8] { unsafe Array(buffer) }

  @inlinable @inline(__always) public func elementsEqual(_ other: WireBytes) -> Bool {
    unsafe count == other.count && Bytes.equal(base, other.base, count)
  }

  /// Whether the bytes are those of a literal.
  @inlinable public func elementsEqual(_ literal: StaticString) -> Bool {
    unsafe count == literal.utf8CodeUnitCount && Bytes.equal(base, literal.utf8Start, count)
  }
}

extension WireBytes {
  /// Whether the bytes begin with those of a literal.
  @inlinable public func hasPrefix(_ literal: StaticString) -> Bool {
    unsafe count >= literal.utf8CodeUnitCount
      && Bytes.equal(base, literal.utf8Start, literal.utf8CodeUnitCount)
  }

  /// Whether the bytes end with those of a literal.
  @inlinable public func hasSuffix(_ literal: StaticString) -> Bool {
    let length = literal.utf8CodeUnitCount
    // Safe: the count is at least the literal's where the address is used.
    return unsafe count >= length && Bytes.equal(base + (count - length), literal.utf8Start, length)
  }

  /// Whether a literal stands anywhere in the first bytes.
  func hasText(_ literal: StaticString, within limit: Int) -> Bool {
    let length = literal.utf8CodeUnitCount
    let end = Swift.min(count, limit) - length
    guard end >= 0 else { return false }
    for position in 0...end {
      // Safe: `position + length` is at most `count`.
      let part = unsafe WireBytes(base + position, count: length)
      if part.elementsEqual(literal) { return true }
    }
    return false
  }
}
