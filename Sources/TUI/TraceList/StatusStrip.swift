import Store

/// The two lines at the top of the trace list: what goes by, how fast, how well, and what was lost.
struct StatusStrip {
  let context: ViewContext
  let list: TraceListState
  let source: SourceStatus
  let lastArrival: UnixNanos

  private var glyphs: Glyphs { context.glyphs }
  private var traffic: Traffic { list.traffic }

  /// Both lines; `charts` is the row of the second, where there is one.
  func draw(row: Int, charts: Int?, reusing parts: inout DrawnParts, into frame: inout Frame) {
    let source = DrawnParts.StatusSource(
      traffic: traffic, statistics: context.snapshot.statistics, source: source,
      unit: list.unit, isOnHold: list.isOnHold, isEmpty: list.tracesHeld == 0,
      clock: clockText.text, isASCII: glyphs.isASCII)
    let rows = (charts ?? row) - row + 1
    let area = Rect(row: row, column: 0, rows: rows, columns: frame.size.columns)
    parts.status.draw(source, in: area, of: &frame) { frame in
      drawFigures(row: row, withLosses: charts == nil, into: &frame)
      if let charts { drawCharts(row: charts, into: &frame) }
    }
  }

  // MARK: - First line

  /// `withLosses` says memory and losses here, where no second line does.
  private func drawFigures(row: Int, withLosses: Bool, into frame: inout Frame) {
    let columns = frame.size.columns
    let isWide = columns >= 110
    let clock = clockText
    let end = columns - TextWidth.columns(of: clock.text) - 2
    let at = 1 + drawState(row: row, into: &frame)
    let gap = isWide ? 3 : 2
    StatusFigures(figures + (withLosses ? losses(isWide: isWide) : []), gap: gap)
      .draw(row: row, column: at + gap, width: end - at - gap, into: &frame)
    frame.put(clock.text, row: row, endColumn: columns - 1, style: clock.style)
  }

  private var mark: LiveMark {
    LiveMark(context: context, isOnHold: list.isOnHold, connection: source.connection)
  }

  private func drawState(row: Int, into frame: inout Frame) -> Int {
    frame.put(mark.state.text, row: row, column: 1, style: mark.state.style)
  }

  private typealias Figure = StatusFigures.Figure

  private var figures: [Figure] {
    let about = traffic.isScaled ? glyphs.about : ""
    // Figures count what rows are: whole requests where traces are joined.
    let rate = "\(about)\(Format.rate(traffic.tracesPerSecond)) \(list.unit.short)/s"
    var figures = [
      Figure(rate, .text, .rate),
      Figure("\(about)\(Format.rate(traffic.spansPerSecond)) sp/s", .text, .spans),
    ]
    // Beside the rates: it says what they are a share of.
    let marks = source.rules.marks
    figures += marks.filter(\.isShare).map { Figure($0.text, .warning, .share) }
    // Beside the figures that it is about: where there is little room it is not what is left out.
    if let share = context.snapshot.statistics.sampledShare {
      let text = "sampled \(RetentionPolicy.text(ofShare: share)): counts scaled"
      figures.append(Figure(text, .text, .share))
    }
    figures += marks.filter { !$0.isShare }.map { Figure($0.text, .dim, .rules) }
    figures += windowFigures
    if let journal = source.collector.journalMark {
      figures.append(Figure(journal.text, Style(journal.role), .source))
    }
    if case .attached(let address) = source.connection {
      figures.append(Figure("from \(address)", .dim, .source))
    } else if case .file(let name) = source.connection {
      figures.append(Figure(name, .dim, .source))
    }
    return figures
  }

  /// What the last five minutes say, which the counts of rows do not go by.
  private var windowFigures: [Figure] {
    guard traffic.windowTraces > 0 else { return [] }
    let share = Double(traffic.errorTraces) / Double(traffic.windowTraces)
    var figures = [
      Figure(
        "err \(Format.percent(share))", traffic.errorTraces > 0 ? .error : .text, .errors,
        label: "\(RouteWindow.fiveMinutes.name) ")
    ]
    for (name, value) in [("p50", traffic.p50), ("p95", traffic.p95), ("p99", traffic.p99)] {
      if let value {
        let text = "\(name) \(context.duration(value))"
        figures.append(Figure(text, .text, name == "p95" ? .latency : .more, isJoined: true))
      }
    }
    return figures
  }

