/// Which rows of the screen the parts of the trace list have.
struct TraceListLayout: Equatable {
  let status: Int
  /// The sparkline and the histogram on one line; nil where the screen is too low or has the panel.
  let charts: Int?
  /// The charts of a large screen.
  let panel: Rect?
  let filter: Int
  let header: Int
  let table: Rect
  /// The rule over the preview and the preview's own rows.
  let rule: Int
  let preview: Rect
  let notice: Int
  let hints: Int
  /// The pane at the right with the selected trace drawn small; nil on a narrow screen.
  let side: Rect?

  /// The pane of facets at the left; nil where it is closed.
  let facets: Rect?

  /// The widths from which the side pane shows, and its share.
  static let sideFrom = 150

  /// From this width on the facets are there without being asked for.
  static let facetsFrom = 160
  /// The columns they take, without the rule at their right.
  static let facetColumns = 34
  static let wideFacetColumns = 40
  /// The least that the list keeps beside the facets; where it has less the facets have all.
  static let narrowestList = 40

  init(_ size: Size, hasFacets: Bool = false) {
    let isLow = size.rows < 18
    status = 0
    let hasPanel = ChartPanel.fits(size)
    charts = isLow || hasPanel ? nil : 1
    panel =
      hasPanel
      ? Rect(row: 1, column: 0, rows: ChartPanel.rows, columns: size.columns) : nil
    filter = isLow ? 1 : hasPanel ? 1 + ChartPanel.rows : 2
    header = filter + 1
    hints = size.rows - 1
    notice = size.rows - 2
    let hasSide = size.columns >= Self.sideFrom
    let sideColumns = hasSide ? max(60, size.columns * 36 / 100) : 0
    let previewRows = hasSide ? 0 : 2
    preview = Rect(row: notice - previewRows, column: 0, rows: previewRows, columns: size.columns)
    rule = preview.row - 1
    let room = size.columns - (hasSide ? sideColumns + 1 : 0)
    let isAlone = room - Self.facetColumns - 1 < Self.narrowestList
    let ofFacets =
      !hasFacets
      ? 0
      : isAlone
        ? room - 1
        : size.columns >= 190 ? Self.wideFacetColumns : Self.facetColumns
    facets =
      hasFacets
      ? Rect(row: header, column: 0, rows: rule - header, columns: ofFacets) : nil
    let left = hasFacets ? ofFacets + 1 : 0
    table = Rect(row: header + 1, column: left, rows: rule - header - 1, columns: room - left)
    side =
      hasSide
      ? Rect(
        row: header, column: size.columns - sideColumns, rows: rule - header, columns: sideColumns)
      : nil
  }
}
