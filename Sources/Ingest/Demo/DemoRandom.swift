import Glibc
import Store

/// Chance for the demo, the same from the same seed on every machine.
///
/// SplitMix64 (Steele, Lea, Flood 2014): one word of state, good enough for traffic that only has to look alive.
struct DemoRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  // MARK: - Choosing

  /// Whether something of this likelihood (0 to 1) happens.
  mutating func chance(_ likelihood: Double) -> Bool { unit() < likelihood }

  /// One of the choices, all equally likely.
  mutating func pick<Choice>(_ first: Choice, _ others: Choice...) -> Choice {
    let index = int(in: 0...others.count)
    return index == 0 ? first : others[index - 1]
  }

  /// One of the elements, or the substitute where there are none.
  mutating func pick<Choice>(from choices: [Choice], or substitute: Choice) -> Choice {
    choices.isEmpty ? substitute : choices[int(in: 0...choices.count - 1)]
  }

  mutating func int(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  mutating func double(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * unit()
  }

  // MARK: - Distributions

  /// 0 up to and without 1.
  private mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A length of time around `median`, a few times longer now and then (log-normal, as latencies are).
  mutating func latency(milliseconds median: Double, spread: Double = 0.5) -> Nanoseconds {
    // Box and Muller's transform; `1 - unit` is never zero.
    let normal = sqrt(-2 * log(1 - unit())) * cos(2 * .pi * unit())
    return Nanoseconds(UInt64(median * exp(spread * normal) * 1_000_000))
  }

  /// The time to the next of events that come `rate` times a second on average (a Poisson process).
  mutating func gap(ratePerSecond rate: Double) -> Nanoseconds {
    Nanoseconds(UInt64(-log(1 - unit()) / rate * 1_000_000_000))
  }

  // MARK: - Names

  /// A random UUID (version 4) as text.
  mutating func uuid() -> String {
    let high = Hex.text(next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000)
    let low = Hex.text(next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    return "\(high.prefix(8))-\(high.dropFirst(8).prefix(4))-\(high.suffix(4))"
      + "-\(low.prefix(4))-\(low.suffix(12))"
  }

  /// 32 hexadecimal digits, as ContextForge names things.
  mutating func hexName() -> String { Hex.text(next()) + Hex.text(next()) }

  mutating func traceID() -> TraceID { TraceID(high: next(), low: next() | 1) }

  mutating func spanID() -> SpanID { SpanID(next() | 1) }
}
