import Synchronization

/// Pins and thinning, for those who hold a store.
extension Store {
  /// Keeps the request of a trace for longer than others, or no longer; false where it is not held.
  @discardableResult
  public func setPinned(_ isPinned: Bool, _ trace: TraceNumber) -> Bool {
    tell(change { $0.pin(isPinned, trace.rawValue) })
  }

  /// The same for a trace that is known by its id.
  @discardableResult
  public func setPinned(_ isPinned: Bool, _ trace: TraceID) -> Bool {
    tell(
      change { writer in
        writer.index.find(trace, in: writer.chunks).flatMap { writer.pin(isPinned, $0) }
      })
  }

  /// Sets who is told, on the thread that changes them, what was pinned or unpinned; must be quick.
  public func observePins(_ observer: (@Sendable (PinChange) -> Void)?) {
    pinObserver.withLock { $0 = observer }
  }

  private func tell(_ change: PinChange?) -> Bool {
    guard let change else { return false }
    if !change.traces.isEmpty { pinObserver.withLock { $0 }?(change) }
    return true
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
  /// Pins the request of a trace that is held, or takes the pin off, and says for which traces that is
  /// news; nil where it is not held.
  fileprivate mutating func pin(_ isPinned: Bool, _ number: UInt64) -> PinChange? {
    guard isHeld(number) else { return nil }
    let changed = RequestRing.members(of: number, in: chunks).filter {
      chunks[$0].isPinned != isPinned
    }
    guard !changed.isEmpty else { return PinChange(traces: [], isPinned: isPinned) }
    _ = setPinned(isPinned, number)
    return PinChange(traces: changed.map { chunks[$0].id }, isPinned: isPinned)
  }

  mutating func takeDecisions() -> [SamplingDecision] {
    guard !decisions.isEmpty else { return [] }
    defer { decisions = [] }
    return decisions
  }
}
