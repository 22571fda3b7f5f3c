extension Command {
  /// How many rows further down a text of this height is looked at, negative for up; far beyond its end
  /// for the first and last row. Nil for a command that does not scroll.
  func rows(ofTextHeight height: Int) -> Int? {
    let page = max(1, height - 1)
    return switch self {
    case .moveDown: 1
    case .moveUp: -1
    case .halfPageDown: height / 2
    case .halfPageUp: -(height / 2)
    case .pageDown: page
    case .pageUp: -page
    case .moveToTop: -1_000_000
    case .moveToBottom: 1_000_000
    default: nil
    }
  }
}
