/// Thinning: requests are decided whole when they settle, and what comes late follows.
///
/// Kept are errors, denials, clients gone, flags, pins and what is slow, each counted as one, and of all
/// others the share, counted for those that go. All traces of a request are decided at once, when none
/// of them was touched for ``TraceRecord/settleTime``. A trace that joins a request later follows it:
/// where that was kept it is kept, where it was let go it goes, by its trace id or request id.
extension StoreWriter {
  /// Whether a span comes too late: its trace was let go.
  @inline(__always)
  func isForgotten(_ id: TraceID) -> Bool {
    guard forgotten != nil else { return false }
    return forgotten?.contains(id) ?? false
  }

  /// Counts a span of a trace that was let go.
  mutating func countLate(_ span: SpanBatch.SpanEntry) {
    statistics.spansSampledOut += 1
    statistics.spansSampledOutLate += 1
    if !Evidence(rawValue: span.evidence).isDisjoint(with: .failure.union(.denial)) {
      statistics.errorsSampledOutLate += 1
    }
  }

  /// Takes the fact that a trace holds what other traces of its request hold too.
  mutating func hold(_ key: RequestKey, _ number: UInt64) {
    requests.add(key, number, &chunks)
    guard sampler != nil, chunks[number].weight == 0 else { return }
    if forgotten?.isFollowed(key, at: chunks[number].firstTouched) ?? false {
      sampler?.condemn(number)
    } else {
      sampler?.note(key, of: number)
    }
  }

  // MARK: - Deciding

  /// Decides the requests that have settled.
  mutating func settle(now: UInt64) {
    guard let due = sampler?.wheel.take(now: now), !due.isEmpty else { return }
    _ = joinRequests()
    for number in due {
      guard isHeld(number), chunks[number].weight == 0 else {
        _ = sampler?.settle(number)
        continue
      }
      let members = RequestRing.members(of: number, in: chunks)
      let touched = members.reduce(0) { max($0, chunks[$1].touched) }
      if UnixNanos(now).since(UnixNanos(touched)) < TraceRecord.settleTime {
        sampler?.wheel.add(number, due: touched + TraceRecord.settleTime.rawValue)
      } else {
        decide(members)
      }
    }
    version += 1
    dropEmptied()
  }

  private mutating func decide(_ members: [UInt64]) {
    guard let weight = weight(of: members) else { return drop(members) }
    for member in members where chunks[member].weight == 0 {
      chunks.update(member) { $0.weight = weight }
      _ = sampler?.settle(member)
      if weight != 1 { statistics.tracesKeptByShare += 1 }
      report(chunks[member].id, Double(weight))
    }
  }

  /// What a request counts for; nil for one that goes.
  private mutating func weight(of members: [UInt64]) -> Float? {
    guard let sampler else { return 1 }
    var smallest: TraceID?
    for member in members {
      let record = chunks[member]
      // Halves do not part: whoever joins what was kept is kept.
      if record.weight > 0 { return record.weight }
      if smallest.map({ record.id < $0 }) ?? true { smallest = record.id }
    }
    if members.contains(where: { sampler.isCondemned($0) && !chunks[$0].isPinned }) {
      for member in members where chunks[member].hasEvidence {
        statistics.errorsSampledOutLate += UInt64(chunks[member].errors)
      }
      return nil
    }
    if isEvidence(members) { return 1 }
    guard let smallest, sampler.isKept(smallest) else { return nil }
    return sampler.weight
  }

  private mutating func drop(_ members: [UInt64]) {
    let first = members.reduce(UInt64.max) { min($0, chunks[$1].firstTouched) }
    for member in members {
      let id = chunks[member].id
      forgotten?.insert(id)
      for key in sampler?.settle(member) ?? [] where !requests.isTooCommon(key) {
        forgotten?.insert(key, first: first)
      }
      report(id, 0)
    }
    letGo(members, .sampledOut)
  }

  private mutating func report(_ id: TraceID, _ weight: Double) {
    if reportsDecisions { decisions.append(SamplingDecision(trace: id, weight: weight)) }
  }

  // MARK: - Following another's decisions

  /// Does as another store has decided.
  mutating func follow(_ decisions: [SamplingDecision]) {
    if forgotten == nil { forgotten = ForgottenRequests(budgetBytes: budgetBytes) }
    var going: [UInt64] = []
    for decision in decisions {
      let number = index.find(decision.trace, in: chunks)
      if decision.weight > 0 {
        // A weight must be a number that sums stay numbers with.
        let weight = Float(min(max(decision.weight, 1), 1e9))
        if let number {
          chunks.update(number) { $0.weight = weight }
        } else if isCatchingUp, foretold.count < ForgottenRequests.most {
          foretold[decision.trace] = weight
        }
      } else {
        forgotten?.insert(decision.trace)
        // What a person has pinned here stays here.
        if let number, !chunks[number].isPinned { going.append(number) }
      }
    }
    letGo(apart: going)
    version += 1
    dropEmptied()
  }

  /// Lets traces go that need not be whole requests here.
  private mutating func letGo(apart numbers: [UInt64]) {
    let going = Set(numbers)
    for number in numbers where isHeld(number) {
      let members = RequestRing.members(of: number, in: chunks)
      if members.allSatisfy({ going.contains($0) }) {
        letGo(members, .sampledOut)
      } else {
        letGo(oneOf: members, number)
      }
    }
    requests.settle(&chunks)
  }

  // MARK: - Catching up with another

  /// Everything that another store holds follows, as history.
  mutating func beginCatchingUp() {
    isCatchingUp = true
    catchUps &+= 1
  }

  /// Everything that the other holds has come. Traces that were here before, that are not decided and
  /// that it did not send again it has let go meanwhile; `isSame` says that it is the store that
  /// they came from.
  mutating func endCatchingUp(isSame: Bool) {
    isCatchingUp = false
    for (id, weight) in foretold {
      if let number = index.find(id, in: chunks) { chunks.update(number) { $0.weight = weight } }
    }
    foretold = [:]
    guard isSame else { return }
    var going: [UInt64] = []
    var number = chunks.base
    while number < chunks.end {
      let record = chunks[number]
      if !record.isEvicted, record.weight == 0, !record.isPinned, record.caughtUp != catchUps {
        going.append(number)
        forgotten?.insert(record.id)
      }
      number += 1
    }
    letGo(apart: going)
    version += 1
    dropEmptied()
  }
}
