import Store

/// Everything the explorer's screens know; a value, so that tests can compare it whole.
///
/// The trace list is always there; a trace opened from it, a prompt and the help stand on top of it
/// in that order, and what is on top gets the keys.
public struct AppState: Equatable, Sendable {
  public let options: ExplorerOptions
  public internal(set) var size: Size
  var glyphs: Glyphs
  var zone: ClockZone
  var isMouseOn: Bool
  var source = SourceStatus()

  var list = TraceListState()
  var filter = FilterState()
  var prompt: FilterPromptState?
  var trace: OpenTrace?
  /// The screen of routes and filters; the list is above it while it shows the traces of a figure.
  var routes: RoutesState?
  /// The pane of facets beside the list.
  var facets = FacetPaneState()
  /// The screen of groups; the list is above it while it shows the traces of a group.
  var groups: GroupsState?
  var help: HelpState?
  /// The first row of the screen of files, while that is open.
  var filesTop: Int?
  /// What the program says of itself; nil while nobody wants to know.
  var overlay: OverlayFigures?

  /// Which trace the list's preview shows.
  var preview = PreviewState()
  /// What the traces looked at tell of their requests.
  var stories = StoryShelf()
  /// Filters of this and earlier sessions, oldest first.
  var history: [String] = []
  /// One line that answers the last key; gone with the next one.
  var notice: Notice?
  /// The number of the query whose answers count; 0 before the first.
  var generation = 0
  /// The same for what the prompt asked.
  var promptGeneration = 0
  /// When it last asked how many traces its draft would show, and whether the answer is still to come.
  var countedAt = UnixNanos(0)
  var isCounting = false
  /// When spans last arrived, by the clock of the update that saw it; what the statistics said
  /// then.
  var lastArrival = UnixNanos(0)
  var spansReceived: UInt64 = 0

  public init(options: ExplorerOptions, size: Size) {
    self.options = options
    self.size = size
    glyphs = Glyphs.set(isASCII: options.isASCII)
    zone = options.timeZoneOffsetSeconds.map { .offset(seconds: $0) } ?? .local
    isMouseOn = options.isMouseOn
    if let error = filter.apply(FilterText.all(options.filters)) {
      notice = Notice("--where: \(error)", .error)
    }
  }

  /// When the screen changes by itself although nothing arrives; nil at rest.
  var nextTick: UnixNanos? { [trace.flatMap(\.settles), preview.due].compactMap(\.self).min() }

  /// Whether stories told since show on the screen. The list does not change by a story of a row that
  /// is no longer on it, nor the preview by that of a trace which is not shown yet.
  func showsOtherStories(than before: AppState) -> Bool {
    trace != nil || list != before.list
      || preview.trace.map { stories.story(of: $0) != before.stories.story(of: $0) } ?? false
  }

  /// The state was drawn: what is selected now is what a person sees.
  mutating func noteShown() { list.noteShown() }

  /// The screen of routes and filters, unless the list of traces is on top of it.
  var shownRoutes: RoutesState? { routes.flatMap { $0.drill == nil ? $0 : nil } }

  /// Where keys go.
  var screen: ScreenKind {
    if let help { return help.isSearching ? .find : .help }
    if filesTop != nil { return .files }
    if prompt != nil { return .filter }
    if let trace {
      if trace.find != nil { return .find }
      return trace.focus == .details ? .details : .waterfall
    }
    if shownRoutes != nil { return .routes }
    if shownGroups != nil { return .groups }
    return facets.isFocused ? .facets : .traces
  }
}

/// One line for the person in front.
struct Notice: Equatable, Sendable {
  var text: String
  var role: StyleRole

  init(_ text: String, _ role: StyleRole = .text) {
    self.text = text
    self.role = role
  }
}
