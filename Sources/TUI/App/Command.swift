/// Everything a key can do, by the name that configuration, help and documentation use.
public enum Command: String, CaseIterable, Sendable {
  // Moving
  case moveDown = "move-down"
  case moveUp = "move-up"
  case halfPageDown = "half-page-down"
  case halfPageUp = "half-page-up"
  case pageDown = "page-down"
  case pageUp = "page-up"
  case moveToTop = "move-to-top"
  case moveToBottom = "move-to-bottom"
  case columnLeft = "column-left"
  case columnRight = "column-right"
  case nextError = "next-error"
  case previousError = "previous-error"

  // Going in and out
  case open
  case back
  case switchPane = "switch-pane"
  case switchPaneBack = "switch-pane-back"
  case routes
  case facets
  case groups
  case previousKey = "previous-key"
  case traces
  case files
  case help
  case quit

  // Filtering
  case filter
  case only
  case exclude
  case undoFilter = "undo-filter"
  case previousFilter = "previous-filter"

  // The list
  case hold
  case follow
  case sort
  case reverseSort = "reverse-sort"
  case sortLeft = "sort-left"
  case sortRight = "sort-right"
  case joinTraces = "join-traces"
  case demo
  case pin

  // The waterfall
  case fold
  case unfold
  case foldAll = "fold-all"
  case foldGroups = "fold-groups"
  case zoomIn = "zoom-in"
  case zoomOut = "zoom-out"
  case zoomFit = "zoom-fit"
  case panLeft = "pan-left"
  case panRight = "pan-right"
  case find
  case findNext = "find-next"
  case findPrevious = "find-previous"

  // Routes and filters
  case widenWindow = "widen-window"
  case narrowWindow = "narrow-window"
  case maximize

  // Details
  case showAttributes = "show-attributes"
  case showEvents = "show-events"
  case showLinks = "show-links"
  case showResource = "show-resource"
  case showSpan = "show-span"
  case showCall = "show-call"
  case showVerdict = "show-verdict"
  case showLogs = "show-logs"

  // Copying
  case copy
  case copyMore = "copy-more"
  case write

  // Editing a line
  case acceptLine = "accept-line"
  case cancelLine = "cancel-line"
  case characterLeft = "character-left"
  case characterRight = "character-right"
  case wordLeft = "word-left"
  case wordRight = "word-right"
  case lineStart = "line-start"
  case lineEnd = "line-end"
  case deleteBackward = "delete-backward"
  case deleteForward = "delete-forward"
  case deleteWordBackward = "delete-word-backward"
  case deleteWordForward = "delete-word-forward"
  case deleteToStart = "delete-to-start"
  case deleteToEnd = "delete-to-end"
  case yank
  case complete
  case completeBackward = "complete-backward"
  case historyUp = "history-up"
  case historyDown = "history-down"
  case historySearch = "history-search"

  // The terminal
  case overlay
  case toggleMouse = "toggle-mouse"
  case redraw
  case suspend
}
