internal import Dispatch
internal import Glibc
public import Ingest
import Store
import Synchronization

/// Writes requests down before they are acknowledged, into one SQLite file.
///
/// ``run(_:)`` is the journal's thread, which the caller gives it. What is appended meanwhile waits and
/// is committed together: the more there is to do, the larger the groups. Where the file cannot be
/// written, requests are acknowledged from memory, and ``report`` says so and why.
public final class Journal: RequestJournal {
  let options: JournalOptions
  let file: JournalFile
  let log: @Sendable (String) -> Void
  /// Guards what waits, the report and who is told: event loops append, the journal's thread takes.
  let shared: Mutex<JournalShared>
  let appendedCount = Atomic<UInt64>(0)
  let settledCount = Atomic<UInt64>(0)
  let wakeUp = DispatchSemaphore(value: 0)
  let merge: LogMerge
  /// Left once what was in the file has been read back.
  private let replay = DispatchGroup()
  private let isReplayOver = Atomic<Bool>(false)
  /// How much of the store's memory is filled with what is read back, in percent; the rest is for what
  /// arrives.
  public static let replayPercent = 88

  public init(_ options: JournalOptions, log: @escaping @Sendable (String) -> Void = { _ in }) {
    self.options = options
    self.log = log
    file = JournalFile(path: options.path)
    merge = LogMerge(file)
    shared = Mutex(JournalShared(report: JournalReport(path: options.path)))
    replay.enter()
  }

  // MARK: - RequestJournal

  public var appended: UInt64 { appendedCount.load(ordering: .acquiring) }
  public var settled: UInt64 { settledCount.load(ordering: .acquiring) }

  public func refusal(ofBytes count: Int) -> String? {
    shared.withLock { shared in
      let waiting = shared.waiting.byteCount
      // Whatever is longer than the limit has to be let in at some time.
      guard waiting > 0, waiting + count > JournalLimits.queueBytes else { return nil }
      return "the journal is behind by \(waiting) bytes"
    }
  }

  public func append(_ kind: JournalKind, _ body: UnsafeRawBufferPointer, items: Int) {
    let isWoken = shared.withLock { shared in
      guard shared.accepts() else {
        shared.report.unwritten += 1
        return false
      }
      unsafe shared.waiting.append(kind, body, items: items)
      appendedCount.add(1, ordering: .releasing)
      defer { shared.isAsleep = false }
      return shared.isAsleep
    }
    if isWoken { wakeUp.signal() }
  }

  public func observe(_ wake: @escaping @Sendable () -> Void) {
    shared.withLock { $0.onSettled.append(wake) }
  }

  // MARK: - Reports

  /// How the journal stands now.
  public var report: JournalReport {
    // Asked first: where it is over, the figures are the last ones.
    let isReplayOver = isReplayOver.load(ordering: .acquiring)
    var report = shared.withLock { $0.report }
    // From the moment it is open: nobody is to see what it holds neither there nor coming.
    report.replay.isRunning = report.state != .opening && !isReplayOver
    switch report.state {
    case .stopped(let fault) where fault.kind == .foreign || fault.kind == .inUse: break
    default: report.bytes = file.bytesOnDisk
    }
    return report
  }

  /// Sets who is told, on any thread, when the report has changed in a way that matters to a person.
  public func observeReport(_ wake: @escaping @Sendable () -> Void) {
    shared.withLock { $0.onNews = wake }
  }

  /// Waits until what was in the file has been read back, or so many seconds.
  public func waitForReplay(seconds: Int) {
    guard !isReplayOver.load(ordering: .acquiring) else { return }
    _ = replay.wait(timeout: .now() + .seconds(seconds))
  }

  /// Whether nobody wants more of what was in the file.
  var isReplayEnded: Bool { isReplayOver.load(ordering: .relaxed) }

  /// Changes what is said of it, and says so as often as anybody looks.
  func changeReplay(_ body: (inout JournalReport.Replay) -> Void) {
    let now = JournalClock.read(CLOCK_MONOTONIC)
    let tell: (@Sendable () -> Void)? = shared.withLock { shared in
      body(&shared.report.replay)
      guard now >= shared.tellReplayAt else { return nil }
      shared.tellReplayAt = now + JournalLimits.replayNewsNanoseconds
      return shared.onNews
    }
    tell?()
  }

  /// Says once that nothing more is read back.
  func endReplay() {
    guard !isReplayOver.exchange(true, ordering: .acquiringAndReleasing) else { return }
    shared.withLock { $0.onNews }()
    replay.leave()
    // What has to wait for that can be done now.
    wakeUp.signal()
  }

  // MARK: - Opening

