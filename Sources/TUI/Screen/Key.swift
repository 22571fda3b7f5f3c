/// One thing a person did at the terminal.
public enum Key: Equatable, Hashable, Sendable {
  case character(Unicode.Scalar)
  /// A letter with Ctrl, in lower case; also one of `@ [ \ ] ^ _`.
  case control(Character)
  /// A character with Alt (Meta, or Escape just before it).
  case alt(Character)
  case up, down, left, right, home, end, pageUp, pageDown, insert, delete
  case enter, escape, tab, backTab, backspace
  /// A function key, from 1.
  case function(Int)
  case mouse(MouseEvent)
  /// Text pasted in one go (bracketed paste).
  case paste(String)
  /// The terminal has a new size.
  case resize(Size)

  var isResize: Bool { if case .resize = self { true } else { false } }
}

/// What the mouse did, and over which cell.
public struct MouseEvent: Equatable, Hashable, Sendable {
  public enum Kind: Equatable, Hashable, Sendable {
    case press, release, wheelUp, wheelDown, doubleClick
  }

  public var kind: Kind
  public var row: Int
  public var column: Int

  public init(kind: Kind, row: Int, column: Int) {
    self.kind = kind
    self.row = row
    self.column = column
  }
}
