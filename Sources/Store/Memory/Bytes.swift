public import Glibc

/// Plain work on bytes: comparing, hashing, checking for ASCII and UTF-8.
public enum Bytes {
  /// Chosen anew by each process, so that nobody can send strings that collide on purpose.
  public static let seed: UInt64 = UInt64.random(in: .min ... .max)

  @inlinable @inline(__always)
  static func load64(_ pointer: UnsafePointer<UInt8>) -> UInt64 {
    unsafe UnsafeRawPointer(pointer).loadUnaligned(as: UInt64.self)
  }

  @inlinable @inline(__always)
  static func load32(_ pointer: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(unsafe UnsafeRawPointer(pointer).loadUnaligned(as: UInt32.self))
  }

  @inlinable @inline(__always)
  static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low
  }

  /// A 64-bit hash in the manner of wyhash (public domain, Wang Yi), seeded per process.
  @inlinable @inline(__always)
  public static func hash(_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    unsafe digest(start, count).hash
  }

  /// The hash of ``hash(_:_:)`` and, from the same loads, whether no byte has its top bit set. Whoever
  /// asks it very often hands in the ``seed``: to look it up is a call.
  @inlinable @inline(__always)
  public static func digest(
    _ start: UnsafePointer<UInt8>, _ count: Int, seed: UInt64 = Bytes.seed
  ) -> (hash: UInt64, isASCII: Bool) {
    var state = seed ^ UInt64(truncatingIfNeeded: count)
    var a: UInt64 = 0
    var b: UInt64 = 0
    var seen: UInt64 = 0
    if count <= 16 {
      if count >= 4 {
        let step = (count >> 3) << 2
        a = unsafe load32(start) << 32 | load32(start + step)
        b = unsafe load32(start + count - 4) << 32 | load32(start + count - 4 - step)
      } else if count > 0 {
        a =
          unsafe UInt64(start[0]) << 16 | UInt64(start[count >> 1]) << 8 | UInt64(start[count - 1])
      }
    } else {
      var cursor = unsafe start
      var left = count
      while left > 16 {
        let low = unsafe load64(cursor)
        let high = unsafe load64(cursor + 8)
        seen |= low | high
        state = mix(low ^ 0xe703_7ed1_a0b4_28db, high ^ state)
        unsafe cursor += 16
        left -= 16
      }
      a = unsafe load64(cursor + left - 16)
      b = unsafe load64(cursor + left - 8)
    }
    return (
      mix(a ^ 0x8ebc_6af0_9c88_c6e3, b ^ state), (seen | a | b) & 0x8080_8080_8080_8080 == 0
    )
  }

  @inlinable @inline(__always)
  public static func equal(
    _ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>, _ count: Int
  ) -> Bool {
    if count >= 8 {
      if count > 64 { return unsafe memcmp(left, right, count) == 0 }
      var index = 0
      while index + 8 <= count {
        if unsafe load64(left + index) != load64(right + index) { return false }
        index += 8
      }
      // Safe: count >= 8, so the last eight bytes are inside both runs; they may overlap the ones seen.
      return unsafe load64(left + count - 8) == load64(right + count - 8)
    }
    if count >= 4 {
      return unsafe load32(left) == load32(right)
        && load32(left + count - 4) == load32(right + count - 4)
    }
    var index = 0
    while index < count {
      if unsafe left[index] != right[index] { return false }
      index += 1
    }
    return true
  }

  /// Whether no byte has its top bit set, eight bytes at a time.
  @inlinable @inline(__always)
  public static func isASCII(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let mask: UInt64 = 0x8080_8080_8080_8080
    if count >= 8 {
      var seen: UInt64 = 0
      var index = 0
      while index + 8 <= count {
        seen |= unsafe load64(start + index)
        index += 8
      }
      seen |= unsafe load64(start + count - 8)
      return seen & mask == 0
    }
    var seen: UInt8 = 0
    var index = 0
    while index < count {
      seen |= unsafe start[index]
      index += 1
    }
    return seen & 0x80 == 0
  }

  /// Whether the bytes are well-formed UTF-8 (Unicode table 3-7).
  @inlinable @inline(__always)
  public static func isUTF8(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if unsafe isASCII(start, count) { return true }
    return unsafe isUTF8Slowly(start, count)
  }

  @usableFromInline
  static func isUTF8Slowly(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var index = 0
    while index < count {
      let lead = unsafe start[index]
      if lead < 0x80 {
        index += 1
        continue
      }
      let following: Int
      var low: UInt8 = 0x80
      var high: UInt8 = 0xBF
      switch lead {
      case 0xC2...0xDF: following = 1
      case 0xE0:
        following = 2
        low = 0xA0
      case 0xED:
        following = 2
        high = 0x9F
      case 0xE1...0xEF: following = 2
      case 0xF0:
        following = 3
        low = 0x90
      case 0xF4:
        following = 3
        high = 0x8F
      case 0xF1...0xF3: following = 3
      default: return false
      }
      guard index + following < count else { return false }
      // Safe: index + following < count.
      let second = unsafe start[index + 1]
      guard second >= low && second <= high else { return false }
      var step = 2
      while step <= following {
        guard unsafe start[index + step] & 0xC0 == 0x80 else { return false }
        step += 1
      }
      index += following + 1
    }
    return true
  }
}
