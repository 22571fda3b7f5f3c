import Store

/// A filter being typed: the line, what is wrong with it, what it would show, and what may follow.
struct FilterPromptState: Equatable, Sendable {
  var editor: LineEditor
  /// What the text says as a filter, as far as it can be read.
  private(set) var filter: Filter?
  private(set) var error: FilterError?
  /// How many traces the draft matches, of how many; nil until counted.
  var preview: MatchCount?
  /// What may stand at the cursor, best first.
  private(set) var completions: [Suggestion] = []
  /// Whether Esc put the suggestions away; typing brings them back.
  private(set) var isPopupClosed = false
  private(set) var cycle: Cycle?
  private var walk: HistoryWalk?
  /// The text that the prompt began with.
  private let untouched: String
  var search: HistorySearch?

  struct MatchCount: Equatable, Sendable {
    var matching: Int
    var held: Int
  }

  /// Tab goes through suggestions from the text as it was typed.
  struct Cycle: Equatable, Sendable {
    var typed: LineEditor
    var choice: Int
  }

  /// Up and Down go through the filters that begin as the typed text does.
  private struct HistoryWalk: Equatable {
    var typed: LineEditor
    var matches: [String]
    /// The match shown; `matches.count` is the typed text.
    var position: Int
  }

  /// Ctrl-r: the filter found is on the line, the words looked for beside it.
  struct HistorySearch: Equatable, Sendable {
    var needle: LineEditor
    var before: LineEditor
    /// Which of the matches, the latest being 0.
    var skipped = 0
    var isFound = true
  }

  /// Begins with the filter in force, ready for one more predicate.
  init(text: String) {
    editor = LineEditor(text.isEmpty ? "" : text + " ")
    untouched = editor.text
    read()
  }

  /// Whether nothing has been typed yet.
  var isUntouched: Bool { editor.text == untouched && cycle == nil }

  var isPopupOpen: Bool { !isPopupClosed && !completions.isEmpty && search == nil }

  // MARK: - Typing

  /// Reads the line anew after it changed by typing.
  mutating func changed() {
    cycle = nil
    walk = nil
    isPopupClosed = false
    read()
  }

  private mutating func read() {
    preview = nil
    do throws(FilterError) {
      filter = try FilterParser.parse(editor.text.trimmed)
      error = nil
    } catch {
      filter = nil
      self.error = error
    }
  }

  // MARK: - Suggestions

  mutating func offer(_ completions: [Suggestion]) {
    guard cycle == nil else { return }
    self.completions = completions
  }

  mutating func closePopup() { isPopupClosed = true }

  /// Takes the first suggestion, then the next ones in turn; true when the line is final and may be
  /// asked about anew.
  mutating func complete(forward: Bool) -> Bool {
    guard !completions.isEmpty else { return false }
    let typed = cycle?.typed ?? editor
    let count = completions.count
    let choice: Int
    if let cycle {
      choice = (cycle.choice + (forward ? 1 : count - 1)) % count
    } else {
      choice = forward ? 0 : count - 1
    }
    editor = typed.taking(completions[choice])
    cycle = count == 1 ? nil : Cycle(typed: typed, choice: choice)
    isPopupClosed = false
    walk = nil
    read()
    return count == 1
  }

  // MARK: - History

  /// Puts an earlier or later filter on the line, among those that begin as what was typed.
  mutating func walkHistory(_ history: [String], back: Bool) -> Bool {
    var walk = self.walk ?? newWalk(history)
    let position = walk.position + (back ? -1 : 1)
    guard position >= 0, position <= walk.matches.count else { return false }
    walk.position = position
    if position == walk.matches.count {
      editor = walk.typed
    } else {
      editor.replace(with: walk.matches[position])
    }
    cycle = nil
    isPopupClosed = true
    self.walk = walk
    read()
    return true
  }

  private func newWalk(_ history: [String]) -> HistoryWalk {
    let prefix = isUntouched ? "" : editor.text
    var matches: [String] = []
    for entry in history where entry.hasPrefix(prefix.trimmed) && entry != editor.text {
      if matches.last != entry { matches.append(entry) }
    }
    return HistoryWalk(typed: editor, matches: matches, position: matches.count)
  }

  /// Finds the latest filter that contains the needle, past those skipped, and puts it on the line.
  mutating func findInHistory(_ history: [String]) {
    guard var search else { return }
    let needle = search.needle.text
    var skip = search.skipped
    for entry in history.reversed() where needle.isEmpty || entry.contains(needle) {
      if skip > 0 {
        skip -= 1
        continue
      }
      search.isFound = true
      self.search = search
      if !needle.isEmpty { editor.replace(with: entry) }
      read()
      return
    }
    search.isFound = false
    search.skipped = max(0, search.skipped - 1)
    self.search = search
  }
}

extension LineEditor {
  /// The line with a suggestion taken: the cursor stands after it.
  func taking(_ suggestion: Suggestion) -> LineEditor {
    let range = suggestion.range.clamped(to: 0..<characters.count)
    var line = self
    let text = String(characters[..<range.lowerBound]) + suggestion.text
    line.replace(
      with: text + String(characters[range.upperBound...]), cursor: text.count)
    return line
  }
}
