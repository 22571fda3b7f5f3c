internal import CNeedle

/// Bytes looked for inside other bytes, as they are or without regard to the case of ASCII letters.
///
/// Two of its bytes, the rarest in English text and identifiers, are compared many places at a time; where
/// both fit, all of them are.
@safe struct ByteNeedle: Sendable {
  private let bytes: [UInt8]
  /// What is set in a byte before it is compared: the bit that makes an ASCII letter small, or nothing.
  private let folds: [UInt8]
  /// The places of the two that are compared first.
  private let probes: (first: Int, second: Int)

  /// `bytes` are in lower case where `isFolded`.
  init(_ bytes: [UInt8], isFolded: Bool) {
    self.bytes = bytes
    folds = bytes.map { byte in
      isFolded && (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? 0x20 : 0
    }
    let ranked = bytes.indices.sorted {
      ByteNeedle.frequency(bytes[$0]) < ByteNeedle.frequency(bytes[$1])
    }
    let first = ranked.first ?? 0
    probes = (first, ranked.count > 1 ? ranked[1] : first)
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
    guard !bytes.isEmpty else { return nil }
    // Safe: so many places, and behind the last of them as many bytes as the needle has; the arrays are as
    // long as each other.
    let place = unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe folds.withUnsafeBufferPointer { folds in
        unsafe tracetop_find(
          start, from, places,
          tracetop_needle(
            bytes: bytes.baseAddress, folds: folds.baseAddress, count: bytes.count,
            first_probe: probes.first, second_probe: probes.second))
      }
    }
    return place < places ? place : nil
  }
}
