internal import Dispatch
internal import GRDB
import Synchronization

/// Merges the write-ahead log into the file on a thread of its own, over a connection of its own, so
/// that those who wait for a commit do not wait for the disk.
///
/// The log begins anew only where all of it is merged at a moment at which nobody writes. What came
/// while this thread waited for the disk is therefore left to the writer, between two groups: that is
/// little. Where nobody runs this, SQLite lets the writer merge the whole log.
final class LogMerge: Sendable {
  /// `alone` is the writer for whom no thread merges.
  private enum Step { case alone, idle, wanted, done, ended }

  /// A log that is written faster than it is merged is gone after again so often.
  private static let rounds = 3
  /// What is left to the writer at most, in pages, where that can be had.
  private static let fewPages = 32

  private let file: JournalFile
  /// Guards what is wanted of the thread and what it has done.
  private let step = Mutex(Step.alone)
  private let wakeUp = DispatchSemaphore(value: 0)
  /// Left once the thread has closed its connection; entered where there is a thread.
  private let running = DispatchGroup()

  init(_ file: JournalFile) { self.file = file }

  // MARK: - The thread

  /// Merges whenever the writer wants it, until the end.
  func run() {
    running.enter()
    defer { running.leave() }
    step.withLock { if $0 == .alone { $0 = .idle } }
    var queue: DatabaseQueue?
    defer { try? queue?.end() }
    while step.withLock({ $0 != .ended }) {
      wakeUp.wait()
      guard step.withLock({ $0 == .wanted }) else { continue }
      do {
        let opened = try queue ?? open()
        queue = opened
        try merge(opened)
      } catch {
        // The writer meets what is wrong with the file, and says it.
      }
      step.withLock { if $0 == .wanted { $0 = .done } }
    }
  }

  private func open() throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.label = "journal merge"
    configuration.busyMode = .timeout(1)
    let queue = try DatabaseQueue(path: file.existingAddress, configuration: configuration)
    // Before it has read anything a connection does not know that there is a log.
    _ = try queue.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA schema_version") }
    return queue
  }

  private func merge(_ queue: DatabaseQueue) throws {
    for _ in 0..<Self.rounds {
      let merged = try queue.writeWithoutTransaction { try $0.checkpoint(.passive) }
      guard merged.walFrameCount - merged.checkpointedFrameCount > Self.fewPages else { return }
    }
  }

  // MARK: - The writer

  /// Whether the thread is at it, or soon will be.
  var isGoingOn: Bool { step.withLock { $0 == .wanted } }

  /// Asks for a merge, if there is a thread and it has nothing to do.
  func want() {
    let isNew = step.withLock { step in
      guard step == .idle else { return false }
      step = .wanted
      return true
    }
    if isNew { wakeUp.signal() }
  }

  /// Whether a merge that was asked for is over; said once.
  func takeDone() -> Bool {
    step.withLock { step in
      guard step == .done else { return false }
      step = .idle
      return true
    }
  }

  /// Ends the thread, and waits until its connection is closed.
  func end() {
    step.withLock { $0 = .ended }
    wakeUp.signal()
    running.wait()
  }
}
