import Store

/// How far the reading of files is, in one row.
struct ReadingLine {
  let reading: FileReading
  let glyphs: Glyphs

  func draw(row: Int, into frame: inout Frame) {
    guard let file = reading.current else { return }
    let columns = frame.size.columns
    var right = "\(Format.count(reading.spans)) spans"
    if reading.problemCount > 0 { right += "  \(Format.count(reading.problemCount)) left out" }
    if let share = reading.share {
      right = "\(Format.percent(share))  \(right)"
    } else {
      right = "\(Format.bytes(Int(clamping: file.bytesRead)))  \(right)"
    }
    let rightColumns = TextWidth.columns(of: right)
    frame.put(right, row: row, endColumn: columns - 1, style: .dim)
    let nameRoom = max(8, columns / 3)
    var at = 1 + frame.put("reading ", row: row, column: 1, style: .dim)
    at += frame.put(TextWidth.cut(file.name, to: nameRoom), row: row, column: at, style: .value)
    let width = columns - at - rightColumns - 5
    guard width >= 8, let share = reading.share else { return }
    let bar = ProgressBar.text(
      share, columns: min(width, 60), isASCII: glyphs.isASCII, rest: glyphs.isASCII ? "." : "░")
    frame.put(bar, row: row, column: at + 2, style: .model)
  }
}
