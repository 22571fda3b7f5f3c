import Store

/// The two lines at the top of the trace list: what goes by, how fast, how well, and what was lost.
struct StatusStrip {
  let context: ViewContext
  let list: TraceListState
  let source: SourceStatus
  let lastArrival: UnixNanos

  private var glyphs: Glyphs { context.glyphs }
  private var traffic: Traffic { list.traffic }

  // MARK: - First line

  /// `withLosses` says memory and losses here, where no second line does.
  func drawFigures(row: Int, withLosses: Bool, into frame: inout Frame) {
    let columns = frame.size.columns
    let gap = columns >= 110 ? 3 : 2
    let clock = clockText
    let room = columns - TextWidth.columns(of: clock.text) - 2
    var at = 1 + drawState(row: row, into: &frame)
    for figure in withLosses ? figures(isWide: columns >= 110) : figures {
      let width = TextWidth.columns(of: figure.text)
      at += figure.isJoined ? 1 : gap
      guard at + width <= room else { break }
      frame.put(figure.text, row: row, column: at, style: figure.style)
      at += width
    }
    frame.put(clock.text, row: row, endColumn: columns - 1, style: clock.style)
  }

  private var mark: LiveMark {
    LiveMark(context: context, isOnHold: list.isOnHold, connection: source.connection)
  }

  private func drawState(row: Int, into frame: inout Frame) -> Int {
    frame.put(mark.state.text, row: row, column: 1, style: mark.state.style)
  }

  /// With memory and losses at the end where there is room for everything, and losses second where
  /// there is not.
  private func figures(isWide: Bool) -> [Figure] {
    let losses = losses(isWide: isWide)
    guard !isWide else { return figures + losses }
    return Array(figures.prefix(1)) + losses.dropFirst() + figures.dropFirst()
  }

  private struct Figure {
    var text: String
    var style: Style
    /// Whether it is of the same as the one before.
    var isJoined = false
  }

  private var figures: [Figure] {
    let about = traffic.isScaled ? glyphs.about : ""
    var figures = [
      // Figures count what rows are: whole requests where traces are joined.
      Figure(
        text: "\(about)\(Format.rate(traffic.tracesPerSecond)) \(list.unit.short)/s",
        style: .text),
      Figure(text: "\(about)\(Format.rate(traffic.spansPerSecond)) sp/s", style: .text),
    ]
    // Beside the rates: it says what they are a share of.
    let marks = source.rules.marks
    figures += marks.filter(\.isShare).map { Figure(text: $0.text, style: .warning) }
    // Beside the figures that it is about: where there is little room it is not what is left out.
    if let share = context.snapshot.statistics.sampledShare {
      figures.append(
        Figure(
          text: "sampled \(RetentionPolicy.text(ofShare: share)): counts scaled", style: .text))
    }
    figures += marks.filter { !$0.isShare }.map { Figure(text: $0.text, style: .dim) }
    figures += windowFigures
    if let journal = source.collector.journalMark {
      figures.append(Figure(text: journal.text, style: Style(journal.role)))
    }
    if case .attached(let address) = source.connection {
      figures.append(Figure(text: "from \(address)", style: .dim))
    } else if case .file(let name) = source.connection {
      figures.append(Figure(text: name, style: .dim))
    }
    return figures
  }

  /// What the last five minutes say, which the counts of rows do not go by.
  private var windowFigures: [Figure] {
    guard traffic.windowTraces > 0 else { return [] }
    let share = Double(traffic.errorTraces) / Double(traffic.windowTraces)
    var figures = [
      Figure(text: RouteWindow.fiveMinutes.name, style: .dim),
      Figure(
        text: "err \(Format.percent(share))", style: traffic.errorTraces > 0 ? .error : .text,
        isJoined: true),
    ]
    for (name, value) in [("p50", traffic.p50), ("p95", traffic.p95), ("p99", traffic.p99)] {
      if let value {
        let text = "\(name) \(context.duration(value))"
        figures.append(Figure(text: text, style: .text, isJoined: true))
      }
    }
    return figures
  }

  private var clockText: (text: String, style: Style) {
    mark.clock(isFlowing: traffic.spansPerSecond > 0, lastArrival: lastArrival)
  }

  // MARK: - Second line

  func drawCharts(row: Int, into frame: inout Frame) {
    let columns = frame.size.columns
    let isWide = columns >= 110
    let gap = isWide ? 4 : 2
    let rateCells = columns >= 150 ? 60 : isWide ? 30 : 15
    let losses = self.losses(isWide: isWide)
    let lossColumns = losses.reduce(0) { $0 + gap + TextWidth.columns(of: $1.text) }
    var at = 1
    // Before anything came there is nothing to draw a picture of.
    guard list.tracesHeld > 0 else {
      return drawLosses(losses, at: 1, gap: gap, row: row, into: &frame)
    }
    at += frame.put("rate ", row: row, column: at, style: .dim)
    at += frame.put(rateLine(rateCells), row: row, column: at, style: .bar(for: .inbound))
    at += frame.put(" 2m", row: row, column: at, style: .dim)
    // What was lost is told before how long things took.
    let histogram = latencyLine(isWide ? 20 : 14)
    let histogramColumns =
      gap + 9 + TextWidth.columns(of: histogram.line) + TextWidth.columns(of: histogram.end)
    if at + histogramColumns + lossColumns < columns {
      at += gap
      at += frame.put("lat 1ms ", row: row, column: at, style: .dim)
      at += frame.put(histogram.line, row: row, column: at, style: .model)
      at += frame.put(" \(histogram.end)", row: row, column: at, style: .dim)
    }
    drawLosses(losses, at: at + gap, gap: gap, row: row, into: &frame)
  }

  private func drawLosses(
    _ losses: [Figure], at column: Int, gap: Int, row: Int, into frame: inout Frame
  ) {
    var at = column
    for figure in losses {
      guard at + TextWidth.columns(of: figure.text) < frame.size.columns else { break }
      at += frame.put(figure.text, row: row, column: at, style: figure.style) + gap
    }
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
    let lost: [(String, UInt64, StyleRole)] = [
      ("missed", source.spansMissed, .warning),
      ("rejected", statistics.spansRejected, .warning),
      ("bad requests", source.badRequests, .warning),
      ("late errors", statistics.errorsSampledOutLate, .warning),
      ("evicted errors", statistics.tracesEvictedEvidence, .text),
      ("evicted", statistics.tracesEvicted - statistics.tracesEvictedEvidence, .text),
      ("sampled out", statistics.tracesSampledOut, .dim),
      ("repaired", statistics.stringsRepaired, .dim),
      ("duplicate", statistics.spansDuplicate, .dim),
      ("logs missed", source.logsMissed, .warning),
      ("logs gone", statistics.logsEvicted + statistics.logsExpired, .dim),
      ("logs w/o trace", statistics.logsWithoutTrace, .dim),
    ]
    var figures: [Figure] = []
    if statistics.memoryBudgetBytes > 0 {
      let share = Double(statistics.memoryBytes) / Double(statistics.memoryBudgetBytes)
      let budget = isWide ? " of \(Format.bytes(statistics.memoryBudgetBytes))" : ""
      figures.append(Figure(text: "mem \(Format.percent(share))\(budget)", style: .dim))
    }
    for (name, count, role) in lost where count > 0 {
      figures.append(Figure(text: "\(name) \(Format.count(count))", style: Style(role)))
    }
    return figures
      + source.collector.losses.map { loss in
        Figure(text: "\(loss.name) \(Format.count(loss.count))", style: .warning)
      }
  }
}
