public import Store

/// Something `update` wants done outside; the runtime does it and answers with a ``Message``.
public enum Effect: Equatable, Sendable {
  /// Show these traces from now on, and keep answering as spans arrive. The newest generation wins.
  case query(Filter?, order: TraceOrder, generation: Int)
  /// Count once what this filter would show.
  case previewCount(Filter?, generation: Int)
  /// Say once what may stand at the cursor, a number of characters into the text.
  case complete(String, cursor: Int, generation: Int)
  /// Tell once what the spans of this trace make of its request.
  case tell(TraceNumber)
  /// One more line of filter history.
  case saveHistory(String)
  /// Put text on the clipboard of the terminal (OSC 52).
  case copy(String)
  /// Whether mouse events are asked for; without, the terminal's own selection works.
  case setMouse(Bool)
  case startDemo
  /// Forget what the terminal is believed to show and draw all of it.
  case redraw
  case suspend
  case quit
}
