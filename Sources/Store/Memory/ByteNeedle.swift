/// Bytes looked for inside other bytes, as they are or without regard to the case of ASCII letters.
///
/// Two of its bytes, the rarest in English text and identifiers, are compared sixteen places at a time;
/// where both fit, all of them are. Source: W. Muła, "SIMD-friendly algorithms for substring searching".
@safe struct ByteNeedle: Sendable {
  private let bytes: [UInt8]
  /// What is set in a byte before it is compared: the bit that makes an ASCII letter small, or nothing.
  private let folds: [UInt8]
  private let first: Int
  private let second: Int

  /// `bytes` are in lower case where `isFolded`.
  init(_ bytes: [UInt8], isFolded: Bool) {
    self.bytes = bytes
    folds = bytes.map { byte in
      isFolded && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? 0x20 : 0
    }
    let ranked = bytes.indices.sorted {
      ByteNeedle.frequency(bytes[$0]) < ByteNeedle.frequency(bytes[$1])
    }
    first = ranked.first ?? 0
    second = ranked.count > 1 ? ranked[1] : first
  }

  /// How common a byte is, roughly; commoner ones later.
  private static func frequency(_ byte: UInt8) -> Int {
    // Letters by their frequency in English text, digits and punctuation between.
    let rare = Array("zqxjkvbpygfwmucldrhsnioate".utf8)
    if let rank = rare.firstIndex(of: byte | 0x20) { return 10 + rank * 4 }
    switch byte {
    case UInt8(ascii: " "): return 120
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return 90
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"): return 70
    default: return byte < 0x80 ? 5 : 20
    }
  }

  /// Whether it stands somewhere in the run.
  @inline(__always)
  func isFound(in run: WireBytes) -> Bool {
    guard run.count >= bytes.count else { return false }
    if bytes.isEmpty { return true }
    return unsafe search(run.address, from: 0, places: run.count - bytes.count + 1) != nil
  }

  var count: Int { bytes.count }

  /// Where it stands first at a place or behind it.
  func place(in run: WireBytes, from place: Int) -> Int? {
    guard run.count - place >= bytes.count, !bytes.isEmpty else { return nil }
    return unsafe search(run.address, from: place, places: run.count - bytes.count + 1)
  }

  private func search(_ start: UnsafePointer<UInt8>, from: Int, places: Int) -> Int? {
    let (firstByte, firstFold) = (bytes[first], folds[first])
    var place = from
    if places - from >= 16 {
      let (secondByte, secondFold) = (bytes[second], folds[second])
      let one = SIMD16<UInt8>(repeating: 1)
      let top = SIMD16<UInt8>(repeating: 0x80)
      while place + 16 <= places {
        // Safe: sixteen places, and behind the last of them as many bytes as the needle has.
        let a = unsafe UnsafeRawPointer(start + place + first)
          .loadUnaligned(as: SIMD16<UInt8>.self)
        let b = unsafe UnsafeRawPointer(start + place + second)
          .loadUnaligned(as: SIMD16<UInt8>.self)
        // Zero where both fit.
        let differs =
          ((a | SIMD16(repeating: firstFold)) ^ SIMD16(repeating: firstByte))
          | ((b | SIMD16(repeating: secondFold)) ^ SIMD16(repeating: secondByte))
        // The top bit of each byte that is zero; comparing lane by lane is a loop of sixteen.
        let zeros = (differs &- one) & ~differs & top
        let halves = unsafe unsafeBitCast(zeros, to: SIMD2<UInt64>.self)
        if halves[0] | halves[1] != 0 {
          for half in 0..<2 {
            var found = halves[half]
            while found != 0 {
              let offset = half * 8 + found.trailingZeroBitCount >> 3
              if unsafe stands(at: start + place + offset) { return place + offset }
              found &= found - 1
            }
          }
        }
        place += 16
      }
    }
    while place < places {
      if unsafe start[place + first] | firstFold == firstByte && stands(at: start + place) {
        return place
      }
      place += 1
    }
    return nil
  }

  /// Whether it stands right here, where there are bytes enough.
  private func stands(at start: UnsafePointer<UInt8>) -> Bool {
    for index in bytes.indices
    where unsafe ByteNeedle.lower(start[index], folds[index]) != bytes[index] { return false }
    return true
  }

  /// A byte as it is compared: letters in lower case, other bytes as they are.
  @inline(__always)
  private static func lower(_ byte: UInt8, _ fold: UInt8) -> UInt8 {
    let small = byte | fold
    // What is no letter with the bit set was none without it.
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(small) ? small : byte
  }
}
