import Store

/// Values as Python's `str()` writes them, which is what ContextForge hashes and cuts.
enum PythonText {
  /// The text of a value; nil for one with nothing set, which no Python attribute is.
  static func text(_ value: AttributeValue) -> String? {
    switch value {
    case .empty: nil
    case .string(let text): text
    default: representation(value)
    }
  }

  static func text(_ value: RuleValue) -> String {
    switch value {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .double(let number): text(number)
    case .boolean(let isTrue): isTrue ? "True" : "False"
    }
  }

  // MARK: - repr()

  private static func representation(_ value: AttributeValue) -> String {
    switch value {
    case .empty: "None"
    case .string(let text): quoted(text)
    case .bool(let isTrue): isTrue ? "True" : "False"
    case .int(let number): "\(number)"
    case .double(let number): text(number)
    case .bytes(let bytes): "b" + quoted(bytes)
    case .array(let values): "[" + values.map(representation).joined(separator: ", ") + "]"
    case .keyValues(let pairs):
      "{"
        + pairs.map { "\(quoted($0.key)): \(representation($0.value))" }.joined(separator: ", ")
        + "}"
    }
  }

  /// A text in quotes: single ones, but for a text that has single and no double ones.
  private static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    let quote: Unicode.Scalar = scalars.contains("'") && !scalars.contains("\"") ? "\"" : "'"
    var quoted = String.UnicodeScalarView([quote])
    for scalar in scalars {
      if scalar == quote || scalar == "\\" { quoted.append("\\") }
      if isPrintable(scalar) {
        quoted.append(scalar)
      } else {
        quoted.append(contentsOf: escape(scalar.value).unicodeScalars)
      }
    }
    quoted.append(quote)
    return String(quoted)
  }

  private static func quoted(_ bytes: [UInt8]) -> String {
    let single = UInt8(ascii: "'")
    let double = UInt8(ascii: "\"")
    let quote = bytes.contains(single) && !bytes.contains(double) ? double : single
    var quoted = String(UnicodeScalar(quote))
    for byte in bytes {
      if byte == quote || byte == UInt8(ascii: "\\") { quoted += "\\" }
      quoted += (0x20..<0x7F).contains(byte) ? String(UnicodeScalar(byte)) : escape(UInt32(byte))
    }
    return quoted + String(UnicodeScalar(quote))
  }

  private static func escape(_ value: UInt32) -> String {
    switch value {
    case 0x09: "\\t"
    case 0x0A: "\\n"
    case 0x0D: "\\r"
    case ..<0x100: "\\x" + hex(value, digits: 2)
    case ..<0x1_0000: "\\u" + hex(value, digits: 4)
    default: "\\U" + hex(value, digits: 8)
    }
  }

  private static func hex(_ value: UInt32, digits: Int) -> String {
    let hex = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - hex.utf8.count)) + hex
  }

  /// Python's `str.isprintable`: no control, format, private or unassigned code, no separator but the space.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
    return switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .spaceSeparator:
      false
    default: true
    }
  }

  // MARK: - Numbers

  /// The shortest digits that are the same number, with an exponent below 1e-4 and from 1e16.
  static func text(_ number: Double) -> String {
    guard number.isFinite else {
      return number.isNaN ? "nan" : number < 0 ? "-inf" : "inf"
    }
    let sign = number.sign == .minus ? "-" : ""
    // Swift finds the same digits, but draws the line for exponents elsewhere.
    let written = number.magnitude.description.split(separator: "e")
    let mantissa = written.first ?? "0"
    let exponent = written.count > 1 ? Int(written[1]) ?? 0 : 0
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    let whole = parts.first ?? "0"
    let fraction = parts.count > 1 && parts[1] != "0" ? parts[1] : ""
    let leading = (whole + fraction).prefix { $0 == "0" }.count
    var digits = String((whole + fraction).dropFirst(leading))
    while digits.hasSuffix("0") { digits.removeLast() }
    guard !digits.isEmpty else { return sign + "0.0" }
    /// Where the decimal point is, counted from before the first digit.
    let point = whole.count + exponent - leading
    return sign + placed(digits, point: point)
  }

  private static func placed(_ digits: String, point: Int) -> String {
    switch point {
    case -3...0: return "0." + String(repeating: "0", count: -point) + digits
    case 1...16 where digits.count <= point:
      return digits + String(repeating: "0", count: point - digits.count) + ".0"
    case 1...16: return digits.prefix(point) + "." + digits.dropFirst(point)
    default:
      let exponent = point - 1
      let size = "\(exponent.magnitude)"
      let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
      return digits.prefix(1) + fraction + (exponent < 0 ? "e-" : "e+")
        + (size.count < 2 ? "0" : "") + size
    }
  }

  // MARK: - Case

  /// Python's `lower()`: every character by Unicode's full mapping, and a capital sigma at the end of a
  /// word becomes the small one that stands there, which Swift leaves to others.
  static func lowercase(_ text: String) -> String {
    guard text.unicodeScalars.contains("\u{3A3}") else { return text.lowercased() }
    let scalars = Array(text.unicodeScalars)
    var lower = String.UnicodeScalarView()
    for index in scalars.indices {
      if scalars[index] == "\u{3A3}" {
        lower.append(isFinal(index, in: scalars) ? "\u{3C2}" : "\u{3C3}")
      } else {
        lower.append(contentsOf: scalars[index].properties.lowercaseMapping.unicodeScalars)
      }
    }
    return String(lower)
  }

  /// Whether a letter stands before and none behind, characters that do not count passed over.
  private static func isFinal(_ index: Int, in scalars: [Unicode.Scalar]) -> Bool {
    let before = scalars[..<index].last { !$0.properties.isCaseIgnorable }
    let after = scalars[(index + 1)...].first { !$0.properties.isCaseIgnorable }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }
}
