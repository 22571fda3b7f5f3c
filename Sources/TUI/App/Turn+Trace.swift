import Store

extension Turn {
  var traceLayout: WaterfallLayout {
    WaterfallLayout(state.size, detailsFocused: state.trace?.focus == .details)
  }
  var treeHeight: Int { traceLayout.tree.rows }

  // MARK: - Tree

  /// Changes the tree; another selected span means other details, from their top.
  @discardableResult
  mutating func onTree<Result>(
    _ change: (inout WaterfallState, _ height: Int) -> Result
  ) -> Result? {
    let height = treeHeight
    let before = state.trace?.waterfall.selected
    guard var waterfall = state.trace?.waterfall else { return nil }
    let result = change(&waterfall, height)
    state.trace?.waterfall = waterfall
    if before != waterfall.selected { state.trace?.details.reset() }
    return result
  }

  mutating func performOnTree(_ command: Command) {
    switch command {
    case .moveDown: moveInTree { _ in 1 }
    case .moveUp: moveInTree { _ in -1 }
    case .halfPageDown: moveInTree { $0 / 2 }
    case .halfPageUp: moveInTree { -$0 / 2 }
    case .pageDown: moveInTree { max(1, $0 - 1) }
    case .pageUp: moveInTree { -max(1, $0 - 1) }
    case .moveToTop: onTree { $0.move(to: 0, height: $1) }
    case .moveToBottom: onTree { $0.move(to: .max, height: $1) }
    case .nextError, .previousError: moveToError(forward: command == .nextError)
    case .fold: onTree { $0.foldOrLeave(height: $1) }
    case .unfold: onTree { $0.unfoldOrEnter(height: $1) }
    case .foldAll: onTree { $0.toggleFoldAll(height: $1) }
    case .foldGroups: foldGroups()
    case .zoomIn: onTree { tree, _ in tree.zoom(inwards: true) }
    case .zoomOut: onTree { tree, _ in tree.zoom(inwards: false) }
    case .zoomFit: onTree { tree, _ in tree.fit() }
    case .panLeft, .panRight: pan(later: command == .panRight)
    case .open: openSpan()
    case .switchPane: focus(.details)
    case .back: state.trace = nil
    case .joinTraces: toggleJoining()
    case .pin: togglePin()
    case .copy: copyTraceID()
    case .copyMore:
      if let span = state.trace?.waterfall.selectedSpan { copy(span.spanID.hex, as: "span id") }
    default: performOnBothPanes(command)
    }
  }

  private mutating func moveInTree(_ rows: (_ height: Int) -> Int) {
    onTree { tree, height in tree.move(by: rows(height), height: height) }
  }

  private mutating func performOnBothPanes(_ command: Command) {
    switch command {
    case .find:
      guard let trace = state.trace else { return }
      state.trace?.find = .init(editor: LineEditor(), origin: trace.waterfall.selected)
    case .findNext: moveToMatch(forward: true)
    case .findPrevious: moveToMatch(forward: false)
    case .showAttributes: show(.attributes)
    case .showEvents: show(.events)
    case .showLinks: show(.links)
    case .showResource: show(.resource)
    case .showSpan: show(.span)
    case .showCall: show(.call)
    case .showVerdict: show(.verdict)
    case .showLogs: show(.logs)
    default: break
    }
  }

  private mutating func foldGroups() {
    let isFound = onTree { $0.toggleGroups(height: $1) }
    if isFound == false { state.notice = Notice("this trace has no filters, controls or routing") }
  }

  private mutating func moveToError(forward: Bool) {
    let isFound = onTree { $0.moveToError(forward: forward, height: $1) }
    if isFound == false { state.notice = Notice("no span of this trace has an error") }
  }

  /// Left and right move the window when zoomed in; else they fold and unfold.
  private mutating func pan(later: Bool) {
    onTree { tree, height in
      if tree.zoom != nil {
        tree.pan(later: later)
      } else if later {
        tree.unfoldOrEnter(height: height)
      } else {
        tree.foldOrLeave(height: height)
      }
    }
  }

  mutating func openSpan() {
    guard let waterfall = state.trace?.waterfall, waterfall.treeRow != nil else { return }
    if waterfall.isFoldable(waterfall.row) {
      onTree { $0.toggleFold(at: $0.row, height: $1) }
    } else {
      focus(.details)
    }
  }

  private mutating func copyTraceID() {
    guard let waterfall = state.trace?.waterfall else { return }
    // Of several traces the one that the selected row is of.
    let other = waterfall.treeRow.flatMap { waterfall.trace(at: $0) }
    let own = waterfall.selectedSpan.flatMap { snapshot.record(of: $0.reference)?.traceID }
    copy((other ?? own ?? waterfall.id).hex, as: "trace id")
  }

