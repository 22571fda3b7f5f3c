/// What there is in a column, so that a question which it cannot answer skips it.
struct ColumnSummary: Sendable {
  /// The kinds of value that occur, a bit each by ``ValueReference/Kind``.
  var kinds: UInt8 = 0
  /// The lowest and the highest string id; the lowest is the larger one where there is no string.
  var lowestString = UInt32.max
  var highestString: UInt32 = 0

  var hasOthersThanStrings: Bool { kinds & ~1 != 0 }

  /// Whether there are doubles and wide integers alone, which stand in the segment's words.
  var hasWordsAlone: Bool {
    let words: [ValueReference.Kind] = [.wideInteger, .double]
    return kinds & ~words.reduce(0) { $0 | 1 << UInt8(truncatingIfNeeded: $1.rawValue) } == 0
  }

  func mayHold(string id: UInt32) -> Bool { id >= lowestString && id <= highestString }

  /// The lowest and the highest of the integers that stand in their references.
  var lowestInteger = Int64.max
  var highestInteger = Int64.min

  init() {}

  init(_ column: AttributeColumn) {
    var last: UInt32?
    column.forEachEntry(0..<SegmentRows.maximum) { _, value in
      guard value != last else { return }
      last = value
      add(ValueReference(rawValue: value))
    }
  }

  @inline(__always)
  mutating func add(_ reference: ValueReference) {
    kinds |= 1 << UInt8(truncatingIfNeeded: reference.kind.rawValue)
    if reference.kind == .string {
      lowestString = min(lowestString, reference.payload)
      highestString = max(highestString, reference.payload)
    } else if reference.kind == .smallInteger {
      lowestInteger = min(lowestInteger, reference.smallInteger)
      highestInteger = max(highestInteger, reference.smallInteger)
    }
  }

  private var hasSmallIntegersAlone: Bool {
    kinds == 1 << UInt8(truncatingIfNeeded: ValueReference.Kind.smallInteger.rawValue)
  }

  /// Whether there are small integers alone and none of them satisfies an ordering.
  func rulesOut(_ test: Filter.Test) -> Bool {
    guard hasSmallIntegersAlone, test.isOrdering else { return false }
    // An ordering that holds for one number between them holds for the lowest or the highest.
    return !test.matches(integer: lowestInteger) && !test.matches(integer: highestInteger)
  }

  /// The references that satisfy an ordering, where there are small integers alone, none negative, and
  /// some satisfy it: their bits are in the numbers' order.
  func range(of test: Filter.Test) -> ClosedRange<UInt32>? {
    guard hasSmallIntegersAlone, test.isOrdering, lowestInteger >= 0 else { return nil }
    let (first, last) = (
      test.matches(integer: lowestInteger), test.matches(integer: highestInteger)
    )
    guard first || last else { return nil }
    var (low, high) = (lowestInteger, highestInteger)
    if first != last {
      // Where the answer turns.
      while high - low > 1 {
        let middle = (low + high) / 2
        if test.matches(integer: middle) == first { low = middle } else { high = middle }
      }
      (low, high) = first ? (lowestInteger, low) : (high, highestInteger)
    }
    func bits(_ integer: Int64) -> UInt32 {
      ValueReference(.smallInteger, UInt32(truncatingIfNeeded: integer)).rawValue
    }
    return bits(low)...bits(high)
  }
}

extension Filter.Test {
  /// Whether it says that a value is above or below another.
  fileprivate var isOrdering: Bool {
    if case .comparison(let comparison, _) = self { comparison.isOrdering } else { false }
  }
}

extension SegmentView {
  /// Whether all rows that the segment will ever have are in the view, and nothing is added to it.
  func isWhole(in snapshot: Snapshot) -> Bool { segment !== snapshot.open.segment }
}

extension StringTable {
  /// Calls `body` with each string below a count that was published, and its id.
  @inline(__always)
  func forEachString(below limit: Int, _ body: (UInt32, WireBytes) -> Void) {
    for number in 0..<limit {
      let id = UInt32(truncatingIfNeeded: number)
      body(id, self[id])
    }
  }
}
