/// A piece of text looked for anywhere inside another, without regard to case.
///
/// A filter's bare word or phrase looks in the name, the service and every attribute value of a
/// span, its resource and its scope, in their text form (`Comparison.text(of:)`).
public struct TextSearch: Equatable, Sendable {
  /// What was typed.
  public let text: String
  /// The same in lower case, as UTF-8: what is compared.
  public let folded: [UInt8]
  /// Whether `folded` is ASCII throughout, so that bytes can be compared without decoding.
  public let isASCII: Bool

  public init(_ text: String) {
    self.text = text
    folded = TextSearch.fold(text.unicodeScalars)
    isASCII = folded.allSatisfy { $0 < 0x80 }
  }

  public static func == (left: TextSearch, right: TextSearch) -> Bool {
    left.text.utf8.elementsEqual(right.text.utf8)
  }

  public func matches(_ text: String) -> Bool { matches(text.utf8.span) }

  /// Whether `text`, valid UTF-8, contains it. An ASCII needle is found by bytes alone; one with
  /// other letters folds `text` first, unless it is ASCII and cannot match.
  public func matches(_ text: Span<UInt8>) -> Bool {
    if isASCII { return TextSearch.contains(folded, in: text) }
    var copy: [UInt8] = []
    copy.reserveCapacity(text.count)
    for index in text.indices { copy.append(text[index]) }
    guard copy.contains(where: { $0 >= 0x80 }) else { return false }
    let scalars = String(decoding: copy, as: UTF8.self).unicodeScalars
    return TextSearch.contains(folded, in: TextSearch.fold(scalars).span)
  }

  /// Whether `text` begins with it.
  func begins(_ text: String) -> Bool {
    TextSearch.fold(text.unicodeScalars).starts(with: folded)
  }

  /// Each code point in lower case where that is one code point (Unicode simple case mapping).
  private static func fold(_ scalars: String.UnicodeScalarView) -> [UInt8] {
    var folded: [UInt8] = []
    for scalar in scalars {
      if scalar.isASCII {
        folded.append(lowercase(UInt8(truncatingIfNeeded: scalar.value)))
        continue
      }
      let lower = scalar.properties.lowercaseMapping.unicodeScalars
      folded += Array(String(lower.count == 1 ? lower.first ?? scalar : scalar).utf8)
    }
    return folded
  }

  /// Whether `needle`, in lower case, stands in `text` when its ASCII letters are put in lower
  /// case.
  private static func contains(_ needle: [UInt8], in text: Span<UInt8>) -> Bool {
    guard let first = needle.first else { return true }
    guard text.count >= needle.count else { return false }
    let capital = first >= UInt8(ascii: "a") && first <= UInt8(ascii: "z") ? first ^ 0x20 : first
    for start in 0...(text.count - needle.count) {
      let byte = text[start]
      guard byte == first || byte == capital else { continue }
      var offset = 1
      while offset < needle.count, lowercase(text[start + offset]) == needle[offset] { offset += 1 }
      if offset == needle.count { return true }
    }
    return false
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }
}
