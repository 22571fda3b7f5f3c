/// A pattern over a whole text: `*` stands for any run of characters, `?` for one code point.
public struct Glob: Equatable, Sendable {
  /// A piece of the pattern.
  public enum Piece: Equatable, Sendable {
    /// These bytes of UTF-8.
    case literal([UInt8])
    case any
    case one
  }

  /// The pieces in order; never two literals or two `any` in a row.
  public let pieces: [Piece]

  /// Joins neighbouring literals and runs of `*`.
  public init(_ pieces: [Piece]) {
    var joined: [Piece] = []
    for piece in pieces {
      switch (joined.last, piece) {
      case (.any, .any), (_, .literal([])): continue
      case (.literal(let left), .literal(let right)):
        joined[joined.count - 1] = .literal(left + right)
      default: joined.append(piece)
      }
    }
    self.pieces = joined
  }

  /// The pattern as text, where `\` takes the specialness from `*`, `?` and itself.
  public var source: String { text { $0 == "*" || $0 == "?" || $0 == "\\" } }

  /// The pattern as text, with a backslash before each scalar that is not to be taken as an operator.
  func text(escaping isSpecial: (Unicode.Scalar) -> Bool) -> String {
    pieces.reduce(into: "") { text, piece in
      switch piece {
      case .any: text += "*"
      case .one: text += "?"
      case .literal(let bytes):
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
          if isSpecial(scalar) { text += "\\" }
          text.unicodeScalars.append(scalar)
        }
      }
    }
  }

  /// The text that every match begins with: what an index over sorted values can seek.
  public var literalPrefix: [UInt8] {
    if case .literal(let bytes)? = pieces.first { bytes } else { [] }
  }

  public func matches(_ text: String) -> Bool { matches(text.utf8.span) }

  /// Whether the whole text, valid UTF-8, fits. Time is at most the product of both lengths.
  public func matches(_ text: Span<UInt8>) -> Bool {
    var piece = 0
    var position = 0
    // Where to go on when what follows the last `*` does not fit: one byte later each time.
    var afterAny: Int?
    var retry = 0
    while true {
      if piece == pieces.count {
        if position == text.count { return true }
      } else {
        switch pieces[piece] {
        case .any:
          if piece + 1 == pieces.count { return true }
          afterAny = piece + 1
          retry = position
          piece += 1
          continue
        case .one:
          if position < text.count, !Glob.isContinuation(text[position]) {
            position += 1
            while position < text.count, Glob.isContinuation(text[position]) { position += 1 }
            piece += 1
            continue
          }
        case .literal(let bytes):
          if text.hasBytes(bytes, at: position) {
            position += bytes.count
            piece += 1
            continue
          }
        }
      }
      guard let resume = afterAny, retry < text.count else { return false }
      retry += 1
      position = retry
      piece = resume
    }
  }

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}

extension Span<UInt8> {
  /// Whether `bytes` stand at `position`.
  func hasBytes(_ bytes: [UInt8], at position: Int) -> Bool {
    guard count - position >= bytes.count else { return false }
    for offset in bytes.indices where self[position + offset] != bytes[offset] { return false }
    return true
  }
}
