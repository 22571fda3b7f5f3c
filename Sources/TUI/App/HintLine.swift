/// The keys worth knowing now, at the bottom of every screen; made from the key table.
struct HintLine {
  /// What the hints go by besides the screen.
  struct Facts: Hashable {
    var isUndoable: Bool
    var isEmpty: Bool
    var hasTraces: Bool
    var isListening: Bool
    var isOnHold: Bool
    var isBehind: Bool
    var isASCII: Bool
  }

  private let screen: ScreenKind
  private let facts: Facts

  init(_ state: AppState) {
    screen = state.screen
    let list = state.list
    facts = Facts(
      isUndoable: !state.filter.undone.isEmpty, isEmpty: list.isEmpty,
      hasTraces: list.tracesHeld > 0, isListening: state.source.connection == .listening,
      isOnHold: list.isOnHold, isBehind: list.newCount > 0 || !list.isFollowing,
      isASCII: state.glyphs.isASCII)
  }

  private struct Hint {
    var key: String
    var text: String
    var width: Int { TextWidth.columns(of: key) + 1 + TextWidth.columns(of: text) }
  }

  /// Always the last ones, so that the way out and the help have a fixed place.
  private static let last: [Command] = [.help, .back, .quit]

  /// What comes and goes as the selection moves stands behind the others, which keep their places.
  private static let passing: [Command] = [.follow]

  func draw(reusing parts: inout DrawnParts, into frame: inout Frame) {
    let source = DrawnParts.HintSource(
      screen: screen, facts: facts, columns: frame.size.columns)
    let area = Rect(row: frame.size.rows - 1, column: 0, rows: 1, columns: frame.size.columns)
    parts.drawHints(source, in: area, of: &frame) { draw(into: &$0) }
  }

  private func draw(into frame: inout Frame) {
    let row = frame.size.rows - 1
    let columns = frame.size.columns
    let hints = self.hints
    let right = hints.filter(\.isLast).map(\.hint)
    let rightWidth = right.reduce(0) { $0 + $1.width + 2 }
    var at = columns - rightWidth + 1
    for hint in right { at += draw(hint, at: at, row: row, into: &frame) + 2 }
    at = 1
    for hint in hints.filter({ !$0.isLast }).map(\.hint) {
      guard at + hint.width + 2 <= columns - rightWidth else { break }
      at += draw(hint, at: at, row: row, into: &frame) + 2
    }
  }

  private func draw(_ hint: Hint, at column: Int, row: Int, into frame: inout Frame) -> Int {
    let used = frame.put(hint.key, row: row, column: column, style: .helpKey)
    return used + 1
      + frame.put(hint.text, row: row, column: column + used + 1, style: .dim)
  }

  private var hints: [(hint: Hint, isLast: Bool)] {
    var hints: [(hint: Hint, isLast: Bool)] = []
    let bindings = Keymap.bindings(on: screen).filter {
      $0.hint != nil || $0.command == .follow
    }
    let isPassing = { (binding: Binding) in Self.passing.contains(binding.command) }
    for binding in bindings.filter({ !isPassing($0) }) + bindings.filter(isPassing) {
      guard let text = text(of: binding), let key = binding.keys.first else { continue }
      hints.append(
        (Hint(key: name(of: key), text: text), Self.last.contains(binding.command)))
    }
    return hints
  }

  /// The hint's word as things are now; nil keeps the key off the line.
  private func text(of binding: Binding) -> String? {
    switch binding.command {
    case .undoFilter where !facts.isUndoable: return nil
    case .demo: return !facts.hasTraces && facts.isListening ? binding.hint : nil
    case .hold where !facts.hasTraces: return nil
    case .facets, .groups: return screen == .traces && !facts.hasTraces ? nil : binding.hint
    case .hold: return facts.isOnHold ? "resume" : binding.hint
    case .follow: return facts.isBehind ? "newest" : nil
    case .only, .exclude, .open, .copy:
      return screen == .traces && facts.isEmpty ? nil : binding.hint
    default: return binding.hint
    }
  }

  private func name(of key: Key) -> String {
    key == .enter && !facts.isASCII ? "↵" : key.name
  }
}
