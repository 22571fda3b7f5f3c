/// The keys of one screen, searchable.
struct HelpState: Equatable, Sendable {
  let screen: ScreenKind
  private(set) var top = 0
  var needle = LineEditor()
  /// Whether keys go to the needle.
  var isSearching = false
  /// The rules for attributes that are on; kept up to date while the help is open.
  var rules: RuleReport
  /// What the collector says of itself; the same.
  var collector: CollectorReport
  /// What did not come, was not kept or is not shown; the same.
  var losses: [Loss]

  init(
    screen: ScreenKind, rules: RuleReport = RuleReport(),
    collector: CollectorReport = CollectorReport(), losses: [Loss] = []
  ) {
    self.screen = screen
    self.rules = rules
    self.collector = collector
    self.losses = losses
  }

  // MARK: - Lines

  enum Line: Equatable {
    case topic(String)
    case key(keys: String, help: String)
    /// What a sentence goes on with.
    case more(keys: String, help: String)
    case blank
  }

  /// What the help says of the screen, narrowed to the rows that contain every word of the needle.
  func groups(_ glyphs: Glyphs) -> [[Line]] {
    let words = needle.text.lowercased().split(separator: " ")
    var groups: [[Line]] = []
    func add(_ topic: String, _ rows: [(keys: String, help: String)]) {
      let rows = rows.filter { row in
        let text = "\(row.keys) \(row.help) \(topic)".lowercased()
        return words.allSatisfy { text.contains($0) }
      }
      guard !rows.isEmpty else { return }
      groups.append([.topic(topic)] + rows.map { .key(keys: $0.keys, help: $0.help) } + [.blank])
    }
    let bindings = Keymap.bindings(on: screen)
    for topic in Binding.Topic.allCases {
      add(
        topic.rawValue,
        bindings.filter { $0.topic == topic }.map { binding in
          (binding.keys.map(\.name).joined(separator: "  "), binding.help)
        })
    }
    if screen == .traces {
      add("Letters in the ! column", letters(glyphs))
      add("Filters by example", Self.examples)
      add(
        "While typing a filter",
        Keymap.bindings(on: .filter).filter { $0.topic == .editing }.map { binding in
          (binding.keys.map(\.name).joined(separator: "  "), binding.help)
        })
    }
    if screen == .waterfall { add("Signs in the tree", Self.signs(glyphs)) }
    add("Rules for attributes that are on", rules.rows)
    add("Lost, or left out", losses.map { (Format.grouped($0.count), $0.meaning) })
    add("The collector", collector.rows)
    return groups
  }

  /// The groups in columns of about one height; a group is never broken, and a sentence that is wider
  /// than its column goes on below.
  func columns(in size: Size, _ glyphs: Glyphs) -> [[Line]] {
    let count = HelpView.columnCount(of: size)
    let groups = groups(glyphs).map { group in
      group.flatMap { Self.wrapped($0, width: size.columns / count) }
    }
    let total = groups.reduce(0) { $0 + $1.count }
    var columns: [[Line]] = [[]]
    for group in groups {
      let height = columns[columns.count - 1].count
      let isFull = height > 0 && height + group.count / 2 > total / count
      if isFull, columns.count < count { columns.append([]) }
      columns[columns.count - 1] += group
    }
    return columns
  }

  private static func wrapped(_ line: Line, width: Int) -> [Line] {
    guard case .key(let keys, let help) = line else { return [line] }
    let room = width - HelpView.column(ofHelpFor: keys) - 1
    return TextWidth.lines(help, width: max(10, room)).enumerated().map { number, text in
      number == 0 ? .key(keys: keys, help: text) : .more(keys: keys, help: text)
    }
  }

  private func letters(_ glyphs: Glyphs) -> [(keys: String, help: String)] {
    VerdictMark.legend(glyphs).map { ($0.letter, $0.meaning) } + [
      ("*", "pinned: kept when others go")
    ]
  }

  private static let examples: [(keys: String, help: String)] = [
    ("tenant.id=acme", "any span of the trace has it; != has not"),
    ("a=1 b=2", "both; also: or, not, ( )"),
    ("dur>2s", "a span is longer; trace.dur the trace"),
    ("model=gpt-4o*", "a pattern; =~ a regular expression"),
    ("tenant in (a, b)", "one of several"),
    ("user.id?", "the key is there"),
    ("status=error", "also: verdict=denied, kind=client"),
    ("{ a=1 dur>2s }", "one and the same span"),
    ("{a=1} >> {b=2}", "the second below the first; also > ~ << <"),
    ("count() > 3", "spans; { a=1 } | count() > 3: of those"),
    ("event.name=x", "also span. resource. scope. root. trace."),
    ("\"upstream time\"", "text in a name, service or value"),
  ]

  private static func signs(_ glyphs: Glyphs) -> [(keys: String, help: String)] {
    [
      ("E", "the span carries evidence of an error"),
      ("D", "the span denied the request"),
      ("e", "an error is folded away below"),
      (glyphs.warning, "spans whose parent has not arrived; they move into place when it does"),
      (glyphs.late, "the span starts before its parent: clocks differ"),
      ("\(glyphs.check) \(glyphs.denied)", "a filter that let the request pass, or rejected it"),
      ("+12", "rows folded away below"),
    ]
  }

  // MARK: - Moving

  mutating func scroll(by rows: Int, in size: Size, glyphs: Glyphs) {
    let columns = columns(in: size, glyphs)
    let longest = columns.map(\.count).max() ?? 0
    top = min(max(0, top + rows), max(0, longest - HelpView.textArea(of: size).rows))
  }
}
