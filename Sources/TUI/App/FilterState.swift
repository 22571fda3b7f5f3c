import Store

/// The filter in force, as text, and the ways back from it.
struct FilterState: Equatable, Sendable {
  /// What is applied, as a person typed it; empty for everything.
  private(set) var text = ""
  private(set) var filter: Filter?
  /// Filters before this one, oldest first: `u` takes the last.
  private(set) var undone: [String] = []
  /// The filter before this one: `-` swaps the two.
  private(set) var previous: String?

  /// How many changes `u` can take back.
  static let maximumUndo = 100

  var isEmpty: Bool { filter == nil }

  /// Applies a filter; nothing changes and the error comes back where the text is none.
  @discardableResult
  mutating func apply(_ new: String) -> FilterError? {
    let trimmed = new.trimmed
    guard trimmed != text else { return nil }
    let before = text
    if let error = set(trimmed) { return error }
    undone.append(before)
    if undone.count > Self.maximumUndo { undone.removeFirst() }
    previous = before
    return nil
  }

  /// Takes back the last change; false when there is none.
  mutating func undo() -> Bool {
    guard let before = undone.popLast() else { return false }
    previous = text
    _ = set(before)
    return true
  }

  /// Goes to the filter before this one; false when there was none.
  mutating func swap() -> Bool {
    guard let previous else { return false }
    apply(previous)
    return true
  }

  private mutating func set(_ new: String) -> FilterError? {
    do throws(FilterError) {
      filter = try FilterParser.parse(new)
      text = new
      return nil
    } catch {
      return error
    }
  }
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
