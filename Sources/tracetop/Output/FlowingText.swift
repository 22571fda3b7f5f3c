import Store
import TUI

/// Short pieces of text laid side by side, on as many lines as the width needs.
struct FlowingText {
  /// A piece: as a reader sees it, for its width, and as it is written, colours included.
  struct Piece: Equatable {
    var plain: String
    var painted: String

    init(_ plain: String, painted: String? = nil) {
      self.plain = plain
      self.painted = painted ?? plain
    }

    var columns: Int { TextWidth.columns(of: plain) }
  }

  /// What stands between two pieces of a line.
  static let gap = "  "

  /// The lines. A piece that is longer than the width has lines of its own: as many as it needs where
  /// it `wraps`, else one that runs over.
  static func lines(_ pieces: [Piece], width: Int, wraps: Bool) -> [String] {
    var lines: [String] = []
    var column = 0
    for piece in pieces where !piece.plain.isEmpty {
      let columns = piece.columns
      if wraps, columns > width {
        lines += wrapped(piece.plain, width: width)
        column = width
        continue
      }
      if column > 0, column + gap.count + columns <= width {
        lines[lines.count - 1] += gap + piece.painted
        column += gap.count + columns
      } else {
        lines.append(piece.painted)
        column = columns
      }
    }
    return lines
  }

  /// Text broken where the width ends.
  private static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var rest = text[...]
    while !rest.isEmpty {
      // A character that is wider than the width is a line of its own.
      let part = TextWidth.cut(rest, to: width, mark: "")
      let count = max(1, part.count)
      lines.append(String(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return lines
  }
}
