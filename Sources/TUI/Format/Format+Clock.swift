public import Store

/// Where the times on a screen are at home.
public enum ClockZone: Equatable, Hashable, Sendable {
  /// The machine's time zone, daylight saving as it was at the time shown.
  case local
  /// A fixed distance east of Greenwich.
  case offset(seconds: Int)

  public static let utc = ClockZone.offset(seconds: 0)

  /// Seconds east of Greenwich at a moment.
  func offset(at seconds: Int) -> Int {
    switch self {
    case .offset(let seconds): return seconds
    case .local: return LocalTime.offset(at: seconds)
    }
  }
}

extension Format {
  /// How much of a moment is written.
  public enum ClockForm: Sendable {
    /// `14:02:11`
    case seconds
    /// `14:02:11.412`
    case milliseconds
    /// `2025-11-20 14:02:11`
    case date
    /// `2025-11-20 14:02:11.412`
    case dateMilliseconds
  }

  /// A time of day, cut and not rounded so that it never shows a second that has not come; `-` where not set.
  public static func clock(
    _ moment: UnixNanos, _ form: ClockForm = .seconds, zone: ClockZone = .local
  ) -> String {
    guard moment.isSet else { return "-" }
    // Safe: 2^64 ns are 18,446,744,073 s, far inside Int.
    let seconds = Int(moment.rawValue / 1_000_000_000)
    let local = seconds + zone.offset(at: seconds)
    let (day, second) = local.dividedRoundingDown(by: 86_400)
    var text = two(second / 3_600) + ":" + two(second / 60 % 60) + ":" + two(second % 60)
    if form == .milliseconds || form == .dateMilliseconds {
      let millis = moment.rawValue / 1_000_000 % 1_000
      text += millis < 10 ? ".00\(millis)" : millis < 100 ? ".0\(millis)" : ".\(millis)"
    }
    guard form == .date || form == .dateMilliseconds else { return text }
    let date = civilDate(daysSince1970: day)
    return "\(date.year)-\(two(date.month))-\(two(date.day)) \(text)"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// The Gregorian date of a day number (Howard Hinnant, "chrono-compatible low-level date algorithms").
  static func civilDate(daysSince1970 day: Int) -> (year: Int, month: Int, day: Int) {
    let (era, dayOfEra) = (day + 719_468).dividedRoundingDown(by: 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}

extension Int {
  /// Quotient and remainder with a remainder that is never negative.
  fileprivate func dividedRoundingDown(by divisor: Int) -> (quotient: Int, remainder: Int) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
