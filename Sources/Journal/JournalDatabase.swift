internal import FoundationEssentials
internal import GRDB
import Ingest

/// The journal's file from inside. Confined to one thread at a time.
///
/// One table: a frame a row, numbered as they were written. Rows are only ever added at the end and
/// deleted at the beginning.
@safe final class JournalDatabase {
  /// What is in the file.
  struct Totals: Equatable {
    var items: UInt64 = 0
    /// Room that the frames take, in bytes, about.
    var room: UInt64 = 0
    var last: Int64 = 0
    var oldest: UInt64?
    var newest: UInt64?
  }

  private static let pageBytes = 4_096

  private let file: JournalFile
  private let queue: DatabaseQueue

  /// Opens a journal that is there.
  init(_ file: JournalFile, sync: JournalOptions.Sync) throws {
    self.file = file
    var configuration = Configuration()
    configuration.label = "journal"
    configuration.foreignKeysEnabled = false
    configuration.busyMode = .timeout(1)
    configuration.journalMode = .wal
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA secure_delete = FAST;
          PRAGMA cache_size = -1024;
          """)
    }
    queue = try DatabaseQueue(path: file.path, configuration: configuration)
    try queue.writeWithoutTransaction { database in
      try database.execute(
        sql: """
          PRAGMA synchronous = \(sync == .full ? "FULL" : "NORMAL");
          PRAGMA wal_autocheckpoint = \(JournalLimits.logPages);
          PRAGMA journal_size_limit = \(JournalLimits.logPages * Self.pageBytes);
          """)
    }
  }

  /// Makes a new journal at a path where nothing is: whole or not at all.
  static func create(_ file: JournalFile) throws {
    let temporary = JournalFile(path: file.path + ".new")
    try? FileManager.default.removeItem(atPath: temporary.path)
    var configuration = Configuration()
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA journal_mode = OFF;
          PRAGMA page_size = \(pageBytes);
          PRAGMA auto_vacuum = INCREMENTAL;
          PRAGMA application_id = \(JournalFile.applicationID);
          PRAGMA user_version = \(JournalFile.version);
          """)
    }
    do {
      let queue = try DatabaseQueue(path: temporary.path, configuration: configuration)
      try queue.write { database in
        try database.execute(
          sql: """
            CREATE TABLE frames (
              id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, written INTEGER NOT NULL,
              items INTEGER NOT NULL, bytes INTEGER NOT NULL, data BLOB NOT NULL)
            """)
      }
      try queue.close()
    }
    temporary.restrict()
    try file.moveIn(from: temporary.path)
  }

  func close() throws { try queue.close() }

  // MARK: - Reading

  func totals() throws -> Totals {
    try queue.read { database in
      var totals = Totals()
      let rows = try Row.fetchCursor(
        database, sql: "SELECT id, written, items, length(data) FROM frames ORDER BY id")
      while let row = try rows.next() {
        let written = UInt64(clamping: row[1] as Int64)
        totals.last = row[0]
        totals.items &+= UInt64(clamping: row[2] as Int64)
        totals.room &+= Self.room(of: row[3])
        totals.oldest = totals.oldest ?? written
        totals.newest = max(totals.newest ?? 0, written)
      }
      return totals
    }
  }

  /// Room that a frame takes, in bytes: its own pages, and its part of the table's.
  private static func room(of dataBytes: Int) -> UInt64 {
    UInt64((max(0, dataBytes) / (pageBytes - 4) + 1) * pageBytes)
  }

  // MARK: - Writing

  /// How much of a journal is kept: frames this old, and room, in nanoseconds and bytes.
  typealias Limit = (age: UInt64, room: UInt64)

  /// Writes all that waits in one transaction, and deletes the oldest frames as far as they are too old
  /// or in the way, some at a time.
  ///
  /// Returns what is in the file then, and how many spans and records were deleted.
  func write(
    _ waiting: FrameQueue, by codec: FrameCodec, at now: UInt64, after totals: Totals,
    keeping limit: Limit
  ) throws -> (totals: Totals, deleted: UInt64) {
    var after = totals
    var deleted: UInt64 = 0
    try queue.writeWithoutTransaction { database in
      try database.inTransaction(.immediate) {
        let insert = try database.cachedStatement(
          sql: "INSERT INTO frames VALUES (?, ?, ?, ?, ?, ?)")
        try waiting.forEachFrame { (kind, bytes, items) throws in
          guard let data = unsafe codec.compress(bytes), let start = data.baseAddress else {
            throw JournalFault(.failed, "\(file.path): no memory to compress a frame")
          }
          after.last += 1
          after.items &+= UInt64(items)
          after.room &+= Self.room(of: data.count)
          after.oldest = after.oldest ?? now
          after.newest = now
          // Safe: bound without a copy, and run before the next frame takes the codec's memory.
          let blob = unsafe Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: data.count,
            deallocator: .none)
          try insert.execute(arguments: [
            after.last, kind.rawValue, Int64(clamping: now), items, bytes.count, blob,
          ])
        }
        if Self.exceeds(limit, after, at: now) {
          deleted = try Self.deleteOldest(in: database, &after, at: now, limit)
        }
        return .commit
      }
    }
    return (after, deleted)
  }

  /// Whether frames have to be deleted.
  static func exceeds(_ limit: Limit, _ totals: Totals, at now: UInt64) -> Bool {
    guard let oldest = totals.oldest, totals.oldest != totals.newest else { return false }
    return totals.room > limit.room || now > limit.age && oldest < now - limit.age
  }

  private static func deleteOldest(
    in database: Database, _ totals: inout Totals, at now: UInt64, _ limit: Limit
  ) throws -> UInt64 {
    let cutoff = now > limit.age ? now - limit.age : 0
    var deleted: UInt64 = 0
    var lastDeleted: Int64?
    let rows = try Row.fetchCursor(
      database, sql: "SELECT id, written, items, length(data) FROM frames ORDER BY id LIMIT ?",
      arguments: [JournalLimits.deletedFrames + 1])
    var count = 0
    while let row = try rows.next() {
      let written = UInt64(clamping: row[1] as Int64)
      totals.oldest = written
      // What was written last stays, whatever its size.
      let id: Int64 = row[0]
      guard written < cutoff || totals.room > limit.room, id < totals.last,
        count < JournalLimits.deletedFrames
      else { break }
      count += 1
      lastDeleted = id
      let items = UInt64(clamping: row[2] as Int64)
      let taken = Self.room(of: row[3])
      deleted &+= items
      totals.items = totals.items > items ? totals.items - items : 0
      totals.room = totals.room > taken ? totals.room - taken : 0
    }
    if let lastDeleted {
      try database.execute(sql: "DELETE FROM frames WHERE id <= ?", arguments: [lastDeleted])
    }
    return deleted
  }

  /// Gives room at the file's end back to the disk, some of it at a time; false where there is none.
  func shrink(pages: Int) throws -> Bool {
    try queue.writeWithoutTransaction { database in
      let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
      guard free > 0 else { return false }
      try database.execute(sql: "PRAGMA incremental_vacuum(\(pages))")
      return try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0 < free
    }
  }
}
