public import Store

/// Something that happened, as the screens are told of it; one at a time, in order.
public enum Message: Sendable {
  /// A key, the mouse, a paste, or a new size of the terminal.
  case key(Key)
  /// The store has something newer than what the last frame showed.
  case news
  /// An answer to ``Effect/query(_:among:order:generation:)``.
  case query(QueryResult, generation: Int)
  /// An answer to ``Effect/routes(_:)``, about the traces of the query of that generation.
  case routes(RouteTable, generation: Int)
  /// An answer to ``Effect/routeTraces(_:drafts:generation:)``; the filter is nil where no draft
  /// selects exactly these.
  case routeTraces(TraceSet, filter: Filter?, generation: Int)
  /// An answer to ``Effect/facets(_:)``, about the traces of the query of that generation.
  case facets(FacetTable, generation: Int)
  /// An answer to ``Effect/groups(_:)``, about the traces of the query of that generation.
  case groups(GroupTable, generation: Int)
  /// An answer to ``Effect/groupTraces(_:draft:generation:)``; the filter is nil where the draft selects
  /// others too, or not all.
  case groupTraces(TraceSet, filter: Filter?, generation: Int)
  /// How many traces the draft in the prompt would show: an answer to
  /// ``Effect/previewCount(_:generation:)``.
  case preview(matching: Int, of: Int, generation: Int)
  /// What may follow the cursor in the prompt: an answer to
  /// ``Effect/complete(_:cursor:generation:)``.
  case completions([Suggestion], generation: Int)
  /// What traces tell: an answer to ``Effect/tell(_:joinsTraces:)``, to as many as there was time for.
  case told([StoryAnswer])
  /// What the screen itself takes, while ``Effect/overlay(_:)`` is on.
  case figures(OverlayFigures)
  /// Where spans come from, whenever that changes.
  case source(SourceStatus)
  /// The filters of earlier sessions, oldest first; sent once, at the start.
  case history([String])
  /// Time went by: figures that change by themselves are due.
  case tick(UnixNanos)
}
