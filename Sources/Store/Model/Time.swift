/// A moment, in nanoseconds since 1970-01-01 UTC (OTLP `fixed64 … _unix_nano`); zero means "not set".
public struct UnixNanos: Hashable, Comparable, Sendable {
  public var rawValue: UInt64

  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  @inlinable public var isSet: Bool { rawValue != 0 }

  @inlinable public static func < (left: UnixNanos, right: UnixNanos) -> Bool {
    left.rawValue < right.rawValue
  }

  /// The time from `start` to this moment; zero where this moment is earlier (reversed clocks).
  @inlinable public func since(_ start: UnixNanos) -> Nanoseconds {
    Nanoseconds(rawValue > start.rawValue ? rawValue - start.rawValue : 0)
  }

  /// This moment moved later; stays at the end of time instead of wrapping.
  @inlinable public static func + (moment: UnixNanos, delay: Nanoseconds) -> UnixNanos {
    let (sum, overflow) = moment.rawValue.addingReportingOverflow(delay.rawValue)
    return UnixNanos(overflow ? .max : sum)
  }

  /// This moment moved earlier; stops at zero instead of wrapping.
  @inlinable public static func - (moment: UnixNanos, delay: Nanoseconds) -> UnixNanos {
    UnixNanos(moment.rawValue > delay.rawValue ? moment.rawValue - delay.rawValue : 0)
  }
}

/// A length of time in nanoseconds, never negative.
public struct Nanoseconds: Hashable, Comparable, Sendable {
  public var rawValue: UInt64

  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  public static let zero = Nanoseconds(0)
  @inlinable public static func microseconds(_ count: UInt64) -> Nanoseconds {
    Nanoseconds(count &* 1_000)
  }
  @inlinable public static func milliseconds(_ count: UInt64) -> Nanoseconds {
    Nanoseconds(count &* 1_000_000)
  }
  @inlinable public static func seconds(_ count: UInt64) -> Nanoseconds {
    Nanoseconds(count &* 1_000_000_000)
  }

  /// As milliseconds with a fraction, for JSON.
  @inlinable public var milliseconds: Double { Double(rawValue) / 1e6 }

  @inlinable public static func < (left: Nanoseconds, right: Nanoseconds) -> Bool {
    left.rawValue < right.rawValue
  }

  /// The sum; stays at the largest value instead of wrapping.
  @inlinable public static func + (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
    let (sum, overflow) = left.rawValue.addingReportingOverflow(right.rawValue)
    return Nanoseconds(overflow ? .max : sum)
  }

  /// The difference; zero where `right` is longer.
  @inlinable public static func - (left: Nanoseconds, right: Nanoseconds) -> Nanoseconds {
    Nanoseconds(left.rawValue > right.rawValue ? left.rawValue - right.rawValue : 0)
  }
}
