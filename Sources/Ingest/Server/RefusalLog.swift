internal import NIOCore
import Synchronization

/// Writes what was refused to the log: the first of a kind at once, and then no more than a line of
/// each kind in ten seconds, with the number of those that had none.
final class RefusalLog: Sendable {
  /// How long a kind is quiet after a line of it.
  static let quiet = TimeAmount.seconds(10)

  private struct Entry {
    var last: NIODeadline
    var unsaid = 0
  }

  /// Guards what was written when; taken by any loop, for each refusal.
  private let entries = Mutex<[Refusal.Kind: Entry]>([:])
  private let write: @Sendable (String) -> Void

  init(write: @escaping @Sendable (String) -> Void) { self.write = write }

  func note(_ refusal: Refusal, now: NIODeadline = .now()) {
    let unsaid: Int? = entries.withLock { entries in
      if let entry = entries[refusal.kind], now < entry.last + Self.quiet {
        entries[refusal.kind]?.unsaid += 1
        return nil
      }
      return entries.updateValue(Entry(last: now), forKey: refusal.kind)?.unsaid ?? 0
    }
    guard let unsaid else { return }
    let more = unsaid > 0 ? " (and \(unsaid) before it since the last such line)" : ""
    write("refused, \(refusal.kind.rawValue): \(refusal.message)\(more)")
  }
}
