import Synchronization

/// Pins and thinning, for those who hold a store.
extension Store {
  /// Keeps the request of a trace for longer than others, or no longer; false where it is not held.
  @discardableResult
  public func setPinned(_ isPinned: Bool, _ trace: TraceNumber) -> Bool {
    change { $0.setPinned(isPinned, trace.rawValue) }
  }

  // MARK: - Deciding

  /// Decides what has settled, also where nothing arrives; says how long until more may have, or nil
  /// where nothing is left to be decided.
  public func settle() -> Nanoseconds? {
    guard isThinning else { return nil }
    let now = WallClock.now()
    let next = change { writer in
      writer.settle(now: now)
      return writer.sampler?.wheel.nextDue
    }
    return next.map { UnixNanos($0).since(UnixNanos(now)) }
  }

  /// Sets who is told, on the thread that appends, what became of requests; must be quick.
  ///
  /// Only what is decided from now on is told.
  public func observeDecisions(_ observer: (@Sendable ([SamplingDecision]) -> Void)?) {
    decisionObserver.withLock { $0 = observer }
    change { $0.reportsDecisions = observer != nil }
  }

  func tell(_ decisions: [SamplingDecision]) {
    guard !decisions.isEmpty else { return }
    decisionObserver.withLock { $0 }?(decisions)
  }

  // MARK: - Following

  /// Does as the store has decided whose spans are followed here, and which thins by a share.
  public func follow(_ decisions: [SamplingDecision]) {
    change { $0.follow(decisions) }
  }

  /// Everything that the followed store holds comes next; `share` is what it thins by.
  public func beginCatchingUp(share: Double?) {
    change { writer in
      writer.followedShare = share
      if share != nil { writer.beginCatchingUp() }
    }
  }

  /// Everything that the followed store holds has come; `isSame` says that what was here before came
  /// from the same one.
  public func endCatchingUp(isSame: Bool) {
    change { writer in
      if writer.isCatchingUp { writer.endCatchingUp(isSame: isSame) }
    }
  }
}

extension StoreWriter {
  mutating func takeDecisions() -> [SamplingDecision] {
    guard !decisions.isEmpty else { return [] }
    defer { decisions = [] }
    return decisions
  }
}
