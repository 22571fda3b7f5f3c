import Glibc

/// SplitMix64: the same numbers from the same seed, on every machine.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// From 0 to below 1.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func chance(_ probability: Double) -> Bool { fraction() < probability }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func within(_ range: Range<Int>) -> Int { range.lowerBound + below(range.count) }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// Normally distributed.
  mutating func gauss(_ mean: Double, _ deviation: Double) -> Double {
    let radius = (-2 * log(1 - fraction())).squareRoot()
    return mean + deviation * radius * cos(2 * .pi * fraction())
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 24) }
  }

  mutating func hex(_ digits: Int) -> String {
    let alphabet = Array("0123456789abcdef".utf8)
    return String(decoding: (0..<digits).map { _ in alphabet[below(16)] }, as: UTF8.self)
  }

  mutating func words(_ count: Int) -> String {
    (0..<count).map { _ in pick(Cast.words) }.joined(separator: " ")
  }
}

/// Ranks drawn so that the first is the most frequent: the weight of rank k is 1 / k^exponent.
struct Zipf {
  private var cumulative: [Double] = []

  init(_ count: Int, exponent: Double) {
    var total = 0.0
    for rank in 1...count {
      total += 1 / pow(Double(rank), exponent)
      cumulative.append(total)
    }
  }

  func draw(_ random: inout SeededRandom) -> Int {
    let target = random.fraction() * cumulative[cumulative.count - 1]
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] <= target { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
