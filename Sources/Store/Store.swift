import Glibc
import Synchronization

/// What became of a batch.
public struct AppendResult: Equatable, Sendable {
  /// Spans that are held now, or were already.
  public var accepted: Int
  /// Of those, the ones whose id their trace already had.
  public var duplicates: Int
  /// Spans refused because an id is not valid.
  public var rejected: Int
  /// Why the first of them was.
  public var reason: String?
}

/// Spans at rest: one writer at a time appends, any number of readers look at snapshots.
///
/// Whoever holds the writer's mutex is the writer, so a store that is busy pushes back on senders by
/// itself. Readers never take that mutex; they get the latest ``Snapshot``.
///
/// Full segments are packed by a thread that lives for as long as there is one to be packed. It reads
/// closed segments without a lock, since nothing that it reads of them changes any more, and puts the
/// packed form in the open one's place under the writer's mutex.
public final class Store: Sendable {
  /// Guards everything that changes on append; taken by the event loops, one request at a time.
  private let writer: Mutex<StoreWriter>
  /// Guards the latest snapshot; held for a copy of a few references.
  private let published: Mutex<Snapshot>
  /// Whether a reader waits for what is not published yet.
  private let isRefreshWanted = Atomic<Bool>(false)
  /// Whether the observer was told of news that no reader has asked for since.
  private let isNewsTold = Atomic<Bool>(false)
  private let budgetBytes: Int
  /// Bytes of memory that all took when something was last appended while older spans came, too;
  /// changed under the writer's mutex.
  private let heldBytes = Atomic<Int>(0)
  /// See ``isBackfillGoingOn``.
  private let isBackfilling = Atomic<Bool>(false)
  /// Guards the observer; called outside of every other lock.
  private let observer = Mutex<(@Sendable () -> Void)?>(nil)

  /// Guards who is told of pins; called outside of every other lock.
  let pinObserver = Mutex<(@Sendable (PinChange) -> Void)?>(nil)
  /// Guards who is told of decisions; called outside of every other lock.
  let decisionObserver = Mutex<(@Sendable ([SamplingDecision]) -> Void)?>(nil)
  /// Whether requests are thinned here.
  let isThinning: Bool
  /// Guards what spans are read by; changes only while there are none.
  private let reading: Mutex<Vocabulary>

  /// A store that holds at most `budgetBytes` of memory: whole requests go to make room.
  public init(
    budgetBytes: Int, vocabulary: Vocabulary = .standard, retention: RetentionPolicy = .standard
  ) {
    self.budgetBytes = budgetBytes
    reading = Mutex(vocabulary)
    isThinning = retention.sampling != nil
    var first = StoreWriter(budgetBytes: budgetBytes, policy: retention)
    first.requestKeys = vocabulary.dimensions[.request] ?? []
    first.sealing = .aside(atMost: Sealing.mostWaiting)
    var snapshot = first.snapshot()
    snapshot.vocabulary = vocabulary
    published = Mutex(snapshot)
    writer = Mutex(first)
  }

  // MARK: - Vocabulary

  /// What batches for this store are to be read by.
  public var vocabulary: Vocabulary { reading.withLock { $0 } }

  /// Reads spans by another vocabulary from now on: what a collector elsewhere says it uses.
  ///
  /// False, and nothing changes, where the store has taken spans already that were read by the one
  /// before. What fills batches for this store has to be made anew.
  public func adopt(_ vocabulary: Vocabulary) -> Bool {
    writer.withLock { writer in
      if vocabulary == self.vocabulary { return true }
      guard writer.hasTakenNothing else { return false }
      reading.withLock { $0 = vocabulary }
      writer.requestKeys = vocabulary.dimensions[.request] ?? []
      publish(&writer)
      return true
    }
  }

  // MARK: - Writing

  /// Takes a batch in; when this returns the spans are held and will be in the next snapshot.
  ///
  /// Spans that are history count as having arrived when they ended, as far as their own clock says:
  /// they are no traffic of this moment, and their traces have settled.
  public func append(_ batch: SpanBatch, isHistory: Bool = false) -> AppendResult {
    let now = WallClock.now()
    return told(writer.withLock { append(batch, now: now, isHistory: isHistory, to: &$0) })
  }

  /// Does the same, unless somebody else is writing: then nothing is done, and nil returned.
  public func appendIfIdle(_ batch: SpanBatch, isHistory: Bool = false) -> AppendResult? {
    let now = WallClock.now()
    return writer.withLockIfAvailable { append(batch, now: now, isHistory: isHistory, to: &$0) }
      .map { told($0) }
  }

  /// What became of a batch, and what is to be said of it once the writer is free.
  private struct Appended {
    var result: AppendResult
    var decisions: [SamplingDecision]
    var startsSealing: Bool
  }

  private func append(
    _ batch: SpanBatch, now: UInt64, isHistory: Bool, to writer: inout StoreWriter
  ) -> Appended {
    let result = writer.append(batch, now: now, isHistory: isHistory)
    noteBytes(writer)
    if isRefreshWanted.exchange(false, ordering: .sequentiallyConsistent) { publish(&writer) }
    return Appended(
      result: result, decisions: writer.takeDecisions(), startsSealing: writer.beginSealing())
  }

  private func told(_ appended: Appended) -> AppendResult {
    if appended.startsSealing { sealAside() }
    tell(appended.decisions)
    tellNews()
    return appended.result
  }

