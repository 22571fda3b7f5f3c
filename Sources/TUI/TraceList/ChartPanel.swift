import Store

/// On a large screen, the rate and the latencies as charts four rows high.
struct ChartPanel {
  let context: ViewContext
  let traffic: Traffic
  let unit: CountUnit
  /// What stands where the rates end: now, or the end of a file.
  let end: String
  /// Where it is drawn: three rows of bars and one of labels.
  let area: Rect

  /// The screens that have room for it.
  static func fits(_ size: Size) -> Bool { size.rows >= 45 && size.columns >= 130 }
  static let rows = 4

  private var glyphs: Glyphs { context.glyphs }
  private var barRows: Int { area.rows - 1 }

  func draw(into frame: inout Frame) {
    let end = drawRate(column: 1, into: &frame)
    drawLatency(column: end + 6, into: &frame)
  }

  // MARK: - Rate

  private func drawRate(column: Int, into frame: inout Frame) -> Int {
    let history = traffic.rateHistory
    let largest = history.max() ?? 0
    let label = "\(Format.rate(largest)) \(unit.short)/s"
    frame.put(label, row: area.row, endColumn: column + 10, style: .dim)
    frame.put("0", row: area.row + barRows - 1, endColumn: column + 10, style: .dim)
    let start = column + 11
    for (index, value) in history.enumerated() {
      let share = largest > 0 ? value / largest : 0
      drawBar(share, column: start + index, width: 1, style: .bar(for: .inbound), into: &frame)
    }
    let axis = area.row + barRows
    frame.put("-2m", row: axis, column: start, style: .dim)
    frame.put("-1m", row: axis, column: start + history.count / 2 - 1, style: .dim)
    frame.put(end, row: axis, endColumn: start + history.count, style: .dim)
    return start + history.count
  }

  // MARK: - Latency

  /// Columns of one bucket.
  private static let bucketWidth = 2

  private func drawLatency(column: Int, into frame: inout Frame) {
    let counts = traffic.latencyHistogram
    let largest = counts.max() ?? 0
    for (index, count) in counts.enumerated() where count > 0 {
      drawBar(
        Double(count) / Double(max(1, largest)), column: column + index * Self.bucketWidth,
        width: Self.bucketWidth, style: .model, into: &frame)
    }
    let axis = area.row + barRows
    for index in stride(from: 0, to: counts.count, by: 4) {
      frame.put(
        label(ofBucket: index), row: axis, column: column + index * Self.bucketWidth, style: .dim)
    }
  }

  /// The end of a bucket, in the unit nearest to it: buckets are powers of two of a millisecond.
  private func label(ofBucket index: Int) -> String {
    let milliseconds = 1 << index
    if milliseconds < 1_000 { return "\(milliseconds)ms" }
    let seconds = milliseconds / 1_000
    if seconds < 60 { return "\(seconds)s" }
    return seconds < 3_600 ? "\(seconds / 60)m" : "\(seconds / 3_600)h"
  }

  // MARK: - Bars

  /// A bar from the foot of the chart, to an eighth of a row.
  private func drawBar(
    _ share: Double, column: Int, width: Int, style: Style, into frame: inout Frame
  ) {
    var eighths = Int((min(max(0, share), 1) * Double(barRows * 8)).rounded(.up))
    for row in (0..<barRows).reversed() where eighths > 0 {
      let level = min(8, eighths)
      let text = String(repeating: glyphs.levels[level - 1], count: width)
      frame.put(text, row: area.row + row, column: column, style: style)
      eighths -= level
    }
  }
}
