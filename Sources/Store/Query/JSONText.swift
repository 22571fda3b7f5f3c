/// An attribute's value as compact JSON: how values that are neither text nor numbers are compared
/// and shown.
public enum JSONText {
  /// The JSON of the value; at the top, bytes are base64 without quotes and text is itself.
  ///
  /// Lists keep their order and their duplicate keys. A number that JSON lacks is `NaN` or `inf`.
  public static func of(_ value: AttributeValue) -> String {
    switch value {
    case .string(let text): return text
    case .bytes(let bytes): return base64(bytes)
    default:
      var text = ""
      append(value, to: &text)
      return text
    }
  }

  /// As short as reads back the same (`200.0`, `1e+16`), `NaN` for what is not a number.
  public static func of(_ double: Double) -> String { double.isNaN ? "NaN" : "\(double)" }

  private static func append(_ value: AttributeValue, to text: inout String) {
    switch value {
    case .empty: text += "null"
    case .string(let string): appendQuoted(string, to: &text)
    case .bool(let boolean): text += boolean ? "true" : "false"
    case .int(let integer): text += "\(integer)"
    case .double(let double): text += of(double)
    case .bytes(let bytes): text += "\"\(base64(bytes))\""
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        append(element, to: &text)
      }
      text += "]"
    case .keyValues(let pairs):
      text += "{"
      for (index, pair) in pairs.enumerated() {
        if index > 0 { text += "," }
        appendQuoted(pair.key, to: &text)
        text += ":"
        append(pair.value, to: &text)
      }
      text += "}"
    }
  }

  private static func appendQuoted(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      if let escape = escape(of: scalar, visibly: false) {
        text += escape
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  /// What stands for a scalar inside of a string; nil where it stands for itself.
  ///
  /// Only what RFC 8259 says must be escaped is, and `visibly` what a terminal would not show as it is.
  public static func escape(of scalar: Unicode.Scalar, visibly: Bool) -> String? {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      let isHidden = visibly ? VisibleText.standIn(for: scalar) != nil : scalar.value < 0x20
      guard isHidden else { return nil }
      return scalar.utf16.map { "\\u" + Hex.text(UInt64($0)).suffix(4) }.joined()
    }
  }

  /// RFC 4648, with padding.
  public static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let word = (0..<3).reduce(0) { $0 << 8 | ($1 < group.count ? Int(bytes[start + $1]) : 0) }
      for digit in 0..<4 {
        text.append(
          digit <= group.count
            ? alphabet[word >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
