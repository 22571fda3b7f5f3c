import Store

/// Composes the screens out of their parts.
struct ScreenView {
  let state: AppState
  let context: ViewContext

  /// The smallest terminal that has room for everything that matters.
  static let minimum = Size(rows: 15, columns: 60)

  var glyphs: Glyphs { context.glyphs }

  func drawTooSmall(into frame: inout Frame) {
    let size = frame.size
    let needed = "\(Self.minimum.columns)\(glyphs.times)\(Self.minimum.rows)"
    let lines = [
      "tracetop needs \(needed)", "this is \(size.columns)\(glyphs.times)\(size.rows)",
    ]
    for (offset, line) in lines.enumerated() {
      frame.put(
        line, row: max(0, size.rows / 2 - 1) + offset,
        column: max(0, (size.columns - TextWidth.columns(of: line)) / 2),
        style: offset == 0 ? .warning : .dim)
    }
  }

  // MARK: - List

  func drawList(into frame: inout Frame) {
    let layout = TraceListLayout(frame.size, hasFacets: state.showsFacets)
    let strip = StatusStrip(
      context: context, list: state.list, source: state.source, lastArrival: state.lastArrival)
    strip.drawFigures(row: layout.status, withLosses: layout.charts == nil, into: &frame)
    if let charts = layout.charts { strip.drawCharts(row: charts, into: &frame) }
    if let panel = layout.panel, state.list.tracesHeld > 0 {
      ChartPanel(
        context: context, traffic: state.list.traffic, unit: state.list.unit,
        end: state.source.connection.isFile ? "end" : "now", area: panel
      ).draw(into: &frame)
    }
    let list = TraceListView(
      context: context, list: state.list, previewed: state.preview.trace, layout: layout)
    if state.list.isEmpty {
      drawEmpty(layout, into: &frame)
    } else {
      list.drawTable(into: &frame)
      list.drawRule(into: &frame)
      list.drawPreview(into: &frame)
      drawSide(list, layout, into: &frame)
    }
    if let area = layout.facets {
      FacetPaneView(
        context: context, pane: state.facets, area: area,
        key: Keymap.key(for: .facets, on: .traces)?.name ?? ""
      ).draw(into: &frame)
    }
    if let prompt = state.prompt {
      let below = layout.filter + 1..<layout.notice
      FilterPromptView(context: context, prompt: prompt, row: layout.filter, below: below)
        .draw(into: &frame)
    } else {
      FilterLine(
        context: context, filter: state.filter.text, chip: state.filter.chip?.text,
        right: list.filterFigures(isFiltered: !state.filter.isEmpty, columns: frame.size.columns)
      ).draw(row: layout.filter, into: &frame)
    }
  }

  private func drawEmpty(_ layout: TraceListLayout, into frame: inout Frame) {
    let area = Rect(
      row: layout.header, column: layout.table.column, rows: layout.notice - layout.header,
      columns: frame.size.columns - layout.table.column)
    let view = EmptyListView(context: context, source: state.source, area: area)
    if state.list.generation == 0 || (!state.list.isComplete && state.list.tracesHeld > 0) {
      view.drawSearching(into: &frame)
    } else if state.list.tracesHeld == 0 {
      view.drawWaiting(into: &frame)
    } else {
      view.drawNoMatch(
        [state.filter.chip?.text, state.filter.text].compactMap { $0 }.joined(separator: " "),
        list: state.list, canUndo: !state.filter.undone.isEmpty, into: &frame)
    }
  }

  /// The largest trace drawn small at the side: its tree is built for every frame.
  private static let maximumSideSpans = 500

  private func drawSide(
    _ list: TraceListView, _ layout: TraceListLayout, into frame: inout Frame
  ) {
    guard let pane = layout.side, let summary = list.previewedSummary else { return }
    let room = SidePreview(context: context, summary: summary, pane: pane).draw(into: &frame)
    guard summary.spanCount <= Self.maximumSideSpans else { return }
    var waterfall = WaterfallState(number: summary.number, id: summary.id)
    waterfall.refresh(context, height: room.rows)
    if let told = context.stories.story(of: summary.number) {
      waterfall.tell(told, height: room.rows)
    }
    WaterfallView(
      context: context, waterfall: waterfall, pane: room, axis: nil, isFocused: false,
      showsSelection: false
    ).draw(into: &frame)
  }
}
