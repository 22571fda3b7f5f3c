public import Store

/// Draws the whole screen. Pure, and touches visible rows only.
public func view(
  _ state: AppState, _ snapshot: Snapshot, now: UnixNanos, into frame: inout Frame
) {
  var parts = DrawnParts()
  view(state, snapshot, now: now, reusing: &parts, into: &frame)
}

/// The same, with parts that were drawn for the frame before.
func view(
  _ state: AppState, _ snapshot: Snapshot, now: UnixNanos, reusing parts: inout DrawnParts,
  into frame: inout Frame
) {
  let context = ViewContext(
    snapshot: snapshot, now: now, glyphs: state.glyphs, zone: state.zone,
    joinsTraces: state.list.order.joinsTraces, stories: state.stories)
  let screen = ScreenView(state: state, context: context)
  guard frame.size.rows >= ScreenView.minimum.rows, frame.size.columns >= ScreenView.minimum.columns
  else { return screen.drawTooSmall(into: &frame) }
  if let help = state.help {
    HelpView(help: help, glyphs: state.glyphs).draw(into: &frame)
  } else if let top = state.filesTop, let reading = state.source.reading {
    FilesView(reading: reading, top: top, glyphs: state.glyphs).draw(into: &frame)
  } else if state.trace != nil {
    screen.drawTrace(into: &frame)
  } else if let routes = state.shownRoutes {
    screen.drawRoutes(routes, into: &frame)
  } else if let groups = state.shownGroups {
    screen.drawGroups(groups, into: &frame)
  } else {
    screen.drawList(reusing: &parts, into: &frame)
  }
  screen.drawNotice(into: &frame)
  HintLine(state).draw(reusing: &parts, into: &frame)
  if let figures = state.overlay {
    let key = Keymap.key(for: .overlay, on: .traces)?.name ?? ""
    OverlayView(
      context: context, figures: figures, isFile: state.source.connection.isFile, key: key
    ).draw(into: &frame)
  }
}
