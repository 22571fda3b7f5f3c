/// One character cell: a character, up to two marks over it, its width and its style; 16 bytes, no heap.
///
/// A wide character takes two cells: the first holds it, the second is its ``continuation``.
struct Cell: Equatable, Sendable {
  /// The scalar that takes the space; 0 for the right half of a wide character.
  var base: UInt32
  /// Combining marks, 0 where there is none. More than two are dropped: real text needs no more.
  var firstMark: UInt32
  var secondMark: UInt32
  /// Columns taken: 1 or 2, or 0 for the right half of a wide character.
  var width: UInt8
  var style: Style

  init(base: UInt32, width: UInt8, style: Style) {
    self.base = base
    firstMark = 0
    secondMark = 0
    self.width = width
    self.style = style
  }

  static func blank(_ style: Style) -> Cell { Cell(base: 0x20, width: 1, style: style) }
  static func continuation(_ style: Style) -> Cell { Cell(base: 0, width: 0, style: style) }

  var isContinuation: Bool { width == 0 }
  var isBlank: Bool { base == 0x20 && firstMark == 0 }

  mutating func add(mark: UInt32) {
    if firstMark == 0 {
      firstMark = mark
    } else if secondMark == 0 {
      secondMark = mark
    }
  }

  func append(to text: inout String.UnicodeScalarView) {
    for code in [base, firstMark, secondMark] where code != 0 {
      if let scalar = Unicode.Scalar(code) { text.append(scalar) }
    }
  }
}
