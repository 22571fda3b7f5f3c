/// One character cell: a character, up to two marks over it, its width and its style; 16 bytes, no heap.
///
/// A wide character takes two cells: the first holds it, the second is its ``continuation``. The parts are packed
/// in two words without a gap: a frame has ten thousand cells that are blanked, copied and compared.
struct Cell: Equatable, Sendable, BitwiseCopyable {
  /// The base and two marks, 21 bits each.
  private var text: UInt64
  /// The width, the style's role and its emphasis, 8 bits each.
  private var look: UInt64

  private static let scalarBits: UInt64 = 21
  private static let scalarMask: UInt64 = 1 << scalarBits - 1

  init(base: UInt32, width: UInt8, style: Style) {
    text = UInt64(base) & Self.scalarMask
    look = UInt64(width) | Self.bits(style)
  }

  private static func bits(_ style: Style) -> UInt64 {
    UInt64(style.role.rawValue) << 8 | UInt64(style.emphasis.rawValue) << 16
  }

  static func blank(_ style: Style) -> Cell { Cell(base: 0x20, width: 1, style: style) }
  static func continuation(_ style: Style) -> Cell { Cell(base: 0, width: 0, style: style) }

  /// The scalar that takes the space; 0 for the right half of a wide character.
  var base: UInt32 { UInt32(truncatingIfNeeded: text & Self.scalarMask) }
  /// Combining marks, 0 where there is none. More than two are dropped: real text needs no more.
  var firstMark: UInt32 { UInt32(truncatingIfNeeded: text >> Self.scalarBits & Self.scalarMask) }
  var secondMark: UInt32 { UInt32(truncatingIfNeeded: text >> (2 * Self.scalarBits)) }
  /// Columns taken: 1 or 2, or 0 for the right half of a wide character.
  var width: UInt8 { UInt8(truncatingIfNeeded: look) }
  var style: Style {
    get {
      Style(
        role: StyleRole(rawValue: UInt8(truncatingIfNeeded: look >> 8)) ?? .text,
        emphasis: Style.Emphasis(rawValue: UInt8(truncatingIfNeeded: look >> 16)))
    }
    set { look = look & 0xFF | Self.bits(newValue) }
  }

  var isContinuation: Bool { width == 0 }
  var isBlank: Bool { text == 0x20 }
  var hasMark: Bool { text > Self.scalarMask }

  /// Zero where both are the same, bit by bit: many cells are compared without a branch.
  func difference(from other: Cell) -> UInt64 { (text ^ other.text) | (look ^ other.look) }

  mutating func add(mark: UInt32) {
    let mark = UInt64(mark) & Self.scalarMask
    if firstMark == 0 {
      text |= mark << Self.scalarBits
    } else if secondMark == 0 {
      text |= mark << (2 * Self.scalarBits)
    }
  }

  func append(to text: inout String.UnicodeScalarView) {
    for code in [base, firstMark, secondMark] where code != 0 {
      if let scalar = Unicode.Scalar(code) { text.append(scalar) }
    }
  }
}
