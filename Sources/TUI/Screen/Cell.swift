/// One character cell: a character, up to two marks over it, its width and its style; 8 bytes, no heap.
///
/// A wide character takes two cells: the first holds it, the second is its ``continuation``. All is packed in one
/// word, because the ten thousand cells of a frame are blanked, copied and compared for every key.
struct Cell: Equatable, Sendable, BitwiseCopyable {
  /// From the low end: base, width, role, emphasis, first mark, second mark.
  private var bits: UInt64

  private enum Shift {
    static let width: UInt64 = 21
    static let role: UInt64 = 23
    static let emphasis: UInt64 = 29
    static let firstMark: UInt64 = 33
    static let secondMark: UInt64 = 45
  }

  private static let baseMask: UInt64 = 1 << Shift.width - 1
  private static let styleMask: UInt64 = (1 << Shift.firstMark - 1) ^ (1 << Shift.role - 1)
  private static let markMask: UInt64 = 0xFFF

  init(base: UInt32, width: UInt8, style: Style) {
    bits =
      UInt64(base) & Self.baseMask | UInt64(width & 3) << Shift.width | Self.bits(style)
  }

  private static func bits(_ style: Style) -> UInt64 {
    UInt64(style.role.rawValue) << Shift.role
      | UInt64(style.emphasis.rawValue & 15) << Shift.emphasis
  }

  static func blank(_ style: Style) -> Cell { Cell(base: 0x20, width: 1, style: style) }
  static func continuation(_ style: Style) -> Cell { Cell(base: 0, width: 0, style: style) }

  /// The scalar that takes the space; 0 for the right half of a wide character.
  var base: UInt32 { UInt32(truncatingIfNeeded: bits & Self.baseMask) }
  /// Columns taken: 1 or 2, or 0 for the right half of a wide character.
  var width: UInt8 { UInt8(truncatingIfNeeded: bits >> Shift.width & 3) }
  var style: Style {
    get {
      Style(
        role: StyleRole(rawValue: UInt8(truncatingIfNeeded: bits >> Shift.role & 63)) ?? .text,
        emphasis: Style.Emphasis(rawValue: UInt8(truncatingIfNeeded: bits >> Shift.emphasis & 15)))
    }
    set { bits = bits & ~Self.styleMask | Self.bits(newValue) }
  }

  var isContinuation: Bool { width == 0 }
  var isBlank: Bool { base == 0x20 && !hasMark }

  /// Zero where both are the same: many cells are compared without a branch.
  func difference(from other: Cell) -> UInt64 { bits ^ other.bits }

  // MARK: - Marks

  var hasMark: Bool { bits >> Shift.firstMark != 0 }
  /// Combining marks, 0 where there is none. More than two are dropped: real text needs no more.
  var firstMark: UInt32 { MarkNumber.scalar(of: bits >> Shift.firstMark & Self.markMask) }
  var secondMark: UInt32 { MarkNumber.scalar(of: bits >> Shift.secondMark & Self.markMask) }

  mutating func add(mark: UInt32) {
    let number = MarkNumber.of(mark)
    if !hasMark {
      bits |= number << Shift.firstMark
    } else if bits >> Shift.secondMark == 0 {
      bits |= number << Shift.secondMark
    }
  }

  func append(to text: inout String.UnicodeScalarView) {
    for code in [base, firstMark, secondMark] where code != 0 {
      if let scalar = Unicode.Scalar(code) { text.append(scalar) }
    }
  }
}

/// The marks of ``WidthTable`` by number: there are two thousand, so that two fit beside a character.
enum MarkNumber {
  /// From 1 up; 0 for what is no mark.
  static func of(_ mark: UInt32) -> UInt64 {
    var number: UInt32 = 1
    for pair in stride(from: 0, to: WidthTable.mark.count, by: 2) {
      let (first, last) = (WidthTable.mark[pair], WidthTable.mark[pair + 1])
      if mark >= first, mark <= last { return UInt64(number + mark - first) }
      number += last - first + 1
    }
    return 0
  }

  /// The mark of a number; 0 for none.
  static func scalar(of number: UInt64) -> UInt32 {
    guard number > 0 else { return 0 }
    var rest = UInt32(truncatingIfNeeded: number - 1)
    for pair in stride(from: 0, to: WidthTable.mark.count, by: 2) {
      let (first, last) = (WidthTable.mark[pair], WidthTable.mark[pair + 1])
      if rest <= last - first { return first + rest }
      rest -= last - first + 1
    }
    return 0
  }
}
