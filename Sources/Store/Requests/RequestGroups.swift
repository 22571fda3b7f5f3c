/// Traces that are one request: groups over the keys that traces share.
///
/// A group is what keys connect, directly or through other traces. Its members know each other as a
/// ring of numbers in their records, so that every snapshot has the groups of its own moment.
struct RequestGroups {
  private var index = RequestIndex()
  /// The traces that share a key with another, with those keys.
  private var nodes: [UInt64: Node] = [:]
  /// Traces whose groups have to be made anew from their keys, since a key or a trace went; and keys whose
  /// traces are among them.
  private var changed: Set<UInt64> = []
  private var changedKeys: Set<UInt64> = []
  private(set) var counts = RequestCounts()

  private struct Node {
    var keys: Set<UInt64> = []
    /// Whether it hangs together with more traces than one request can have, and so is in no group.
    var isLoose = false
  }

  init(remembering regrouped: Int = RegroupedTraces.usual) {
    counts.regrouped = RegroupedTraces(remembering: regrouped)
  }

  var bytes: Int { index.bytes + nodes.capacity * 64 }

  // MARK: - Writing

  /// Takes the fact that a trace holds a key.
  mutating func add(_ key: RequestKey, _ number: UInt64, _ chunks: inout TraceChunks) {
    switch index.insert(key, number, chunks) {
    case .none: break
    case .joined(let traces):
      for trace in traces { nodes[trace, default: Node()].keys.insert(key.rawValue) }
      join(traces, &chunks)
    case .parted(let traces):
      for trace in traces { nodes[trace]?.keys.remove(key.rawValue) }
      unlink(Set(traces.flatMap { RequestRing.members(of: $0, in: chunks) }), &chunks)
    }
  }

  /// Makes one group of the groups of traces that share a key.
  private mutating func join(_ traces: [UInt64], _ chunks: inout TraceChunks) {
    guard let first = traces.first else { return }
    var members = Set(RequestRing.members(of: first, in: chunks))
    // Most often another key has joined them already, or one of them is new.
    if traces.count > 1, traces.allSatisfy({ members.contains($0) }) { return }
    for trace in traces where !members.contains(trace) {
      members.formUnion(RequestRing.members(of: trace, in: chunks))
    }
    let isLoose =
      members.count > RequestLimits.traces || members.contains { nodes[$0]?.isLoose ?? false }
    for trace in members { nodes[trace]?.isLoose = isLoose }
    link(isLoose ? [] : members.sorted(), unlinking: members, &chunks)
  }

  /// Forgets all traces of a request, which are about to go together.
  mutating func forget(_ members: [UInt64]) {
    guard !nodes.isEmpty else { return }
    counts.followers -= members.count - 1
    for trace in members {
      counts.joined.remove(trace)
      // Those that hung together with too many others may be few enough now.
      if let node = nodes.removeValue(forKey: trace), node.isLoose {
        changedKeys.formUnion(node.keys)
      }
    }
  }

  /// Has the group of some traces, which is all of them, made anew because one of them is about to go.
  mutating func part(_ members: [UInt64], _ chunks: inout TraceChunks) {
    guard members.count > 1 else { return forget(members) }
    unlink(Set(members), &chunks)
  }

  /// Takes whole groups apart until ``settle(_:)`` puts together what still hangs together.
  private mutating func unlink(_ members: Set<UInt64>, _ chunks: inout TraceChunks) {
    link([], unlinking: members, &chunks)
    changed.formUnion(members)
  }

  /// Whether a key is held by more traces than one request has.
  func isTooCommon(_ key: RequestKey) -> Bool { index.isTooCommon(key) }

  /// Takes so many traces that went as the measure of how many keys to look through for lost ones.
  mutating func forgetGone(_ count: Int, _ chunks: TraceChunks) {
    index.forgetGone(count, chunks)
    counts.joined.forget(below: chunks.base)
  }

  /// Has readers look again at a trace whose request is another than it was.
  mutating func noteRegrouped(_ trace: UInt64) { counts.regrouped.note(trace) }

