/// The codes of the values that each trace has for one key: most often none or one.
struct TraceCodes {
  /// Set where a trace has several: the rest says where in ``lists`` they are.
  private static let many: UInt32 = 1 << 31

  private(set) var base: UInt64 = 0
  private(set) var single: [UInt32] = []
  /// For each trace with several codes how many, and those, ascending; one behind the other.
  private var lists: [UInt32] = []
  /// How much of that is nobody's any more.
  private var waste = 0

  var bytes: Int { (single.capacity + lists.capacity) * 4 }

  /// Whether an element of ``single`` is the code itself, or that of no value.
  @inline(__always)
  static func isOne(_ element: UInt32) -> Bool { element & many == 0 }

  mutating func cover(_ numbers: Range<UInt64>) {
    if single.isEmpty { base = numbers.lowerBound }
    let missing = Int(numbers.upperBound - base) - single.count
    if missing > 0 { single.append(contentsOf: repeatElement(0, count: missing)) }
  }

  /// Takes the code of each trace from a number on, one each at most, for all that it had.
  mutating func replaceAll(_ codes: [UInt32], from base: UInt64) {
    self = TraceCodes()
    self.base = base
    single = codes
  }

  /// Gives back the memory of traces that cannot come any more.
  mutating func forget(below number: UInt64) {
    guard number > base, number - base > 4_096 else { return }
    single.removeFirst(min(Int(number - base), single.count))
    base = number
    if !lists.isEmpty { compact() }
  }

  /// Adds a value of a trace that is covered.
  @inline(__always)
  mutating func insert(_ code: UInt32, of number: UInt64) {
    guard number >= base else { return }
    let index = Int(number - base)
    let known = single[index]
    if known == code { return }
    if known == GroupValues.none { single[index] = code } else { insertFurther(code, at: index) }
  }

  /// Adds a value of each of many traces: at each place, of which the one behind `base` is the first, a code.
  mutating func insert(_ codes: [UInt32], at places: [UInt32], before base: UInt64) {
    for (code, place) in zip(codes, places) where place > 0 {
      insert(code, of: base + UInt64(place) - 1)
    }
  }

  /// Adds a value of each of the traces from a number on: a mark, which stands for a code.
  mutating func insert(_ marks: [UInt8], _ codes: [UInt32], from first: UInt64) {
    for (index, mark) in marks.enumerated() where codes[Int(mark)] != GroupValues.none {
      insert(codes[Int(mark)], of: first + UInt64(index))
    }
  }

  private mutating func insertFurther(_ code: UInt32, at index: Int) {
    let known = single[index]
    if Self.isOne(known) {
      single[index] = Self.many | UInt32(truncatingIfNeeded: lists.count)
      lists += [2, min(known, code), max(known, code)]
      return
    }
    let place = Int(known ^ Self.many)
    let count = Int(lists[place])
    let end = place + 1 + count
    var low = (place + 1..<end).bisect { lists[$0] >= code }
    if low < end, lists[low] == code { return }
    // A longer list stands at the end.
    if end < lists.count {
      single[index] = Self.many | UInt32(truncatingIfNeeded: lists.count)
      low += lists.count - place
      lists.append(contentsOf: Array(lists[place..<end]))
      waste += count + 1
    }
    lists[Int(single[index] ^ Self.many)] += 1
    lists.insert(code, at: low)
    compactIfWorthwhile()
  }

  mutating func clear(_ number: UInt64) {
    guard number >= base else { return }
    let index = Int(number - base)
    let known = single[index]
    single[index] = GroupValues.none
    guard !Self.isOne(known) else { return }
    waste += Int(lists[Int(known ^ Self.many)]) + 1
    compactIfWorthwhile()
  }

  private mutating func compactIfWorthwhile() {
    if waste > 4_096, waste * 2 > lists.count { compact() }
  }

  private mutating func compact() {
    let before = lists
    lists = []
    for index in single.indices where !Self.isOne(single[index]) {
      let place = Int(single[index] ^ Self.many)
      single[index] = Self.many | UInt32(truncatingIfNeeded: lists.count)
      lists += before[place...place + Int(before[place])]
    }
    waste = 0
  }

  /// Calls `body` with each value of a trace, or once with ``GroupValues/none``.
  @inline(__always)
  func forEach(of number: UInt64, _ body: (UInt32) -> Void) {
    let code = number >= base ? single[Int(number - base)] : GroupValues.none
    if Self.isOne(code) { return body(code) }
    let place = Int(code ^ Self.many)
    for index in place + 1...place + Int(lists[place]) { body(lists[index]) }
  }
}
