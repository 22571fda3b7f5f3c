import Store

/// What was read of the files, and what was left out of them, over the whole screen.
struct FilesView {
  let reading: FileReading
  let top: Int
  let glyphs: Glyphs

  /// The rows that scroll.
  static func textArea(of size: Size) -> Rect {
    Rect(row: 2, column: 0, rows: max(1, size.rows - 4), columns: size.columns)
  }

  /// One line for each file and each problem of it.
  static func lines(_ reading: FileReading, _ glyphs: Glyphs) -> [StyledLine] {
    var lines: [StyledLine] = []
    for file in reading.files {
      let isClean = file.problemCount == 0
      var figures = [
        file.format, "\(Format.grouped(file.spans)) span\(file.spans == 1 ? "" : "s")",
      ]
      if let bytes = file.bytes { figures.append(Format.bytes(Int(clamping: bytes))) }
      if !file.isDone { figures.append("being read") }
      lines.append([
        (isClean ? glyphs.check : glyphs.warning, isClean ? Style(.ok) : Style(.warning)),
        (" \(file.name)  ", .title),
        (figures.filter { !$0.isEmpty }.joined(separator: "  "), .dim),
      ])
      for problem in file.problems { lines.append([("    \(problem)", .text)]) }
      let more =
        file.problemCount - UInt64(min(file.problems.count, Int(clamping: file.problemCount)))
      if more > 0 { lines.append([("    and \(Format.grouped(more)) more", .dim)]) }
    }
    return lines
  }

  func draw(into frame: inout Frame) {
    let size = frame.size
    let lines = Self.lines(reading, glyphs)
    frame.put("Files", row: 0, column: 1, style: .title.bold)
    let count = reading.problemCount
    let sentence =
      count == 0
      ? "everything in them was read"
      : "\(Format.grouped(count)) left out or cut, each with its place"
    frame.put(reading.isDone ? sentence : "still reading", row: 0, column: 9, style: .dim)
    frame.rule(row: 1, columns: 0..<size.columns, glyphs)
    let area = Self.textArea(of: size)
    for offset in 0..<area.rows where top + offset < lines.count {
      frame.put(
        fit(lines[top + offset], to: area.columns - 2), row: area.row + offset, column: 1,
        width: area.columns - 2)
    }
    let hidden = lines.count - top - area.rows
    guard hidden > 0 else { return }
    frame.put(
      "\(hidden) more \(glyphs.down)", row: area.endRow, endColumn: area.columns - 1, style: .dim)
  }

  /// A line that is too long, with the middle of the file's name left out.
  private func fit(_ line: StyledLine, to width: Int) -> StyledLine {
    let others = line.indices.filter { $0 != 1 }
      .reduce(0) { $0 + TextWidth.columns(of: line[$1].text) }
    guard line.count == 3, others + 12 <= width else { return line }
    var line = line
    line[1].text = TextWidth.cutMiddle(line[1].text, to: width - others, mark: glyphs.ellipsis)
    return line
  }
}
