internal import Dispatch
internal import Glibc
import Store
import Synchronization

/// The journal's thread: takes what waits, commits it, says so.
extension Journal {
  /// Writes groups until the end.
  func write(_ opened: inout OpenJournal) {
    var taken = FrameQueue()
    var rest = GroupPause()
    while let number = take(&taken, &opened, &rest) {
      rest.begin()
      guard commit(taken, upTo: number, &opened) else { break }
      taken.removeAll()
    }
    end(&opened)
  }

  /// Takes what waits, once there is any; nil at the end. Returns the number of the last of it.
  private func take(
    _ taken: inout FrameQueue, _ opened: inout OpenJournal, _ pause: inout GroupPause
  ) -> UInt64? {
    while true {
      enum Step { case work(UInt64), gather(UInt32), tidy, sleep, end }
      let step = shared.withLock { shared in
        guard shared.waiting.requests == 0 else {
          if let wait = pause.microseconds(before: shared.waiting) { return Step.gather(wait) }
          swap(&taken, &shared.waiting)
          return Step.work(appendedCount.load(ordering: .relaxed))
        }
        if shared.isClosing || !shared.report.state.isAlive { return .end }
        if mustTidy(opened) { return .tidy }
        shared.isAsleep = true
        return .sleep
      }
      switch step {
      case .work(let number): return number
      case .gather(let microseconds): usleep(microseconds)
      case .end: return nil
      case .sleep:
        opened.codec.trim()
        wakeUp.wait()
      case .tidy: guard commit(FrameQueue(), upTo: 0, &opened) else { return nil }
      }
    }
  }

  private var limit: JournalDatabase.Limit {
    (options.maximumAge.rawValue, UInt64(options.frameBytes))
  }

  private func mustTidy(_ opened: borrowing OpenJournal) -> Bool {
    mustShrink(opened)
      || JournalDatabase.exceeds(limit, opened.totals, at: opened.clock.now())
  }

  /// Room is given back once nobody reads the file any more: as long as somebody does, the log with what
  /// was moved cannot be merged into it.
  private func mustShrink(_ opened: borrowing OpenJournal) -> Bool {
    opened.database.mustShrink && isReplayEnded
  }

  /// Commits one group; false where the journal has ended for good. The group is settled either way.
  private func commit(_ group: FrameQueue, upTo number: UInt64, _ opened: inout OpenJournal) -> Bool
  {
    var fault: JournalFault?
    var deleted: UInt64 = 0
    do {
      (opened.totals, deleted) = try opened.database.write(
        group, by: opened.codec, at: opened.clock.now(), after: opened.totals, keeping: limit)
      // After what was to be deleted is.
      if group.requests == 0, deleted == 0, mustShrink(opened) {
        try opened.database.shrink()
      }
      fault = missing(&opened)
    } catch {
      fault = error as? JournalFault ?? JournalFault(error, path: file.path)
    }
    if let fault { stop(fault) }
    let observers = shared.withLock { shared in
      if fault == nil {
        shared.report.committed += UInt64(group.requests)
        shared.report.items = opened.totals.items
        shared.report.deleted += deleted
        if case .stopped(let before) = shared.report.state, before.isPassing {
          shared.report.state = .on
          log("journal: written again")
        }
      } else {
        shared.report.unwritten += UInt64(group.requests)
      }
      return shared.onSettled
    }
    settle(number)
    for wake in observers { wake() }
    // Those who waited for this group are answered by now.
    if fault == nil { opened.database.tendLog(merge) }
    return fault?.isPassing ?? true
  }

  /// Settled numbers only grow: a journal that has stopped has settled everything already.
  func settle(_ number: UInt64) {
    _ = settledCount.max(number, ordering: .releasing)
  }

  /// Why what was just committed will not be found again; nil where it will.
  private func missing(_ opened: inout OpenJournal) -> JournalFault? {
    if opened.logIdentity == nil {
      opened.logIdentity = JournalFile.identity(of: file.logPath)
      file.restrict()
    }
    guard
      file.identity() != opened.identity
        || JournalFile.identity(of: file.logPath) != opened.logIdentity
    else { return nil }
    return JournalFault(
      .gone, "\(file.path) was deleted or replaced while it was written; start again for a new one")
  }

  private func end(_ opened: inout OpenJournal) {
    merge.end()
    // A file that failed is left as it is.
    if shared.withLock({ $0.report.state == .on }) {
      do {
        try opened.database.close()
      } catch {
        log("journal: \(JournalFault(error, path: file.path).reason)")
      }
      shared.withLock { $0.report.state = .closed }
    }
  }
}
