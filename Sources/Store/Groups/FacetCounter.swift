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

  /// Notes a value of a unit, by the figures of all units; ``finish(_:)`` counts.
  @inline(__always)
  mutating func add(_ code: UInt32, unit: Int, _ figures: [TraceFigure]) {
    if code < Self.firstOther {
      masks[unit] |= 1 << UInt64(code)
    } else if addOther(code, unit) {
      count(Int(code), figures[unit])
    }
  }

  private mutating func count(_ code: Int, _ figure: TraceFigure) {
    makeRoom(code + 1)
    traces[code] += Double(figure.weight)
    if figure.has(TraceFigure.hasFailed) { errors[code] += Double(figure.weight) }
  }

  private mutating func makeRoom(_ count: Int) {
    guard traces.count < count else { return }
    traces += repeatElement(0, count: count - traces.count)
    errors += repeatElement(0, count: count - errors.count)
  }

  /// Counts each unit once for each of the values that were noted; once, when all were.
  mutating func finish(_ figures: [TraceFigure]) {
    let all = masks.reduce(0) { $0 | $1 }
    makeRoom(UInt64.bitWidth - all.leadingZeroBitCount)
    for (unit, mask) in masks.enumerated() where mask != 0 {
      let weight = Double(figures[unit].weight)
      let failed = figures[unit].has(TraceFigure.hasFailed) ? weight : 0
      having.traces += weight
      having.errors += failed
      // Bit 0 stands for no code.
      var left = mask & ~1
      while left != 0 {
        let code = left.trailingZeroBitCount
        traces[code] += weight
        errors[code] += failed
        left &= left - 1
      }
    }
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