  /// Opens the file, or makes it, and writes what is appended until ``finish()`` is called or the file
  /// fails for good.
  ///
  /// `replaying` is given what is to be read back, nil where that is nothing; it must not wait for it.
  public func run(_ replaying: (JournalReplay?) -> Void) {
    var ahead: ReadAhead?
    var replay: JournalReplay?
    do throws(JournalFault) {
      let taken = try take(&ahead)
      // To count what there is every frame's head is looked at: the newest are on the screen first.
      replay = beginReplay(last: taken.last, ahead.take())
      replaying(replay)
      var open = try count(taken)
      replay?.expect(open.totals.items)
      write(&open)
    } catch {
      merge.end()
      stop(error, forGood: true)
      // What cannot be written can often be read.
      switch error.kind {
      case _ where replay != nil: break
      case .readOnly, .damaged, .full, .failed:
        replay = beginReplay(last: .max, ahead.take())
        replaying(replay)
      case .inUse, .foreign, .newer, .gone:
        endReplay()
        replaying(nil)
      }
      replay?.expect(0)
    }
  }

  private func beginReplay(last: Int64, _ ahead: consuming ReadAhead?) -> JournalReplay? {
    guard last > 0, let reader = try? JournalReader(file, last: last, ahead: ahead) else {
      endReplay()
      return nil
    }
    return JournalReplay(self, reader, log: log)
  }

  /// The file, held for this process alone, and its newest frame's number.
  private typealias Taken = (database: JournalDatabase, lock: JournalLock, last: Int64)

  private func take(_ ahead: inout ReadAhead?) throws(JournalFault) -> Taken {
    // Before anything is made beside it: what is not ours is left alone altogether.
    let isThere = try file.inspect() == .journal
    if isThere { ahead = ReadAhead(file) }
    try file.makeFolder()
    let lock = try JournalLock(file)
    do {
      if try !isThere && file.inspect() == .nothing {
        try file.setOrphansAside()
        try JournalDatabase.create(file)
      }
      file.restrict()
      try lock.take(file)
      let database = try JournalDatabase(file, options)
      let last = try database.last()
      file.restrict()
      return (database, lock, last)
    } catch {
      throw error as? JournalFault ?? JournalFault(error, path: file.path)
    }
  }

  /// Counts what the file has, after which it can be written.
  private func count(_ taken: Taken) throws(JournalFault) -> OpenJournal {
    do {
      let totals = try taken.database.totals()
      shared.withLock { shared in
        // Whoever reads it back may have found that it is damaged.
        if shared.report.state == .opening { shared.report.state = .on }
        shared.report.items = totals.items
      }
      return OpenJournal(
        database: taken.database, lock: taken.lock, identity: file.identity(),
        clock: JournalClock(newest: totals.newest, maximumAge: options.maximumAge), totals: totals)
    } catch {
      throw error as? JournalFault ?? JournalFault(error, path: file.path)
    }
  }

  /// Merges the file's log into it beside ``run(_:)``, on another thread, which returns when that one has
  /// ended. Without it senders wait for the disk now and then.
  public func mergeLog() { merge.run() }

  // MARK: - Ending

  /// Acknowledges from memory from now on. What waits is acknowledged without being written.
  ///
  /// `forGood` says that nobody is left who would try again, whatever may pass by itself: what waited for
  /// that would wait for ever.
  func stop(_ fault: JournalFault, forGood: Bool = false) {
    let isOver = forGood || !fault.isPassing
    let (isNew, observers, tell) = shared.withLock { shared in
      var isNew = true
      if case .stopped(let before) = shared.report.state { isNew = before.kind != fault.kind }
      shared.report.state = .stopped(fault)
      shared.retryAt =
        isOver ? .max : JournalClock.read(CLOCK_BOOTTIME) + JournalLimits.retryNanoseconds
      if isOver {
        shared.report.unwritten += UInt64(shared.waiting.requests)
        shared.waiting.removeAll()
        settle(appendedCount.load(ordering: .relaxed))
      }
      return (isNew, shared.onSettled, shared.onNews)
    }
    if isNew {
      log("journal \(fault.kind.rawValue): \(fault.reason); requests are kept in memory only")
    }
    for wake in observers { wake() }
    tell()
  }

  /// Says that the journal cannot be run at all.
  public func fail(_ reason: String) {
    merge.end()
    stop(JournalFault(.failed, reason), forGood: true)
    endReplay()
  }

  /// Lets ``run(_:)`` commit what waits and return. To be called when the server has ended: nobody is
  /// told any more.
  public func finish() {
    shared.withLock { shared in
      shared.isClosing = true
      shared.onSettled = []
    }
    wakeUp.signal()
    endReplay()
  }
}
