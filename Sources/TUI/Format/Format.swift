public import Store

/// Figures as short text that fits a column; no Foundation, no locale.
public enum Format {
  /// A length of time in at most 6 columns: `850ns` `38µs` `412ms` `8.12s` `42.1s` `2m05s` `1h02m` `3d04h` `104d`.
  ///
  /// Rounded to what is shown; `>9999d` at the end of time.
  public static func duration(_ length: Nanoseconds, isASCII: Bool = false) -> String {
    let nanos = length.rawValue
    switch nanos {
    case 0: return "0ms"
    case ..<1_000: return "\(nanos)ns"
    case ..<999_500: return "\((nanos + 500) / 1_000)\(isASCII ? "us" : "µs")"
    case ..<9_950_000: return fixed(nanos, unit: 1_000_000, digits: 1) + "ms"
    case ..<999_500_000: return "\((nanos + 500_000) / 1_000_000)ms"
    case ..<9_995_000_000: return fixed(nanos, unit: 1_000_000_000, digits: 2) + "s"
    case ..<59_950_000_000: return fixed(nanos, unit: 1_000_000_000, digits: 1) + "s"
    default: return longDuration(seconds: nanos / 1_000_000_000, rest: nanos % 1_000_000_000)
    }
  }

  /// From a minute up, in two units.
  private static func longDuration(seconds: UInt64, rest: UInt64) -> String {
    let seconds = seconds + (rest >= 500_000_000 ? 1 : 0)
    if seconds < 3_600 { return "\(seconds / 60)m\(padded(seconds % 60))s" }
    let minutes = (seconds + 30) / 60
    if minutes < 24 * 60 { return "\(minutes / 60)h\(padded(minutes % 60))m" }
    let hours = (minutes + 30) / 60
    if hours < 100 * 24 { return "\(hours / 24)d\(padded(hours % 24))h" }
    let days = (hours + 12) / 24
    return days <= 9_999 ? "\(days)d" : ">9999d"
  }

  /// A count in at most 5 columns: `880` `4.1k` `41k` `1.2M` `3.4G`.
  public static func count(_ number: UInt64) -> String {
    if number < 1_000 { return "\(number)" }
    var unit: UInt64 = 1_000
    for suffix in ["k", "M", "G", "T", "P", "E"] {
      // 9.95 of a unit would round to "10.0".
      if number / 10 < unit - unit / 200 { return fixed(number, unit: unit, digits: 1) + suffix }
      let whole = number / unit + (number % unit >= unit / 2 ? 1 : 0)
      if whole < 1_000 || suffix == "E" { return "\(whole)\(suffix)" }
      unit *= 1_000
    }
    return "\(number)"
  }

  /// A count of anything; below zero is zero.
  public static func count(_ number: Int) -> String { count(UInt64(max(0, number))) }

  /// A count written out with commas: `1,214`.
  public static func grouped(_ number: UInt64) -> String {
    let digits = Array("\(number)".utf8)
    var text: [UInt8] = []
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(UInt8(ascii: ",")) }
      text.append(digit)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// A size in binary units: `0 B` `512 B` `3.2 KiB` `412 MiB` `1.5 GiB`; below zero is zero.
  public static func bytes(_ size: Int) -> String {
    let size = UInt64(max(0, size))
    if size < 1_024 { return "\(size) B" }
    var unit: UInt64 = 1_024
    for name in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] {
      // 9.95 of a unit would round to "10.0".
      if size / 10 < unit - unit / 200 { return fixed(size, unit: unit, digits: 1) + " " + name }
      let whole = size / unit + (size % unit >= unit / 2 ? 1 : 0)
      if whole < 1_024 || name == "EiB" { return "\(whole) \(name)" }
      unit *= 1_024
    }
    return "\(size) B"
  }

  /// Money in dollars: `$0` `$0.00012` `$0.031` `$1.92` `$10.10` `$1234`; what is no number is `-`.
  public static func cost(_ dollars: Double) -> String {
    guard dollars.isFinite, dollars >= 0 else { return "-" }
    if dollars == 0 { return "$0" }
    if dollars < 0.000_005 { return "<$0.00001" }
    let digits = dollars < 0.000_95 ? 5 : dollars < 0.995 ? 3 : dollars < 999.995 ? 2 : 0
    return "$" + decimal(dollars, digits: digits)
  }

  /// A share of one as percent: `0%` `0.3%` `3.4%` `31%` `100%`; never `0%` or `100%` unless it is exactly that.
  public static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "-" }
    let percent = share * 100
    if percent <= 0 { return "0%" }
    if percent < 0.05 { return "<0.1%" }
    if percent < 9.95 { return decimal(percent, digits: 1) + "%" }
    if percent < 100, percent >= 99.5 { return ">99%" }
    return decimal(percent, digits: 0) + "%"
  }

  /// A rate in at most 5 columns: `0` `0.3` `38` `4.1k`.
  public static func rate(_ perSecond: Double) -> String {
    guard perSecond.isFinite, perSecond > 0 else { return "0" }
    if perSecond < 0.05 { return "<0.1" }
    if perSecond < 9.95 { return decimal(perSecond, digits: 1) }
    return count(perSecond >= 1e18 ? UInt64.max : UInt64(perSecond.rounded()))
  }

  // MARK: - Digits

  /// `number / unit` with a fixed count of digits after the point, rounded half up; saturates.
  static func fixed(_ number: UInt64, unit: UInt64, digits: Int) -> String {
    var scale: UInt64 = 1
    for _ in 0..<digits { scale *= 10 }
    let step = unit / scale
    let rounded = (number > .max - step / 2 ? .max : number + step / 2)
    // In units of 1/scale; exact where the unit is a multiple of the scale, else by remainder.
    let scaled =
      unit % scale == 0
      ? rounded / step : number / unit * scale + (number % unit * scale + unit / 2) / unit
    let fraction = "\(scaled % scale)"
    let zeros = String(repeating: "0", count: digits - fraction.utf8.count)
    return "\(scaled / scale).\(zeros)\(fraction)"
  }

  /// A number below 2^53 or so, with a fixed count of digits after the point.
  static func decimal(_ number: Double, digits: Int) -> String {
    var scale: UInt64 = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = (number * Double(scale)).rounded()
    guard scaled < 1e18 else { return ">1e15" }
    guard digits > 0 else { return "\(UInt64(scaled))" }
    return fixed(UInt64(scaled), unit: scale, digits: digits)
  }

  /// Two digits.
  static func padded(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
