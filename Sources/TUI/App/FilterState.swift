import Store

/// The filter in force, as text, and the ways back from it.
struct FilterState: Equatable, Sendable {
  /// What is applied, as a person typed it; empty for everything.
  private(set) var text = ""
  private(set) var filter: Filter?
  /// Traces that the filter is asked among, where no filter says which.
  private(set) var chip: TraceChip?
  /// Filters before this one, oldest first: `u` takes the last.
  private var earlier: [Step] = []
  /// The filter before this one: `-` swaps the two.
  private var previous: Step?

  /// A filter and its chip.
  struct Step: Equatable, Sendable {
    var text: String
    var chip: TraceChip?
  }

  /// How many changes `u` can take back.
  static let maximumUndo = 100

  var isEmpty: Bool { filter == nil && chip == nil }
  /// What there is now, to come back to.
  var step: Step { Step(text: text, chip: chip) }
  /// The texts that `u` goes back to, oldest first.
  var undone: [String] { earlier.map(\.text) }

  /// Applies a filter and keeps the chip; nothing changes and the error comes back where the text is none.
  @discardableResult
  mutating func apply(_ new: String) -> FilterError? { apply(Step(text: new, chip: chip)) }

  /// Applies a filter with its chip.
  @discardableResult
  mutating func apply(_ new: Step) -> FilterError? {
    let new = Step(text: new.text.trimmed, chip: new.chip)
    let before = step
    guard new != before else { return nil }
    if let error = set(new) { return error }
    earlier.append(before)
    if earlier.count > Self.maximumUndo { earlier.removeFirst() }
    previous = before
    return nil
  }

  /// Takes back the last change; false when there is none.
  mutating func undo() -> Bool {
    guard let before = earlier.popLast() else { return false }
    previous = step
    _ = set(before)
    return true
  }

  /// Goes to the filter before this one; false when there was none.
  mutating func swap() -> Bool {
    guard let previous else { return false }
    apply(previous)
    return true
  }

  private mutating func set(_ new: Step) -> FilterError? {
    do throws(FilterError) {
      filter = try FilterParser.parse(new.text)
      text = new.text
      chip = new.chip
      return nil
    } catch {
      return error
    }
  }
}

/// Certain traces under a name: what stands beside a filter where no filter says which are meant.
struct TraceChip: Equatable, Sendable {
  var title: String
  var traces: TraceSet

  /// As the filter line has it: what they are, and how many.
  var text: String { "[\(title): \(traces.count) traces]" }
}

extension String {
  /// Without the blanks at both ends.
  var trimmed: String {
    guard first == " " || last == " " else { return self }
    var kept = self[...]
    while kept.first == " " { kept.removeFirst() }
    while kept.last == " " { kept.removeLast() }
    return String(kept)
  }
}
