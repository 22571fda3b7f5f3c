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

  /// Begins anew, for as many units.
  mutating func removeAll() {
    for unit in masks.indices { masks[unit] = 0 }
    for unit in others.indices { others[unit] = 0 }
    pairs.removeAll()
    traces.removeAll(keepingCapacity: true)
    errors.removeAll(keepingCapacity: true)
    having = (0, 0)
    isGivenUp = false
  }

  /// Keeps the counts alone.
  mutating func forgetUnits() {
    masks = []
    others = []
    pairs = []
  }

  /// Adds a value of a unit, by the figures of all units.
  @inline(__always)
  mutating func add(_ code: UInt32, unit: Int, _ figures: [TraceFigure]) {
    let mask = masks[unit]
    if code < Self.firstOther {
      // Most spans say what another of their trace said.
      let bit: UInt64 = 1 << UInt64(code)
      guard mask & bit == 0 else { return }
      masks[unit] = mask | bit
    } else if !addOther(code, unit) {
      return
    }
    count(Int(code), figures[unit], isFirst: mask == 0)
  }

  private mutating func count(_ code: Int, _ figure: TraceFigure, isFirst: Bool) {
    let weight = Double(figure.weight)
    let hasFailed = figure.has(TraceFigure.hasFailed)
    if isFirst {
      having.traces += weight
      if hasFailed { having.errors += weight }
    }
    count(code, weight, hasFailed)
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
