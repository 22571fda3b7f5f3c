import Store

/// The stories told so far of the traces that were looked at last, and the one being told.
struct StoryShelf: Equatable, Sendable {
  private var told: [ToldTrace] = []
  /// What was asked for and has not come yet.
  private(set) var pending: TraceNumber?
  /// Changes with each answer.
  private(set) var revision = 0

  /// How many are kept: as many as a screen of rows gone through.
  static let maximumStories = 96
  /// Of how many rows of the list stories are asked for at most: fewer than are kept, or what was just
  /// told would be forgotten for the next.
  static let maximumRows = 80
  /// From this size on a trace is told anew only for a fiftieth more spans.
  private static let largeTrace = 2_000

  /// The latest story of a trace, be it of fewer spans than there are now.
  func story(of number: TraceNumber) -> ToldTrace? { told.first { $0.number == number } }

  /// Whether a trace with so many spans is to be asked for now; only one is at a time.
  func needs(_ number: TraceNumber, spans: Int, isAtRest: Bool) -> Bool {
    guard pending == nil, spans > 0 else { return false }
    guard let known = story(of: number)?.spanCount else { return true }
    guard known != spans else { return false }
    return known < Self.largeTrace || isAtRest || spans - known >= known / 50
  }

  mutating func ask(_ number: TraceNumber) { pending = number }

  /// Takes what was asked for; nil for a trace that is not held any more.
  mutating func take(_ new: ToldTrace?, of number: TraceNumber) {
    if pending == number { pending = nil }
    revision += 1
    told.removeAll { $0.number == number }
    guard let new else { return }
    told.insert(new, at: 0)
    if told.count > Self.maximumStories { told.removeLast() }
  }
}
