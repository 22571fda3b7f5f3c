/// Text from outside made safe and plain to show: what a terminal or a reader would obey becomes a sign that can be seen.
///
/// Span names and attribute values come from whoever can send a request, so an escape sequence in one
/// must not move the cursor, and a bidirectional override must not make a line read as another one.
/// Control characters become their control pictures (`␛`, `␉`), line breaks of any kind `␤`, the rest
/// becomes `�`. The one table of them: screens and one-shot output go by it.
public enum VisibleText {
  /// The stand-in for a scalar that must not reach a terminal; nil for one that may.
  public static func standIn(for scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar.value {
    case 0x20...0x7E: nil
    case 0x0A, 0x2028, 0x2029: "\u{2424}"
    // C0: U+2400 and up are their pictures, in the same order.
    case 0..<0x20: Unicode.Scalar(0x2400 + scalar.value)
    case 0x7F: "\u{2421}"
    // C1, which some terminals obey as escape sequences.
    case 0x80...0x9F: "\u{FFFD}"
    // Bidirectional marks, embeddings, overrides and isolates.
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: "\u{FFFD}"
    // Deprecated format characters, interlinear annotation, byte order mark, language tags.
    case 0x206A...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0001: "\u{FFFD}"
    default: nil
    }
  }

  /// Whether the text may be shown as it is.
  public static func isVisible(_ text: some StringProtocol) -> Bool {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return true }
    return text.unicodeScalars.allSatisfy { standIn(for: $0) == nil }
  }

  /// The text with stand-ins; the same text where none is needed.
  public static func of(_ text: some StringProtocol) -> String {
    guard !isVisible(text) else { return String(text) }
    var visible = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { visible.append(standIn(for: scalar) ?? scalar) }
    return String(visible)
  }
}
