/// Counts how many traces have each value of one key, a trace once for each of its values.
///
/// The first 62 values are a bit each of a word a trace; what a trace has of the others is its first
/// one, and pairs for the rest. A key whose traces have very many values each is given up.
struct FacetCounter {
  /// More pairs of trace and value than these are no facet: nobody picks one of so many.
  static let maximumPairs = 100_000
  private static let firstOther: UInt32 = 64

  private var masks: [UInt64]
  private var others: [UInt32] = []
  private var pairs: Set<UInt64> = []
  /// By code, and by weight.
  private(set) var traces: [Double] = []
  private(set) var errors: [Double] = []
  /// Traces that have any value.
  private(set) var having = (traces: 0.0, errors: 0.0)
  private(set) var isGivenUp = false

  init(units: Int) { masks = [UInt64](repeating: 0, count: units) }

  @inline(__always)
  mutating func add(_ code: UInt32, unit: Int, _ figure: TraceFigure) {
    let weight = Double(figure.weight)
    let hasFailed = figure.has(TraceFigure.hasFailed)
    if masks[unit] == 0 {
      having.traces += weight
      if hasFailed { having.errors += weight }
    }
    if code < Self.firstOther {
      let bit: UInt64 = 1 << UInt64(code)
      guard masks[unit] & bit == 0 else { return }
      masks[unit] |= bit
    } else if !addOther(code, unit) {
      return
    }
    count(Int(code), weight, hasFailed)
  }

  @inline(__always)
  private mutating func count(_ code: Int, _ weight: Double, _ hasFailed: Bool) {
    while traces.count <= code {
      traces.append(0)
      errors.append(0)
    }
    traces[code] += weight
    if hasFailed { errors[code] += weight }
  }

  /// Whether the value is new to the trace.
  private mutating func addOther(_ code: UInt32, _ unit: Int) -> Bool {
    if others.isEmpty { others = [UInt32](repeating: 0, count: masks.count) }
    // Bit 0 stands for no code.
    masks[unit] |= 1
    if others[unit] == code { return false }
    if others[unit] == 0 {
      others[unit] = code
      return true
    }
    guard pairs.insert(UInt64(unit) << 32 | UInt64(code)).inserted else { return false }
    if pairs.count > Self.maximumPairs { isGivenUp = true }
    return true
  }
}
