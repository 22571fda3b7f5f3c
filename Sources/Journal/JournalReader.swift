internal import FoundationEssentials
internal import GRDB
import Ingest
import Synchronization

/// Reads a journal's frames back, the newest first; any number of threads may ask for the next.
///
/// Each frame is read in a transaction of its own, so that the writer's log can be merged meanwhile.
final class JournalReader: Sendable {
  struct Frame: Sendable {
    var kind: JournalKind?
    var items: Int
    var bytes: Int
    /// As it lies on disk; nil where that cannot be read.
    var data: Data?
  }

  private let queue: DatabaseQueue
  /// Guards how far the reader is.
  private let place: Mutex<Place>

  private struct Place: ~Copyable {
    /// The number below which the next frame is looked for; nil once there are none.
    var before: Int64?
    var ahead: ReadAhead?
  }

  /// Reads the frames up to and with `last`, and has `ahead` follow.
  init(_ file: JournalFile, last: Int64, ahead: consuming ReadAhead? = nil) throws {
    var configuration = Configuration()
    configuration.label = "journal replay"
    configuration.readonly = true
    configuration.busyMode = .timeout(1)
    do {
      queue = try DatabaseQueue(path: file.path, configuration: configuration)
    } catch {
      // On a file system that is read-only SQLite cannot make the files that it keeps beside one that
      // others may write. Nobody does, if no log is there.
      guard !file.hasLog else { throw error }
      queue = try DatabaseQueue(path: file.immutableAddress, configuration: configuration)
    }
    place = Mutex(Place(before: last == .max ? .max : last + 1, ahead: ahead))
  }

  deinit { try? queue.end() }

  /// The next frame; nil after the oldest. Throws where the file does not say which it is.
  func next() throws -> Frame? {
    try place.withLock { place in
      guard let before = place.before else { return nil }
      // Whatever happens, nobody looks at the same frame again.
      place.before = nil
      return try queue.read { database in
        let head = try Row.fetchOne(
          database.cachedStatement(
            sql: """
              SELECT id, kind, items, bytes FROM frames WHERE id < ? ORDER BY id DESC LIMIT 1
              """), arguments: [before])
        guard let head else { return nil }
        let id = try head.number(0)
        // SQLite believes what the pages above a row say of its number: where those are damaged, it can
        // give the same row again and again.
        guard id < before else { throw DatabaseError.framesOutOfOrder }
        place.before = id
        // Apart, so that a frame whose bytes are damaged is one frame and not the end.
        let row = try? Row.fetchOne(
          database.cachedStatement(sql: "SELECT data FROM frames WHERE id = ?"), arguments: [id])
        let data = row.flatMap { Data.fromDatabaseValue($0[0]) }
        place.ahead?.proceed(past: data?.count ?? 0)
        guard let kind = try? head.number(1), let items = try? head.number(2),
          let bytes = try? head.number(3)
        else { return Frame(kind: nil, items: 0, bytes: 0, data: nil) }
        return Frame(
          kind: JournalKind(rawValue: Int(clamping: kind)), items: max(0, Int(clamping: items)),
          bytes: Int(clamping: bytes), data: data)
      }
    }
  }
}
