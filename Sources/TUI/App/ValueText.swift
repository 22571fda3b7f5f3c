import Store

/// Values and ids as text on one line.
enum ValueText {
  /// As filters compare it and JSON has it.
  static func line(_ value: AttributeValue) -> String { JSONText.of(value) }

  /// Two digits a byte; long ones are cut, with the size said.
  static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    var text = ""
    for byte in bytes.prefix(64) {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return bytes.count > 64 ? "\(text)… (\(bytes.count) bytes)" : text
  }

  /// Ids as people paste them: the first and the last four digits.
  static func short(_ id: TraceID, _ glyphs: Glyphs) -> String { short(id.hex, glyphs) }
  static func short(_ id: SpanID, _ glyphs: Glyphs) -> String { short(id.hex, glyphs) }

  private static func short(_ hex: String, _ glyphs: Glyphs) -> String {
    "\(hex.prefix(4))\(glyphs.ellipsis)\(hex.suffix(4))"
  }
}