  private var clockText: (text: String, style: Style) {
    mark.clock(isFlowing: traffic.spansPerSecond > 0, lastArrival: lastArrival)
  }

  // MARK: - Second line

  private func drawCharts(row: Int, into frame: inout Frame) {
    let columns = frame.size.columns
    let isWide = columns >= 110
    let gap = isWide ? 4 : 2
    let rateCells = columns >= 150 ? 60 : isWide ? 30 : 15
    let losses = StatusFigures(self.losses(isWide: isWide), gap: gap)
    var at = 1
    // Before anything came there is nothing to draw a picture of.
    guard list.tracesHeld > 0 else {
      return losses.draw(row: row, column: at, width: columns - at - 1, into: &frame)
    }
    at += frame.put("rate ", row: row, column: at, style: .dim)
    at += frame.put(rateLine(rateCells), row: row, column: at, style: .bar(for: .inbound))
    at += frame.put(" 2m", row: row, column: at, style: .dim) + gap
    // What was lost is told before how long things took.
    let histogram = latencyLine(isWide ? 20 : 14)
    let histogramColumns =
      9 + TextWidth.columns(of: histogram.line) + TextWidth.columns(of: histogram.end) + gap
    if at + histogramColumns + losses.columns < columns {
      at += frame.put("lat 1ms ", row: row, column: at, style: .dim)
      at += frame.put(histogram.line, row: row, column: at, style: .model)
      at += frame.put(" \(histogram.end)", row: row, column: at, style: .dim) + gap
    }
    losses.draw(row: row, column: at, width: columns - at - 1, into: &frame)
  }

  /// The last two minutes in this many cells; neighbours share one where there are more buckets.
  private func rateLine(_ cells: Int) -> String {
    var history = traffic.rateHistory
    if history.isEmpty { history = Array(repeating: 0, count: cells) }
    let step = max(1, history.count / cells)
    let grouped = stride(from: 0, to: history.count, by: step).map { start in
      history[start..<min(history.count, start + step)].reduce(0, +)
    }
    return glyphs.sparkline(grouped)
  }

  /// Durations by powers of two from 1 ms; the last cell has all that is longer.
  private func latencyLine(_ cells: Int) -> (line: String, end: String) {
    var counts = traffic.latencyHistogram
    if counts.isEmpty { counts = Array(repeating: 0, count: cells) }
    if counts.count > cells {
      counts[cells - 1] = counts[(cells - 1)...].reduce(0, +)
      counts.removeLast(counts.count - cells)
    }
    // The last cell begins at this power of two; said in whole seconds or minutes, as 4s for 4.096
    // s.
    let seconds = (1 << max(0, counts.count - 2)) / 1_000
    let marks = counts.map { $0 == 0 ? " " : nil }
    let line = glyphs.sparkline(counts.map(Double.init))
    let shown = zip(line, marks).map { $1 ?? String($0) }.joined()
    return (shown, seconds < 120 ? "\(seconds)s+" : "\(seconds / 60)m+")
  }

  /// Memory, and everything that was lost; what is zero is not there.
  private func losses(isWide: Bool) -> [Figure] {
    let statistics = context.snapshot.statistics
    var figures: [Figure] = []
    if statistics.memoryBudgetBytes > 0 {
      let share = Double(statistics.memoryBytes) / Double(statistics.memoryBudgetBytes)
      let budget = isWide ? " of \(Format.bytes(statistics.memoryBudgetBytes))" : ""
      figures.append(Figure("mem \(Format.percent(share))\(budget)", .dim, .memory))
    }
    return figures
      + Loss.all(statistics, source).map { loss in
        Figure("\(loss.name) \(Format.count(loss.count))", Style(loss.role), .loss)
      }
  }
}
