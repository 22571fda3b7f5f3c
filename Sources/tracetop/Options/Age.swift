import Store

/// How far back to look, as `--since` takes it: a whole number and `s`, `m`, `h`, `d` or `w`.
struct Age: Equatable, Sendable {
  var length: Nanoseconds

  private static let seconds: [Character: UInt64] = [
    "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800,
  ]

  init(length: Nanoseconds) { self.length = length }

  /// Reads the text; `option` is what took it.
  init(_ text: String, of option: String = "--since") throws(Failure) {
    guard let unit = text.last, let seconds = Self.seconds[unit],
      let number = UInt64(text.dropLast()), text.first?.isNumber == true,
      case let (total, overflow) = number.multipliedReportingOverflow(by: seconds * 1_000_000_000),
      !overflow
    else {
      throw Failure(
        "Invalid \(option) \"\(text)\": expected a number and s, m, h, d or w, such as 15m.")
    }
    length = Nanoseconds(total)
  }
}
