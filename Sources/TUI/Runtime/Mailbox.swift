import Store
import Synchronization

/// What other threads leave for the screen's thread: the latest of each kind, so that a slow terminal costs no memory.
///
/// Any thread posts; the screen's thread takes everything. Each post wakes it.
final class Mailbox: Sendable {
  /// An answer of the query in force, and the snapshot that it speaks of.
  struct Answer: Sendable {
    var result: QueryResult
    var generation: Int
    var snapshot: Snapshot
  }

  /// News since the last look.
  struct Letters: Sendable {
    var answer: Answer?
    /// The newest ``Message/routes(_:generation:)``.
    var routes: Message?
    /// The newest ``Message/routeTraces(_:filter:generation:)``.
    var routeTraces: Message?
    /// The newest ``Message/facets(_:generation:)``.
    var facets: Message?
    /// The newest ``Message/groups(_:generation:)``.
    var groups: Message?
    /// The newest ``Message/groupTraces(_:filter:generation:)``.
    var groupTraces: Message?
    /// The newest ``Message/preview(matching:of:generation:)``.
    var preview: Message?
    /// The newest ``Message/completions(_:generation:)``.
    var completions: Message?
    /// The newest ``Message/told(_:)``.
    var stories: Message?
    /// Whether the source has news; what they are is asked for when they are shown.
    var hasSourceNews = false
  }

  /// Guards the letters; posting threads and the screen's, none of them while holding another lock.
  private let letters = Mutex(Letters())
  let wake: WakePipe

  init(wake: WakePipe) { self.wake = wake }

  /// Replaces the answer before it.
  func post(_ answer: Answer) {
    letters.withLock { $0.answer = answer }
    wake.signal()
  }

  /// Replaces the message of its kind before it.
  func post(_ message: Message, as kind: any WritableKeyPath<Letters, Message?> & Sendable) {
    letters.withLock { $0[keyPath: kind] = message }
    wake.signal()
  }

  func postSourceNews() {
    letters.withLock { $0.hasSourceNews = true }
    wake.signal()
  }

  /// Takes everything out.
  func take() -> Letters {
    letters.withLock { letters in
      defer { letters = Letters() }
      return letters
    }
  }
}
