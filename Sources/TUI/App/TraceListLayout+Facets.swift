extension TraceListLayout {
  /// How the lines of the facets flow through their pane, below its title.
  var facetFlow: FacetFlow {
    guard let facets else { return FacetFlow(rows: 0, columns: 1) }
    let columns = hasPane ? max(1, facets.columns / Self.facetColumns) : 1
    return FacetFlow(rows: max(0, facets.rows - 1), columns: columns)
  }
}