  mutating func focus(_ pane: OpenTrace.Pane) {
    state.trace?.focus = pane
    onTree { $0.scroll(height: $1) }
    guard pane == .details else { return }
    // The cursor begins on the first item that can have it.
    withDetails { details, lines, height in details.move(by: 0, in: lines, height: height) }
  }

  // MARK: - Details

  /// The room for the lines of the details.
  var detailArea: Rect {
    let layout = traceLayout
    return SpanDetailView.textArea(of: layout.details, isBeside: layout.isBeside)
  }

  /// Changes the details, where there are any, with their lines as they are now.
  mutating func withDetails(
    _ change: (inout SpanDetailState, _ lines: DetailLines, _ height: Int) -> Void
  ) {
    guard let trace = state.trace, let document = trace.document(context) else { return }
    let area = detailArea
    let lines = DetailLines(
      document, opened: trace.details.opened, width: area.columns,
      isSpacious: traceLayout.isBeside)
    var details = trace.details
    change(&details, lines, area.rows)
    state.trace?.details = details
  }

  mutating func performOnDetails(_ command: Command) {
    if let rows = command.rows(ofTextHeight: detailArea.rows) { return moveInDetails(by: rows) }
    switch command {
    case .open:
      state.trace?.details.toggleOpen()
      moveInDetails(by: 0)
    case .switchPane, .back: focus(.tree)
    case .only, .exclude: filterBySelectedItem(isOnly: command == .only)
    case .copy:
      if let item = selectedItem { copy(item.value, as: item.key.isEmpty ? "text" : item.key) }
    case .copyMore: copyAsFilter()
    default: performOnBothPanes(command)
    }
  }

  private mutating func moveInDetails(by step: Int) {
    withDetails { details, lines, height in details.move(by: step, in: lines, height: height) }
  }

  private mutating func show(_ section: SpanDocument.Section) {
    guard let document = state.trace?.document(context),
      let item = document.firstItem(of: section)
    else {
      state.notice = Notice("this span has no \(section.title)")
      return
    }
    withDetails { details, lines, height in details.show(item, in: lines, height: height) }
  }

  private var selectedItem: SpanDocument.Item? {
    guard let trace = state.trace, let items = trace.document(context)?.items,
      items.indices.contains(trace.details.item)
    else { return nil }
    return items[trace.details.item]
  }

  private mutating func filterBySelectedItem(isOnly: Bool) {
    guard let item = selectedItem, let field = item.field else {
      state.notice = Notice("this line is nothing to filter by")
      return
    }
    // Back to the list, where the answer is; the trace is still selected there if it matches.
    state.trace = nil
    narrow(field, item.comparedValue, isOnly: isOnly)
  }

  private mutating func copyAsFilter() {
    guard let item = selectedItem, let field = item.field else { return }
    copy("\(FilterText.adding(field, item.comparedValue, isOnly: true, to: nil))", as: "filter")
  }

  // MARK: - Finding

  private mutating func moveToMatch(forward: Bool) {
    guard let waterfall = state.trace?.waterfall, !waterfall.needle.isEmpty else {
      state.notice = Notice("nothing to find yet: / asks for it")
      return
    }
    let isFound = onTree { $0.moveToMatch(forward: forward, height: $1) }
    if isFound == false {
      state.notice = Notice("no span is called \"\(waterfall.needle)\"", .warning)
    }
  }

  mutating func typeInFind(_ text: String) {
    if state.help != nil {
      state.help?.needle.insert(text)
      scrollHelp(by: -1_000_000)
    } else {
      state.trace?.find?.editor.insert(text)
      findAsTyped()
    }
  }

  private mutating func findAsTyped() {
    guard let find = state.trace?.find else { return }
    onTree { tree, height in
      tree.find(find.editor.text)
      tree.moveToMatch(from: find.origin, height: height)
    }
  }

  mutating func performOnFind(_ command: Command) {
    if state.help != nil { return performOnHelpSearch(command) }
    switch command {
    case .acceptLine: state.trace?.find = nil
    case .cancelLine:
      let origin = state.trace?.find?.origin
      state.trace?.find = nil
      onTree { tree, height in
        tree.find("")
        if let row = origin.flatMap({ tree.tree.row(with: $0) }) {
          tree.show(row, height: height)
        }
      }
    default:
      if state.trace?.find?.editor.apply(command) ?? false { findAsTyped() }
    }
  }
}
