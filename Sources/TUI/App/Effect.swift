public import Store

/// Something `update` wants done outside; the runtime does it and answers with a ``Message``.
public enum Effect: Equatable, Sendable {
  /// Show these traces from now on, and keep answering as spans arrive. The newest generation wins.
  case query(Filter?, among: TraceSet?, order: TraceOrder, generation: Int)
  /// Say what gateways did with the traces of the query in force, and keep saying it; nil: no more.
  case routes(RouteWindow?)
  /// Say once which traces a figure of the last table counts, and which of the drafts, if any,
  /// selects exactly these.
  case routeTraces(RouteTable.Cell, drafts: [Filter], generation: Int)
  /// Say which keys split the traces of the query in force, and keep saying it; false: no more.
  case facets(Bool)
  /// Group the traces of the query in force, and keep them grouped; nil: no more.
  case groups(GroupOrder?)
  /// Say once which traces a row of the last groups counts, of a value or with nil of those without the
  /// key, and whether the draft selects exactly these.
  case groupTraces(String?, draft: Filter, generation: Int)
  /// Count once what this filter would show.
  case previewCount(Filter?, generation: Int)
  /// Say once what may stand at the cursor, a number of characters into the text.
  case complete(String, cursor: Int, generation: Int)
  /// Tell once what the spans of these traces make of their requests, the first of them first.
  case tell([TraceNumber], joinsTraces: Bool)
  /// Measure what the screen itself takes, and say so before each frame; false: no more.
  case overlay(Bool)
  /// One more line of filter history.
  case saveHistory(String)
  /// Put text on the clipboard of the terminal (OSC 52).
  case copy(String)
  /// Whether mouse events are asked for; without, the terminal's own selection works.
  case setMouse(Bool)
  /// Keep the request of this trace for longer than others, or no longer.
  case pin(TraceNumber, TraceID, Bool)
  case startDemo
  /// Write these traces to a file; with the other traces of their requests where these are joined.
  case write([TraceNumber], joinsTraces: Bool)
  /// Forget what the terminal is believed to show and draw all of it.
  case redraw
  case suspend
  case quit
}
