/// Which rows of the screen the parts of the trace list have.
///
/// Rows of the list have the whole width wherever nobody asked for facets on a small screen: then the
/// terminal scrolls them by itself, and sending one row is enough.
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
  /// Whether there is a pane for the selected trace below the list, with its tree, and not two lines.
  let hasPane: Bool
  /// The facets: at the right of that pane with their title in the rule, else at the left of the list;
  /// nil where they are closed.
  let facets: Rect?

  /// The smallest screen with a pane below the list, and the pane's share of the rows.
  static let paneFrom = Size(rows: 30, columns: 150)
  private static let paneRows = 28

  /// From this width on the facets are there without being asked for.
  static let facetsFrom = 160
  /// The columns they take at the left, without the rule beside them, and each of theirs below.
  static let facetColumns = 34
  private static let wideFacetColumns = 40
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
    hasPane = size.rows >= Self.paneFrom.rows && size.columns >= Self.paneFrom.columns
    let previewRows = hasPane ? size.rows * Self.paneRows / 100 : 2
    rule = notice - previewRows - 1
    let below = Rect(row: rule + 1, column: 0, rows: previewRows, columns: size.columns)
    let body = Rect(
      row: header + 1, column: 0, rows: rule - header - 1, columns: size.columns)
    guard hasFacets else {
      (table, preview, facets) = (body, below, nil)
      return
    }
    let column = size.columns >= 190 ? Self.wideFacetColumns : Self.facetColumns
    if hasPane {
      // With the title, which stands in the rule.
      let columns = (size.columns >= 240 ? 3 : 2) * column
      facets = Rect(
        row: rule, column: size.columns - columns, rows: previewRows + 1, columns: columns)
      (table, preview) = (body, below.split(right: columns + 1).rest)
    } else {
      let isAlone = size.columns - column - 1 < Self.narrowestList
      let columns = isAlone ? size.columns - 1 : column
      facets = Rect(row: header, column: 0, rows: rule - header, columns: columns)
      (table, preview) = (body.split(left: columns + 1).rest, below)
    }
  }
}
