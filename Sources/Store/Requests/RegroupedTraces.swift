/// The traces that came to stand with others as one request, or with others than before, or alone: in the
/// order in which that happened, so that readers look at those again and at no others.
struct RegroupedTraces: Sendable {
  /// A second's worth where every trace of full traffic is one request with another.
  static let usual = 32_768

  /// So many are remembered at least. Who looks less often looks at all traces that are one request with
  /// others.
  private let remembered: Int
  private var numbers: [UInt64] = []
  /// How many came before the first of ``numbers``.
  private var forgotten = 0

  init(remembering count: Int = RegroupedTraces.usual) { remembered = max(1, count) }

  /// How many came in all.
  var end: Int { forgotten + numbers.count }

  mutating func note(_ number: UInt64) {
    if numbers.count >= 2 * remembered {
      numbers.removeFirst(remembered)
      forgotten += remembered
    }
    numbers.append(number)
  }

  /// Those that came after so many; nil where not all of them are remembered.
  func after(_ seen: Int) -> ArraySlice<UInt64>? {
    seen < forgotten ? nil : numbers[min(seen - forgotten, numbers.count)...]
  }
}

/// Follows from snapshot to snapshot which traces stand together as requests: says with the traces that
/// changed which others are to be looked at again.
///
/// Confined to the thread that asks.
struct RegroupingReader {
  private var seen = 0
  /// Traces that were one request with others when last looked at.
  private var joined = TraceBits()

  /// Takes a snapshot's requests as known.
  mutating func begin(_ snapshot: Snapshot) {
    seen = snapshot.requests.regrouped.end
    joined = snapshot.requests.joined
  }

  /// With each of some traces the others of its request, and whichever stands apart or together since the
  /// snapshot before; each once.
  mutating func wholeRequests(of traces: [UInt64], in snapshot: Snapshot) -> [UInt64] {
    let requests = snapshot.requests
    var whole: [UInt64] = []
    var met = TraceBits()
    func take(_ number: UInt64) {
      guard met.insert(number) else { return }
      whole.append(number)
      guard requests.joined.contains(number), snapshot.chunks.contains(number) else { return }
      for other in RequestRing.members(of: number, in: snapshot.chunks) where met.insert(other) {
        whole.append(other)
      }
    }
    for number in traces { take(number) }
    if let regrouped = requests.regrouped.after(seen) {
      for number in regrouped { take(number) }
    } else {
      for set in [joined, requests.joined] {
        set.forEachReversed { number in
          take(number)
          return true
        }
      }
    }
    begin(snapshot)
    return whole
  }
}
