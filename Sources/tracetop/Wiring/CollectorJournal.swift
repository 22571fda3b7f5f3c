import Ingest
import Journal
import Store
import Synchronization

/// The journal of this process's collector, on its threads: one writes, one merges the file's log, and at
/// first two more read back what was held when the program last ended.
final class CollectorJournal: Sendable {
  /// How long a viewer or a one-shot command waits for what is being read back, in seconds: several
  /// times what memory's standard budget takes.
  private static let longestReplaySeconds = 10

  let journal: Journal
  /// Guards the threads that write and that merge; set once, taken once.
  private let threads = Mutex<[BackgroundThread]>([])

  init?(_ options: JournalOptions?, log: ProgramLog?) {
    guard let options else { return nil }
    journal = Journal(options) { log?.write($0) }
  }

  /// Begins to write, and to read back into `store`; returns at once.
  func start(into store: Store, limits: BatchLimits, settling: SettlingClock?) {
    let journal = journal
    let started = BackgroundThread {
      journal.run { replay in
        guard let replay else { return }
        store.expectBackfill()
        for _ in 0..<JournalReplay.threads {
          let sink = { @Sendable in ReplayedRequests(store, limits, settling) }
          // Without a thread this one reads; what arrives waits for it meanwhile.
          if BackgroundThread({ replay.run(into: sink()) }) == nil { replay.run(into: sink()) }
        }
      }
    }
    if started == nil { journal.fail("there is no thread for the journal") }
    let merging = BackgroundThread { journal.mergeLog() }
    threads.withLock { $0 = [started, merging].compactMap(\.self) }
  }

  /// Commits what is under way and closes the file.
  func stop() {
    journal.finish()
    let ended = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    for thread in ended { thread.join() }
  }

  /// Waits until what is read back can be found in the store.
  func waitForReplay() { journal.waitForReplay(seconds: Self.longestReplaySeconds) }
}

/// Takes what the journal gives back into the store, as history.
private final class ReplayedRequests: JournalSink {
  private let store: Store
  private let receiver: StoreReceiver
  /// Requests that were read back are thinned as others are.
  private let settling: SettlingClock?

  init(_ store: Store, _ limits: BatchLimits, _ settling: SettlingClock?) {
    self.store = store
    self.settling = settling
    // Rules were applied, and limits counted, before it was written.
    receiver = StoreReceiver(store: store, limits: limits)
  }

  func take(_ kind: JournalKind, _ body: UnsafeRawBufferPointer) -> Bool {
    settling?.start()
    let outcome =
      switch kind {
      case .spans: unsafe receiver.receive(body, isHistory: true)
      case .logs: unsafe receiver.receive(logs: body)
      }
    return switch outcome {
    case .accepted, .partial: true
    case .malformed, .tooLarge, .overloaded: false
    }
  }

  var isFull: Bool { store.isFull(beyond: Journal.replayPercent) }
}
