internal import CNeedle

/// Bytes looked for inside other bytes, as they are or without regard to the case of ASCII letters.
///
/// Two of its bytes, the rarest in English text and identifiers, are compared many places at a time; where
/// both fit, all of them are.
@safe struct ByteNeedle: Sendable {
  private let bytes: [UInt8]
  /// What is set in a byte before it is compared: the bit that makes an ASCII letter small, or nothing.
  private let folds: [UInt8]
  private let probes: tracetop_probes

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
    let second = ranked.count > 1 ? ranked[1] : first
    func byte(_ values: [UInt8], _ index: Int) -> UInt8 { values.isEmpty ? 0 : values[index] }
    probes = tracetop_probes(
      first_index: first, second_index: second,
      first_byte: byte(bytes, first), first_fold: byte(folds, first),
      second_byte: byte(bytes, second), second_fold: byte(folds, second))
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
    var place = from
    while place < places {
      // Safe: as many places, and behind the last of them as many bytes as the needle has.
      place = unsafe tracetop_find_probes(start, place, places, probes)
      guard place < places else { return nil }
      if unsafe stands(at: start + place) { return place }
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
