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

  func drawList(reusing parts: inout DrawnParts, into frame: inout Frame) {
    let layout = TraceListLayout(frame.size, hasFacets: state.showsFacets)
    let strip = StatusStrip(
      context: context, list: state.list, source: state.source, lastArrival: state.lastArrival)
    strip.draw(row: layout.status, charts: layout.charts, reusing: &parts, into: &frame)
    if let panel = layout.panel, state.list.tracesHeld > 0 {
      drawPanel(panel, reusing: &parts, into: &frame)
    }
    let list = TraceListView(
      context: context, list: state.list, previewed: state.preview.trace, layout: layout)
    if state.list.isEmpty {
      drawEmpty(layout, into: &frame)
    } else {
      list.drawTable(reusing: &parts, into: &frame)
      let previewed = list.previewedRow
      list.drawRule(previewed, reusing: &parts, into: &frame)
      if let previewed { list.drawPreview(previewed, reusing: &parts, into: &frame) }
    }
    if let area = layout.facets { drawFacets(area, layout, reusing: &parts, into: &frame) }
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

  private func drawPanel(
    _ area: Rect, reusing parts: inout DrawnParts, into frame: inout Frame
  ) {
    let source = DrawnParts.PanelSource(
      traffic: state.list.traffic, unit: state.list.unit,
      end: state.source.connection.isFile ? "end" : "now", isASCII: glyphs.isASCII)
    parts.panel.draw(source, in: area, of: &frame) { frame in
      ChartPanel(
        context: context, traffic: source.traffic, unit: source.unit, end: source.end, area: area
      ).draw(into: &frame)
    }
  }

  private func drawFacets(
    _ area: Rect, _ layout: TraceListLayout, reusing parts: inout DrawnParts,
    into frame: inout Frame
  ) {
    // With the line at its edge.
    let edge =
      layout.hasPane
      ? Rect(row: area.row, column: area.column - 1, rows: area.rows, columns: area.columns + 1)
      : Rect(row: area.row, column: area.column, rows: area.rows, columns: area.columns + 1)
    let source = DrawnParts.FacetSource(
      pane: state.facets, flow: layout.facetFlow, isBelow: layout.hasPane,
      isScaled: context.snapshot.statistics.sampledShare != nil, isASCII: glyphs.isASCII)
    parts.facets.draw(source, in: edge, of: &frame) { frame in
      FacetPaneView(
        context: context, pane: source.pane, area: area, flow: source.flow,
        isBelow: source.isBelow, key: Keymap.key(for: .facets, on: .traces)?.name ?? ""
      ).draw(into: &frame)
    }
  }

  private func drawEmpty(_ layout: TraceListLayout, into frame: inout Frame) {
    let isAbove = layout.hasPane && layout.facets != nil
    if isAbove { frame.rule(row: layout.rule, columns: 0..<frame.size.columns, glyphs) }
    let area = Rect(
      row: layout.header, column: layout.table.column,
      rows: (isAbove ? layout.rule : layout.notice) - layout.header, columns: layout.table.columns)
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
}
