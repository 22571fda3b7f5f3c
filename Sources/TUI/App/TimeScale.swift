import Store

/// Round lengths of time: for axes and for bars that should not change their scale with every row.
enum TimeScale {
  /// The next of 1, 2, 5, 10, 20, 50 … units; from a second up in steps that divide minutes and
  /// hours.
  static func roundedUp(_ length: Nanoseconds) -> Nanoseconds {
    steps.first { $0 >= length } ?? length
  }

  /// Every round length, shortest first, from 1 ns to about a year.
  private static let steps: [Nanoseconds] = {
    var steps: [Nanoseconds] = []
    var unit: UInt64 = 1
    while unit < 1_000_000_000 {
      for factor in [1, 2, 5] { steps.append(Nanoseconds(unit * UInt64(factor))) }
      unit *= 10
    }
    let seconds: [UInt64] = [
      1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200,
      86_400, 172_800, 432_000, 864_000, 2_592_000, 7_776_000, 31_104_000,
    ]
    return steps + seconds.map(Nanoseconds.seconds)
  }()
}

extension TimeScale {
  /// A mark's label: only the digits it needs, `2s` and not `2.00s`.
  static func label(_ length: Nanoseconds, isASCII: Bool) -> String {
    let units: [(size: UInt64, name: String)] = [
      (86_400_000_000_000, "d"), (3_600_000_000_000, "h"), (60_000_000_000, "m"),
      (1_000_000_000, "s"), (1_000_000, "ms"), (1_000, isASCII ? "us" : "µs"), (1, "ns"),
    ]
    let nanos = length.rawValue
    guard let unit = units.first(where: { nanos >= $0.size }) else { return "0" }
    let whole = nanos / unit.size
    let rest = nanos % unit.size
    guard rest > 0 else { return "\(whole)\(unit.name)" }
    // Two units where the smaller one divides evenly ("1m30s"), else tenths ("1.5ms").
    if let smaller = units.first(where: { $0.size < unit.size && rest >= $0.size }),
      unit.size >= 60_000_000_000, rest % smaller.size == 0
    {
      return "\(whole)\(unit.name)\(rest / smaller.size)\(smaller.name)"
    }
    return "\(Format.fixed(nanos, unit: unit.size, digits: 1))\(unit.name)"
  }
}
