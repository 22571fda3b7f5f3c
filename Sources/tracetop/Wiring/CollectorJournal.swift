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
        store.beginBackfill()
        for _ in 0..<JournalReplay.threads {
          let run = { @Sendable in
            if replay.run(into: ReplayedRequests(store, limits, settling)) { store.endBackfill() }
          }
          // Without a thread this one reads; what arrives waits for it meanwhile.
          if BackgroundThread(run) == nil { run() }
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
///
/// While another thread writes to the store the next requests are decoded: to wait for it would keep a
/// processor busy with nothing, since a thread that waits for a mutex goes on trying.
private final class ReplayedRequests: JournalSink {
  /// So many requests may be decoded and wait for the store.
  private static let most = 4

  private let store: Store
  private let receivers: [StoreReceiver]
  /// Those that wait, in the order in which they came: the first of them, and how many.
  private var first = 0
  private var waiting = 0
  /// How many of them came before the frame that is being read.
  private var earlier = 0
  /// Requests that were read back are thinned as others are.
  private let settling: SettlingClock?

  init(_ store: Store, _ limits: BatchLimits, _ settling: SettlingClock?) {
    self.store = store
    self.settling = settling
    // Rules were applied, and limits counted, before it was written.
    receivers = (0..<Self.most).map { _ in StoreReceiver(store: store, limits: limits) }
  }

  func take(_ kind: JournalKind, _ body: UnsafeRawBufferPointer) -> Bool {
    settling?.start()
    guard kind == .spans else {
      return switch unsafe receivers[0].receive(logs: body) {
      case .accepted, .partial: true
      case .malformed, .tooLarge, .overloaded: false
      }
    }
    if waiting == Self.most { _ = append(waits: true) }
    guard unsafe receivers[(first + waiting) % Self.most].decodeHistory(body) else { return false }
    waiting += 1
    while waiting > 0, append(waits: false) {}
    return true
  }

  func flush() {
    while waiting > 0 { _ = append(waits: true) }
  }

  func flushEarlier() {
    while earlier > 0 { _ = append(waits: true) }
    earlier = waiting
  }

  /// Takes in the request that has waited longest; false where that has to wait on.
  private func append(waits: Bool) -> Bool {
    guard receivers[first].appendHistory(waits: waits) else { return false }
    first = (first + 1) % Self.most
    waiting -= 1
    earlier = max(0, earlier - 1)
    return true
  }

  var isFull: Bool { store.isFull(beyond: Journal.replayPercent) }
}
