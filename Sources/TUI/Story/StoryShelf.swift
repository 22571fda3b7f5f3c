import Store

/// The stories told so far of the traces that were looked at last, and those being told.
struct StoryShelf: Equatable, Sendable {
  private var told: [TraceNumber: ToldTrace] = [:]
  /// The traces of the same, the latest first.
  private var latest: [TraceNumber] = []
  /// What was asked for and has not come yet.
  private(set) var pending: [TraceNumber] = []

  /// How many are kept: as many as a screen of rows gone through.
  static let maximumStories = 96
  /// Of how many rows of the list stories are asked for at most: fewer than are kept, or what was just
  /// told would be forgotten for the next.
  static let maximumRows = 80
  /// From this size on a trace is told anew only for a fiftieth more spans.
  private static let largeTrace = 2_000

  /// The latest story of a trace, be it of fewer spans than there are now.
  func story(of number: TraceNumber) -> ToldTrace? { told[number] }

  /// Whether a trace with so many spans is to be asked for now; not while others are being told.
  func needs(_ number: TraceNumber, spans: Int, isAtRest: Bool) -> Bool {
    guard pending.isEmpty, spans > 0 else { return false }
    guard let known = told[number]?.spanCount else { return true }
    guard known != spans else { return false }
    return known < Self.largeTrace || isAtRest || spans - known >= known / 50
  }

  mutating func ask(_ numbers: [TraceNumber]) { pending = numbers }

  /// Takes what was asked for, or as much of it as there was time for; says which traces are told of
  /// otherwise than before.
  mutating func take(_ answers: [StoryAnswer]) -> [TraceNumber] {
    pending = []
    var changed: [TraceNumber] = []
    for answer in answers {
      changed.append(answer.number)
      latest.removeAll { $0 == answer.number }
      told[answer.number] = answer.told
      guard answer.told != nil else { continue }
      latest.insert(answer.number, at: 0)
      if latest.count > Self.maximumStories {
        let forgotten = latest.removeLast()
        told[forgotten] = nil
        changed.append(forgotten)
      }
    }
    return changed
  }
}
