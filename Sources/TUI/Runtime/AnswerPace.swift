import Store

/// When an answer that the query thread gives again and again is due next: other questions come between.
struct AnswerPace {
  /// The shortest time between two tables once everything was read.
  static let intervalNanoseconds: UInt64 = 250_000_000
  /// The time left to other questions between two slices.
  static let breathNanoseconds: UInt64 = 3_000_000
  /// How many times as long as a part of an answer took the next one is put off.
  static let usualRest: UInt64 = 3
  /// A table that takes longer than this gets more of the time.
  private static let lateNanoseconds: UInt64 = 500_000_000

  /// Whether it was asked for anew: then it is due at once.
  var isNew = false
  var hasNews = false
  var isComplete = true
  var version: UInt64?
  /// By the monotonic clock.
  var notBefore: UInt64 = 0
  /// When a figure changes by itself, by the time of day.
  var nextChange: UnixNanos?

  /// Whether it is due, given what the query in force was last answered from.
  mutating func isDue(_ version: UInt64?) -> Bool {
    if version != self.version {
      self.version = version
      hasNews = true
    }
    if isNew { return true }
    let isTime = nextChange.map { $0 <= Clock.now() } ?? false
    return (hasNews || !isComplete || isTime) && Clock.monotonic() >= notBefore
  }

  /// How long nothing has to be done; nil for ever.
  var timeout: UInt64? {
    let now = Clock.monotonic()
    let rest = notBefore > now ? notBefore - now : 0
    if isNew { return 0 }
    if hasNews || !isComplete { return rest }
    return nextChange.map { max(rest, $0.since(Clock.now()).rawValue) }
  }

  /// What the answer that is being made has taken so far, in all its parts, in nanoseconds.
  private var spent: UInt64 = 0
  /// When it was begun, by the monotonic clock; nil where none is being made.
  private var begunAt: UInt64?
  /// Whether somebody waits for it, and does not just look on.
  private(set) var isUrgent = false

  mutating func begin(at moment: UInt64, isUrgentWhereNew: Bool) {
    begunAt = moment
    isUrgent = isNew && isUrgentWhereNew
    (isNew, hasNews) = (false, false)
  }

  /// The next part of an answer that nobody waits for is put off by `rest` times what this one took, so
  /// that the work is spread; by less where the answer is late in spite of it.
  mutating func breathe(since began: UInt64, rest: UInt64) {
    let ended = Clock.monotonic()
    let took = ended - began
    let isLate = ended - (begunAt ?? ended) > AnswerPace.lateNanoseconds
    let pause = isLate && rest == AnswerPace.usualRest ? took : rest * took
    notBefore = ended + (isUrgent ? AnswerPace.breathNanoseconds : pause)
    guard isComplete else { return }
    notBefore = max(notBefore, (begunAt ?? began) + AnswerPace.intervalNanoseconds)
    (begunAt, isUrgent) = (nil, false)
  }

  /// The next answer leaves the rest of the time to others.
  mutating func rest(since began: UInt64, rest: UInt64) {
    let ended = Clock.monotonic()
    spent += ended - began
    guard isComplete else { return notBefore = ended + AnswerPace.breathNanoseconds }
    notBefore = ended + max(AnswerPace.intervalNanoseconds, rest * spent)
    spent = 0
  }
}
