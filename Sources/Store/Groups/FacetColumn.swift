/// One key of a ``FacetMatrix``: its values, and where their bits stand.
final class FacetColumn {
  let field: Filter.Field
  /// Its place among the columns.
  let number: Int
  /// Reads the records of traces, where those say what the values are.
  var records: KeyRecords?
  /// Reads values of rows that are not packed.
  var rows = SegmentCodes()
  var values = GroupValues()
  /// Where the bit of each code stands, a band times 64 and a bit; the first is that of all traces with
  /// any value, the second of nothing.
  var bits: [Int] = []
  /// The bits of each band that are this key's.
  var masks: [Int: UInt64] = [:]
  /// The values of each trace, where they are more than have bits.
  var codes: TraceCodes?
  /// It has too many values to be a facet.
  var isGivenUp = false
  /// How many of the values were numbers where they were met first.
  private var numbers = 0

  /// So many numbers that differ are amounts.
  private static let amounts = 64

  init(_ field: Filter.Field, number: Int) {
    self.field = field
    self.number = number
    if !isOfRows { records = KeyRecords(field) }
  }

  /// Whether rows say the values, and no record does.
  var isOfRows: Bool {
    switch field {
    case .attribute, .intrinsic(.service): true
    default: false
    }
  }

  var bytes: Int { (codes?.bytes ?? 0) + values.bytes }

  /// Whether the key tells nothing apart: its values are amounts, or more than are told apart.
  var isHopeless: Bool { isOfRows && numbers >= FacetColumn.amounts || values.isFull }

  /// The bits of a code that stand in a band: its own, and that of any value.
  func word(of code: UInt32, in band: Int) -> UInt64 {
    guard code != GroupValues.none, Int(code) < bits.count else { return 0 }
    var word: UInt64 = 0
    for bit in [bits[0], bits[Int(code)]] where bit >> 6 == band { word |= 1 << UInt64(bit & 63) }
    return word
  }

  /// The code of a value.
  func code(of value: ValueReference, in segment: Segment) -> UInt32 {
    let known = values.count
    let code = values.code(of: value, in: segment)
    if values.count > known {
      switch value.kind {
      case .smallInteger, .wideInteger, .double: numbers += 1
      default: break
      }
    }
    return code
  }
}
