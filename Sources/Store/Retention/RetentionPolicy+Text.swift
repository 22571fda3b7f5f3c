/// Shares and durations as people write them, in options and in the configuration.
extension RetentionPolicy {
  /// The smallest share: a request that is kept stands for 10,000 then.
  static let smallestShare = 0.0001

  /// What ``share(_:)`` takes, for messages.
  public static let expectedShare = "expected a share such as 10% or 0.1, from 0.01% to 100%"

  /// Reads `10%`, `0.5%`, `0.1`; nil for anything else, also for a bare number above one.
  public static func share(_ text: String) -> Double? {
    let isPercentage = text.hasSuffix("%")
    let digits = isPercentage ? text.dropLast() : text[...]
    guard digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }),
      let number = Double(digits)
    else { return nil }
    let share = isPercentage ? number / 100 : number
    return share >= smallestShare && share <= 1 ? share : nil
  }

  /// What ``slowness(_:)`` takes, for messages.
  public static let expectedSlowness =
    "expected a duration such as 500ms or 2s, or p99 for what is slow among requests of its name"

  /// Reads `p99`, `500ms`, `2s`, `1m`; nil for anything else.
  public static func slowness(_ text: String) -> Slowness? {
    if text == "p99" { return .ofName }
    let units: [(String, Double)] = [
      ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3_600e9),
    ]
    for (unit, nanoseconds) in units where text.hasSuffix(unit) {
      let digits = text.dropLast(unit.utf8.count)
      guard digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == 46 }),
        let number = Double(digits), number > 0, number * nanoseconds < 0x1p62
      else { continue }
      return .from(Nanoseconds(UInt64(number * nanoseconds)))
    }
    return nil
  }

  /// The share as it is shown: `10%`, `0.5%`.
  public static func text(ofShare share: Double) -> String {
    let percentage = (share * 10_000).rounded() / 100
    return percentage == percentage.rounded() ? "\(Int(percentage))%" : "\(percentage)%"
  }
}
