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

  /// Passes over 64 places at a time as long as its two bytes fit nowhere among them.
  private func search(_ start: UnsafePointer<UInt8>, from: Int, places: Int) -> Int? {
    let (one, two) = (probe(first), probe(second))
    var place = from
    while place &+ 64 <= places {
      // Safe: as many places, and behind the last of them as many bytes as the needle has.
      let here = unsafe start + place
      let near = unsafe one.fits(here, two) | one.fits(here + 16, two)
      let far = unsafe one.fits(here + 32, two) | one.fits(here + 48, two)
      if NeedleProbe.places(near | far) != SIMD2(0, 0),
        let found = unsafe look(start, from: place, places: place &+ 64, one, two)
      {
        return found
      }
      place &+= 64
    }
    return unsafe look(start, from: place, places: places, one, two)
  }

  private func probe(_ index: Int) -> NeedleProbe {
    NeedleProbe(index: index, byte: bytes[index], fold: folds[index])
  }

  /// The same sixteen places at a time, and the last ones one by one.
  private func look(
    _ start: UnsafePointer<UInt8>, from: Int, places: Int, _ one: NeedleProbe, _ two: NeedleProbe
  ) -> Int? {
    var place = from
    while place &+ 16 <= places {
      let found = unsafe NeedleProbe.places(one.fits(start + place, two))
      if found != SIMD2(0, 0) {
        for half in 0..<2 {
          var rest = found[half]
          while rest != 0 {
            let offset = half * 8 + rest.trailingZeroBitCount >> 3
            if unsafe stands(at: start + place + offset) { return place + offset }
            rest &= rest - 1
          }
        }
      }
      place &+= 16
    }
    let (byte, fold) = (bytes[first], folds[first])
    while place < places {
      if unsafe start[place + first] | fold == byte && stands(at: start + place) { return place }
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

/// A byte of a needle, compared with sixteen places at once.
private struct NeedleProbe {
  private let index: Int
  private let byte: SIMD16<UInt8>
  private let fold: SIMD16<UInt8>

  init(index: Int, byte: UInt8, fold: UInt8) {
    self.index = index
    self.byte = SIMD16(repeating: byte)
    self.fold = SIMD16(repeating: fold)
  }

  @inline(__always)
  private func differs(_ start: UnsafePointer<UInt8>) -> SIMD16<UInt8> {
    // Safe: the caller has as many bytes behind its sixteen places as the needle has.
    let bytes = unsafe UnsafeRawPointer(start + index).loadUnaligned(as: SIMD16<UInt8>.self)
    return (bytes | fold) ^ byte
  }

  /// The top bit of each place where both bytes fit; the other bits say nothing.
  ///
  /// A byte that is zero is one whose top bit is set once one is taken from it, and was not before:
  /// comparing lane by lane would be a loop of sixteen.
  @inline(__always)
  func fits(_ start: UnsafePointer<UInt8>, _ other: NeedleProbe) -> SIMD16<UInt8> {
    let differs = unsafe differs(start) | other.differs(start)
    return (differs &- SIMD16(repeating: 1)) & ~differs
  }

  /// The places of `fits`, a bit in eight each.
  @inline(__always)
  static func places(_ fits: SIMD16<UInt8>) -> SIMD2<UInt64> {
    // Safe: both have sixteen bytes, and every pattern of bits is a value of both.
    unsafe unsafeBitCast(fits & SIMD16(repeating: 0x80), to: SIMD2<UInt64>.self)
  }
}