  /// Changes the store in another way than by appending, tells whoever waits for news, and returns
  /// what `body` does.
  func change<Result: Sendable>(_ body: (inout StoreWriter) -> sending Result) -> Result {
    let (result, decisions) = writer.withLock { writer in
      let result = body(&writer)
      if isRefreshWanted.exchange(false, ordering: .sequentiallyConsistent) { publish(&writer) }
      return (result, writer.takeDecisions())
    }
    tell(decisions)
    tellNews()
    return result
  }

  /// Takes log records in: beside their trace where it is held, else to wait for it.
  public func append(_ logs: LogBatch) -> LogAppendResult {
    logs.numberCopies()
    let now = WallClock.monotonic()
    let result = writer.withLock { writer in
      let result = writer.append(logs, now: now)
      noteBytes(writer)
      if isRefreshWanted.exchange(false, ordering: .sequentiallyConsistent) { publish(&writer) }
      return result
    }
    tellNews()
    return result
  }

  /// Publishes what is held; returns whether all of it was looked through for what makes traces one
  /// request, which takes several times after a long time in which nobody looked.
  @discardableResult
  private func publish(_ writer: inout StoreWriter) -> Bool {
    let isCurrent = writer.joinRequests(atMost: StoreWriter.joinSlice)
    var snapshot = writer.view()
    snapshot.vocabulary = vocabulary
    published.withLock { $0 = snapshot }
    return isCurrent
  }

  private func tellNews() {
    guard !isNewsTold.exchange(true, ordering: .sequentiallyConsistent)
    else { return }
    observer.withLock { $0 }?()
  }

  /// Says that spans will be appended that are older than some that are held, until ``endBackfill()``:
  /// then what was touched last is found by time and not by place.
  public func beginBackfill() {
    isBackfilling.store(true, ordering: .relaxed)
    writer.withLock { writer in
      writer.isBackfilled = true
      noteBytes(writer)
    }
  }

  /// Says that no more of them will be.
  public func endBackfill() {
    isBackfilling.store(false, ordering: .relaxed)
    tellNews()
  }

  /// Whether spans are being appended that are older than some that are held: whoever only looks on
  /// leaves the processor to that.
  public var isBackfillGoingOn: Bool { isBackfilling.load(ordering: .relaxed) }

  /// Whether more than this share of the budget is taken, in percent, while older spans are appended.
  ///
  /// Whoever appends them asks often, and does not wait for the writer.
  public func isFull(beyond percent: Int) -> Bool {
    heldBytes.load(ordering: .relaxed) > budgetBytes / 100 * percent
  }

  private func noteBytes(_ writer: borrowing StoreWriter) {
    guard isBackfillGoingOn else { return }
    heldBytes.store(writer.bytes, ordering: .relaxed)
  }

  // MARK: - Sealing

  /// Has full segments packed by a thread of its own, which ends when none waits.
  private func sealAside() {
    let thread = BackgroundThread {
      // Nobody waits for it.
      pthread_detach(pthread_self())
      self.sealWaiting()
    }
    // A system without another thread: the sender's packs.
    if thread == nil { sealWaiting() }
  }

  private func sealWaiting() {
    let sealer = SegmentSealer(vocabulary)
    while let full = writer.withLock({ $0.nextToSeal() }) {
      let packed = sealer.seal(full)
      writer.withLock { writer in
        writer.install(packed, for: full)
        if isRefreshWanted.exchange(false, ordering: .sequentiallyConsistent) { publish(&writer) }
      }
      // Of traces that began before the segment few change any more: what groups read of them first is
      // ready when somebody asks.
      for chunk in writer.withLock({ $0.chunks.undigested(below: full.firstTrace) }) {
        chunk.digestFigures()
      }
      // Whoever holds a snapshot holds the memory of the open form, until there is a newer one.
      tellNews()
    }
  }

  // MARK: - Reading

  /// The latest snapshot; cheap.
  public func snapshot() -> Snapshot { published.withLock { $0 } }

  /// Publishes what arrived since the last snapshot, at once or at the end of the append that is going on.
  ///
  /// Returns without waiting; where an append is going on, the observer is called when it is done.
  public func refresh() {
    isRefreshWanted.store(true, ordering: .sequentiallyConsistent)
    isNewsTold.store(false, ordering: .sequentiallyConsistent)
    let isCurrent = writer.withLockIfAvailable { writer in
      isRefreshWanted.exchange(false, ordering: .sequentiallyConsistent) ? publish(&writer) : true
    }
    // There is more to say of what is held already.
    if isCurrent == false { tellNews() }
  }

  /// Publishes everything whose append has returned, waiting for one that is going on, and returns it.
  public func settledSnapshot() -> Snapshot {
    // In slices: senders get their turn in between.
    while !writer.withLock({ publish(&$0) }) {}
    return snapshot()
  }

  /// What is counted of everything whose append has returned. Nothing is looked through for it: a store
  /// that nobody looked at for ten million spans needs seconds for its first snapshot.
  public func settledStatistics() -> StoreStatistics { writer.withLock { $0.counted() } }

  /// Sets who is told, on any thread, when spans arrived after the last ``refresh()``; must be quick.
  public func observe(_ wake: @escaping @Sendable () -> Void) {
    observer.withLock { $0 = wake }
    // Spans may have come before there was anybody to tell.
    if isNewsTold.load(ordering: .sequentiallyConsistent) { wake() }
  }
}
