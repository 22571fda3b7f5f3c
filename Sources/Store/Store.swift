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
public final class Store: Sendable {
  /// Guards everything that changes on append; taken by the event loops, one request at a time.
  private let writer: Mutex<StoreWriter>
  /// Guards the latest snapshot; held for a copy of a few references.
  private let published: Mutex<Snapshot>
  /// Whether a reader waits for what is not published yet.
  private let isRefreshWanted = Atomic<Bool>(false)
  /// Whether the observer was told of news that no reader has asked for since.
  private let isNewsTold = Atomic<Bool>(false)
  /// Guards the observer; called outside of every other lock.
  private let observer = Mutex<(@Sendable () -> Void)?>(nil)

  /// What batches for this store are to be read by.
  public let vocabulary: Vocabulary

  /// A store that holds at most `budgetBytes` of memory: the oldest traces go to make room.
  public init(budgetBytes: Int, vocabulary: Vocabulary = .standard) {
    self.vocabulary = vocabulary
    var first = StoreWriter(budgetBytes: budgetBytes)
    first.requestKeys = vocabulary.dimensions[.request] ?? []
    var snapshot = first.snapshot()
    snapshot.vocabulary = vocabulary
    published = Mutex(snapshot)
    writer = Mutex(first)
  }

  // MARK: - Writing

  /// Takes a batch in; when this returns the spans are held and will be in the next snapshot.
  ///
  /// Spans that are history count as having arrived when they ended, as far as their own clock says:
  /// they are no traffic of this moment, and their traces have settled.
  public func append(_ batch: SpanBatch, isHistory: Bool = false) -> AppendResult {
    let now = WallClock.now()
    let result = writer.withLock { writer in
      let result = writer.append(batch, now: now, isHistory: isHistory)
      if isRefreshWanted.exchange(false, ordering: .sequentiallyConsistent) { publish(&writer) }
      return result
    }
    tellNews()
    return result
  }

  /// Takes log records in: beside their trace where it is held, else to wait for it.
  public func append(_ logs: LogBatch) -> LogAppendResult {
    let now = WallClock.monotonic()
    let result = writer.withLock { writer in
      let result = writer.append(logs, now: now)
      if isRefreshWanted.exchange(false, ordering: .sequentiallyConsistent) { publish(&writer) }
      return result
    }
    tellNews()
    return result
  }

  private func publish(_ writer: inout StoreWriter) {
    var snapshot = writer.snapshot()
    snapshot.vocabulary = vocabulary
    published.withLock { $0 = snapshot }
  }

  private func tellNews() {
    guard !isNewsTold.exchange(true, ordering: .sequentiallyConsistent)
    else { return }
    observer.withLock { $0 }?()
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
    writer.withLockIfAvailable { writer in
      if isRefreshWanted.exchange(false, ordering: .sequentiallyConsistent) { publish(&writer) }
    }
  }

  /// Publishes everything whose append has returned, waiting for one that is going on, and returns it.
  public func settledSnapshot() -> Snapshot {
    writer.withLock { publish(&$0) }
    return snapshot()
  }

  /// Sets who is told, on any thread, when spans arrived after the last ``refresh()``; must be quick.
  public func observe(_ wake: @escaping @Sendable () -> Void) {
    observer.withLock { $0 = wake }
    // Spans may have come before there was anybody to tell.
    if isNewsTold.load(ordering: .sequentiallyConsistent) { wake() }
  }
}
