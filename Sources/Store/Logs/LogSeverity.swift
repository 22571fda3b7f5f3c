/// How grave a log record is (OTLP `SeverityNumber`): 1 to 24, zero for not said. Other numbers are
/// kept as they came.
public struct LogSeverity: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var rawValue: Int32
  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let unspecified = LogSeverity(rawValue: 0)
  public static let warning = LogSeverity(rawValue: 13)
  public static let error = LogSeverity(rawValue: 17)

  public static func < (left: LogSeverity, right: LogSeverity) -> Bool {
    left.rawValue < right.rawValue
  }

  private static let names = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]

  /// The short name of the specification ("Displaying Severity"): `INFO`, `ERROR2`; empty for zero,
  /// the number for one that has no name.
  public var name: String {
    guard rawValue != 0 else { return "" }
    guard rawValue >= 1, rawValue <= 24 else { return "\(rawValue)" }
    let step = Int(rawValue - 1)
    return Self.names[step / 4] + (step % 4 == 0 ? "" : "\(step % 4 + 1)")
  }
}
