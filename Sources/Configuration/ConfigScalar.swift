/// What a scalar of a YAML file means, by the rules of PyYAML's safe loader (YAML 1.1).
enum ConfigScalar: Equatable {
  case null
  case boolean(Bool)
  case integer(Int64)
  /// An integer beyond 64 bits; only its sign is known.
  case hugeInteger(isNegative: Bool)
  case double(Double)
  case string(String)
  /// Something that no setting takes, such as a date.
  case other(String)

  /// A word for messages.
  var kind: String {
    switch self {
    case .null: "nothing"
    case .boolean(let isTrue): "the truth value \(isTrue)"
    case .integer(let number): "the number \(number)"
    case .hugeInteger: "a number that needs more than 64 bits"
    case .double(let number): "the number \(number)"
    case .string(let text): "\"\(text.prefix(40))\""
    case .other(let what): what
    }
  }

  /// A scalar that stands without quotes and without a tag.
  init(plain text: String) {
    switch text {
    case "", "~", "null", "Null", "NULL": self = .null
    case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": self = .boolean(true)
    case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": self = .boolean(false)
    default:
      // Words are most of what there is, and numbers begin like this.
      let first = text.utf8.first ?? 0
      let isNumeric = (0x30...0x39).contains(first) || [0x2B, 0x2D, 0x2E].contains(first)
      self = isNumeric ? Self.number(text) ?? .string(text) : .string(text)
    }
  }

  private static func number(_ text: String) -> ConfigScalar? {
    switch text {
    case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .double(.infinity)
    case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
    case ".nan", ".NaN", ".NAN": return .double(.nan)
    default: break
    }
    let digits = text.filter { $0 != "_" }
    return switch NumberShape(text) {
    case .float: Double(digits).map { .double($0) }
    case .integer: integer(digits)
    case .sexagesimal: base60(digits)
    case .date: .other("a date; put it in quotes")
    case nil: nil
    }
  }

  private static func integer(_ text: String) -> ConfigScalar {
    let isNegative = text.hasPrefix("-")
    var digits = Substring(text.drop { $0 == "-" || $0 == "+" })
    var radix = 10
    if digits.hasPrefix("0b") {
      radix = 2
      digits = digits.dropFirst(2)
    } else if digits.hasPrefix("0x") {
      radix = 16
      digits = digits.dropFirst(2)
    } else if digits.hasPrefix("0"), digits.count > 1 {
      radix = 8
    }
    let number = Int64((isNegative ? "-" : "") + digits, radix: radix)
    return number.map { .integer($0) } ?? .hugeInteger(isNegative: isNegative)
  }

  /// Minutes and seconds, which YAML 1.1 takes for a number: `1:30` is 90.
  private static func base60(_ text: String) -> ConfigScalar {
    let isNegative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" || $0 == "+" }.split(separator: ":")
    let value = parts.reduce(0.0) { $0 * 60 + (Double($1) ?? 0) } * (isNegative ? -1 : 1)
    if text.contains(".") { return .double(value) }
    return Int64(exactly: value).map { .integer($0) } ?? .hugeInteger(isNegative: isNegative)
  }
}