  /// Makes the groups anew where a key or a trace went; costs a look at the traces of those groups.
  mutating func settle(_ chunks: inout TraceChunks) {
    guard !changed.isEmpty || !changedKeys.isEmpty else { return }
    for key in changedKeys { changed.formUnion(index.traces(ofKey: key)) }
    var met: Set<UInt64> = []
    for start in changed.sorted() where !met.contains(start) {
      guard chunks.isHeld(start) else {
        nodes[start] = nil
        continue
      }
      let members = component(of: start, chunks)
      met.formUnion(members)
      let isLoose = members.count > RequestLimits.traces
      for trace in members { nodes[trace]?.isLoose = isLoose }
      link(isLoose ? [] : members.sorted(), unlinking: members, &chunks)
    }
    changed = []
    changedKeys = []
  }

  /// The traces that hang together with one. Of more than one request can have, those that were in no
  /// group before lead to others that were in none, and are not asked for them.
  private func component(of start: UInt64, _ chunks: TraceChunks) -> Set<UInt64> {
    var members: Set<UInt64> = [start]
    var seen: Set<UInt64> = []
    var due = [start]
    while let trace = due.popLast() {
      guard let node = nodes[trace] else { continue }
      if node.isLoose, members.count > RequestLimits.traces { continue }
      for key in node.keys where seen.insert(key).inserted {
        for other in index.traces(ofKey: key)
        where chunks.isHeld(other) && members.insert(other).inserted { due.append(other) }
      }
    }
    return members
  }

  /// Puts traces in one ring, after those of other rings were taken out of theirs.
  private mutating func link(
    _ ring: [UInt64], unlinking members: Set<UInt64>, _ chunks: inout TraceChunks
  ) {
    let former = members.filter { chunks[$0].peer != 0 }
    counts.followers -= RequestRing.followers(among: former, in: chunks)
    if ring.count < 2 {
      for trace in former { setPeer(0, of: trace, &chunks) }
    } else {
      close(ring, &chunks)
    }
  }

  /// Makes each of some traces know the next.
  private mutating func close(_ ring: [UInt64], _ chunks: inout TraceChunks) {
    guard ring.count > 1 else {
      for trace in ring { setPeer(0, of: trace, &chunks) }
      return
    }
    counts.followers += ring.count - 1
    for (place, trace) in ring.enumerated() {
      setPeer(ring[(place + 1) % ring.count] + 1, of: trace, &chunks)
    }
  }

  /// A ring that changes has a trace with another next one, so whoever looks at the rings of those that
  /// are noted misses none.
  private mutating func setPeer(
    _ peer: UInt64, of trace: UInt64, _ chunks: inout TraceChunks
  ) {
    guard chunks[trace].peer != peer else { return }
    chunks.update(trace) { $0.peer = peer }
    if peer == 0 { counts.joined.remove(trace) } else { counts.joined.insert(trace) }
    counts.regrouped.note(trace)
  }
}

/// How traces stand together as requests, for readers.
struct RequestCounts: Sendable {
  /// The traces that are one request with others.
  var joined = TraceBits()
  /// Traces beyond the first of each request; traces less these are requests.
  var followers = 0
  /// Those that came to stand with others, or apart, lately.
  var regrouped = RegroupedTraces()
}

/// The members of a group as a ring: each record has the number of the next, plus one.
enum RequestRing {
  /// The trace and those that are one request with it, the trace first.
  static func members(of trace: UInt64, in chunks: TraceChunks) -> [UInt64] {
    var members = [trace]
    var next = chunks[trace].peer
    while next != 0, next - 1 != trace, members.count < RequestLimits.traces,
      chunks.contains(next - 1)
    {
      members.append(next - 1)
      next = chunks[next - 1].peer
    }
    return members
  }

  /// How many traces beyond the first of each ring there are among whole rings.
  static func followers(among traces: Set<UInt64>, in chunks: TraceChunks) -> Int {
    var left = traces
    var followers = 0
    while let trace = left.first {
      let members = members(of: trace, in: chunks)
      followers += members.count - 1
      left.subtract(members)
    }
    return followers
  }
}
