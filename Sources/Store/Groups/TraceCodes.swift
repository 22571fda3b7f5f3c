/// The codes of the values that each trace has for one key: most often none or one.
struct TraceCodes {
  /// Stands for several: they are in ``several``.
  private static let many = UInt32.max

  private var base: UInt64 = 0
  private var single: [UInt32] = []
  /// Ascending.
  private var several: [UInt64: [UInt32]] = [:]

  var bytes: Int {
    single.capacity * 4 + several.capacity * 24 + several.values.reduce(0) { $0 + $1.count * 4 }
  }

  mutating func cover(_ numbers: Range<UInt64>) {
    if single.isEmpty { base = numbers.lowerBound }
    let missing = Int(numbers.upperBound - base) - single.count
    if missing > 0 { single.append(contentsOf: repeatElement(0, count: missing)) }
  }

  /// Gives back the memory of traces that cannot come any more.
  mutating func forget(below number: UInt64) {
    guard number > base, number - base > 4_096 else { return }
    single.removeFirst(min(Int(number - base), single.count))
    base = number
    several = several.filter { $0.key >= number }
  }

  /// Adds a value of a trace that is covered.
  @inline(__always)
  mutating func insert(_ code: UInt32, of number: UInt64) {
    guard number >= base else { return }
    let index = Int(number - base)
    let known = single[index]
    if known == code { return }
    if known == GroupValues.none { single[index] = code } else { insertFurther(code, of: number) }
  }

  private mutating func insertFurther(_ code: UInt32, of number: UInt64) {
    let index = Int(number - base)
    if single[index] != Self.many {
      several[number] = [min(single[index], code), max(single[index], code)]
      single[index] = Self.many
      return
    }
    let list = several[number] ?? []
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      if list[middle] < code { low = middle + 1 } else { high = middle }
    }
    if low < list.count, list[low] == code { return }
    several[number, default: []].insert(code, at: low)
  }

  mutating func clear(_ number: UInt64) {
    guard number >= base else { return }
    if single[Int(number - base)] == Self.many { several[number] = nil }
    single[Int(number - base)] = GroupValues.none
  }

  /// Calls `body` with each value of a trace, or once with ``GroupValues/none``.
  @inline(__always)
  func forEach(of number: UInt64, _ body: (UInt32) -> Void) {
    let code = number >= base ? single[Int(number - base)] : GroupValues.none
    if code != Self.many { return body(code) }
    for code in several[number] ?? [] { body(code) }
  }
}
