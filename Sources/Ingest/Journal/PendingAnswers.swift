import NIOCore
import Synchronization

/// Answers of one event loop that wait until the journal has what they acknowledge; confined to it.
///
/// They are few: each is a request in flight, and ``IngestLimits/maximumRequestsInFlight`` bounds those.
final class PendingAnswers {
  private struct Entry {
    var number: UInt64
    var connection: any AnsweringConnection
    var answer: () -> Void
  }

  private let journal: any RequestJournal
  private var entries = CircularBuffer<Entry>()
  /// Whether anything waits here: only then does a commit wake the loop.
  private let bell = Bell()

  /// To be made on the loop.
  init(journal: any RequestJournal, eventLoop: any EventLoop) {
    self.journal = journal
    let pending = NIOLoopBound(WeakReference(self), eventLoop: eventLoop)
    journal.observe { [bell] in
      guard bell.isSet.exchange(false, ordering: .sequentiallyConsistent) else { return }
      eventLoop.execute { pending.value.target?.answerSettled() }
    }
  }

  /// Whether all that was appended so far is settled.
  var isSettled: Bool { entries.isEmpty && journal.settled >= journal.appended }

  /// Calls `answer` once everything that was appended so far is settled, and flushes `connection`.
  func add(_ connection: any AnsweringConnection, _ answer: @escaping () -> Void) {
    entries.append(Entry(number: journal.appended, connection: connection, answer: answer))
    guard entries.count == 1 else { return }
    bell.isSet.store(true, ordering: .sequentiallyConsistent)
    // The commit may have come before the bell was set.
    if let first = entries.first, journal.settled >= first.number { answerSettled() }
  }

  private func answerSettled() {
    var connections: [ObjectIdentifier: any AnsweringConnection] = [:]
    repeat {
      let settled = journal.settled
      while let first = entries.first, first.number <= settled {
        entries.removeFirst()
        first.answer()
        connections[ObjectIdentifier(first.connection)] = first.connection
      }
      bell.isSet.store(!entries.isEmpty, ordering: .sequentiallyConsistent)
    } while entries.first.map { $0.number <= journal.settled } ?? false
    for connection in connections.values { connection.flushAnswers() }
  }
}

/// A connection whose answers may be written long after its requests were read.
protocol AnsweringConnection: AnyObject {
  func flushAnswers()
}

/// Says across threads whether somebody waits.
private final class Bell: Sendable {
  let isSet = Atomic<Bool>(false)
}

/// Refers to a loop's object without keeping it: the journal outlives the server's loops.
private final class WeakReference {
  private(set) weak var target: PendingAnswers?
  init(_ target: PendingAnswers) { self.target = target }
}
