import Store

/// A bar on the time scale, to an eighth of a cell at its end and half a cell at its start.
struct SpanBar: Equatable {
  /// The cell it begins in, and what is drawn from there.
  var start: Int
  var text: String
  /// Whether it goes on outside the window.
  var isCutLeft: Bool
  var isCutRight: Bool

  /// The bar from one moment to another, both since the start of the trace; nil where none of it is
  /// in the window.
  init?(
    from: Nanoseconds, to: Nanoseconds, in window: TimeWindow, cells: Int, _ glyphs: Glyphs
  ) {
    let full = cells * 8
    let begin = window.eighths(of: from, cells: cells)
    let end = window.eighths(of: max(from, to), cells: cells)
    guard cells > 0, end >= 0, begin <= full else { return nil }
    isCutLeft = begin < 0
    isCutRight = end > full
    // A moment at the very end of the window still gets a cell.
    let left = min(max(0, begin), full - 1)
    let right = min(max(left + 1, end), full)
    (start, text) = Self.cells(from: left, to: right, glyphs)
  }

  private static func cells(from left: Int, to right: Int, _ glyphs: Glyphs) -> (Int, String) {
    var start = left / 8
    let inset = left % 8
    if right <= (start + 1) * 8 {
      // All in one cell: a sliver at the side where it is.
      if inset >= 4 { return (start, glyphs.rightHalf) }
      let width = max(1, right - left)
      return (start, glyphs.isASCII ? glyphs.eighths[8] : glyphs.eighths[width])
    }
    var text = ""
    switch inset {
    case 0...2: break
    case 3...5:
      text = glyphs.rightHalf
      start += 1
    default: start += 1
    }
    let first = text.isEmpty ? start : start - 1
    text += String(repeating: glyphs.eighths[8], count: max(0, right / 8 - start))
    let tail = right % 8
    if tail > 0, right / 8 >= start {
      text += glyphs.isASCII && tail < 4 ? "" : glyphs.eighths[tail]
    }
    return (first, text.isEmpty ? glyphs.eighths[glyphs.isASCII ? 8 : 1] : text)
  }
}
