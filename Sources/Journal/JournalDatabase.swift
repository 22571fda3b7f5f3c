internal import FoundationEssentials
internal import GRDB
internal import Glibc
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

  private let file: JournalFile
  let queue: DatabaseQueue
  /// How long the file may be, in pages, and whether it is longer and has pages that nothing is in:
  /// one that was kept for a larger limit.
  private let maximumPages: Int
  private(set) var mustShrink = false
  /// How often the file could not be cut off for readers of it; after so many times it stays long.
  private var delays = 0
  private static let mostDelays = 100
  private static let delayMicroseconds: UInt32 = 20_000
  private static let mergeMicroseconds: UInt32 = 1_000
  /// The longest that the log should get, and what was written to it since it was merged, about, in pages.
  private let maximumLogPages: Int
  private var logPages = 0
  /// The small frames of this run that are still to be made one, by kind.
  private var small: [JournalKind: SmallFrames] = [:]

  /// Opens a journal that is there.
  init(_ file: JournalFile, _ options: JournalOptions) throws {
    self.file = file
    maximumPages = (options.maximumBytes - options.logBytes) / JournalLimits.pageBytes
    maximumLogPages = options.logBytes / JournalLimits.pageBytes
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
          PRAGMA synchronous = \(options.sync == .full ? "FULL" : "NORMAL");
          PRAGMA wal_autocheckpoint = \(maximumLogPages);
          PRAGMA journal_size_limit = \(options.logBytes);
          """)
      mustShrink = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0 > maximumPages
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
          PRAGMA page_size = \(JournalLimits.pageBytes);
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
      try queue.end()
    }
    temporary.restrict()
    try file.moveIn(from: temporary.path)
  }

  deinit { try? queue.end() }

  func close() throws { try queue.end() }

  // MARK: - Reading

  /// The newest frame's number; 0 where there is none.
  func last() throws -> Int64 {
    try queue.read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM frames") ?? 0 }
  }

  func totals() throws -> Totals {
    try queue.read { database in
      var totals = Totals()
      let rows = try Row.fetchCursor(
        database, sql: "SELECT id, written, items, length(data) FROM frames ORDER BY id")
      while let row = try rows.next() {
        let written = UInt64(clamping: try row.number(1))
        let id = try row.number(0)
        guard id > totals.last else { throw DatabaseError.framesOutOfOrder }
        totals.last = id
        totals.items &+= UInt64(clamping: try row.number(2))
        totals.room &+= Self.room(of: try row.number(3))
        totals.oldest = totals.oldest ?? written
        totals.newest = max(totals.newest ?? 0, written)
      }
      return totals
    }
  }

  /// Room that a frame takes, in bytes: its own pages, and its part of the table's.
  private static func room(of dataBytes: some BinaryInteger) -> UInt64 {
    let pageBytes = JournalLimits.pageBytes
    // Short ones share pages (https://sqlite.org/fileformat2.html#b_tree_pages).
    guard dataBytes >= pageBytes - 100 else { return UInt64(clamping: dataBytes) + 32 }
    return UInt64((max(0, Int(clamping: dataBytes)) / (pageBytes - 4) + 1) * pageBytes)
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
    // What is known of small frames changes with the transaction or not at all.
    var small = small
    try queue.writeWithoutTransaction { database in
      try database.inTransaction(.immediate) {
        try waiting.forEachFrame { (kind, bytes, items) throws in
          if bytes.count >= SmallFrames.smallBytes {
            // Those before it would have to stand behind it later.
            if var before = small.removeValue(forKey: kind), before.areWorthIt {
              try merge(&before, kind, &after, at: now, in: database, codec)
            }
            after.last += 1
            after.items &+= UInt64(items)
            after.room &+= try insert(
              bytes, kind, items, id: after.last, at: now, into: database, codec)
          } else {
            try insert(
              small: bytes, kind, items, &small[kind, default: SmallFrames()], &after, at: now,
              into: database, codec)
          }
          after.oldest = after.oldest ?? now
          after.newest = now
        }
        if Self.exceeds(limit, after, at: now) {
          let (count, last) = try Self.deleteOldest(in: database, &after, at: now, limit)
          deleted = count
          for kind in small.keys { small[kind]?.forget(upTo: last) }
        }
        return .commit
      }
    }
    self.small = small
    return (after, deleted)
  }

  /// Writes a small frame, and makes one of those before it once they are enough.
  private func insert(
    small bytes: ArraySlice<UInt8>, _ kind: JournalKind, _ items: Int, _ small: inout SmallFrames,
    _ totals: inout Totals, at now: UInt64, into database: Database, _ codec: FrameCodec
  ) throws {
    totals.last += 1
    totals.items &+= UInt64(items)
    let room = try insert(
      bytes, kind, items, id: totals.last, at: now, into: database, codec)
    totals.room &+= room
    small.append(bytes, id: totals.last, items: items, room: room)
    if small.areEnough { try merge(&small, kind, &totals, at: now, in: database, codec) }
  }

  /// Makes one frame of small ones.
  private func merge(
    _ small: inout SmallFrames, _ kind: JournalKind, _ totals: inout Totals, at now: UInt64,
    in database: Database, _ codec: FrameCodec
  ) throws {
    guard let ids = small.ids else { return }
    try database.cachedStatement(sql: "DELETE FROM frames WHERE id BETWEEN ? AND ? AND kind = ?")
      .execute(arguments: [ids.lowerBound, ids.upperBound, kind.rawValue])
    totals.room -= min(totals.room, small.room)
    totals.room &+= try insert(
      small.bytes[...], kind, small.items, id: ids.upperBound, at: now, into: database, codec)
    small.removeAll()
  }

  /// Writes one frame; returns the room that it takes.
  private func insert(
    _ bytes: ArraySlice<UInt8>, _ kind: JournalKind, _ items: Int, id: Int64, at now: UInt64,
    into database: Database, _ codec: FrameCodec
  ) throws -> UInt64 {
    guard let data = unsafe codec.compress(bytes), let start = data.baseAddress else {
      throw JournalFault(.failed, "\(file.path): no memory to compress a frame")
    }
    // Safe: bound without a copy, and run before the next frame takes the codec's memory.
    let blob = unsafe Data(
      bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: data.count, deallocator: .none)
    try database.cachedStatement(sql: "INSERT INTO frames VALUES (?, ?, ?, ?, ?, ?)").execute(
      arguments: [id, kind.rawValue, Int64(clamping: now), items, bytes.count, blob])
    let room = Self.room(of: data.count)
    // Its own pages, and what is seen to be written besides where frames are small.
    logPages += Int(clamping: room) / JournalLimits.pageBytes + 2
    return room
  }

  /// Has the log merged beside the writer before it is as long as it may get, and does the last of that;
  /// to be called between two groups.
  func tendLog(_ merge: LogMerge) {
    // A disk that is slower than the senders holds them back.
    while logPages > maximumLogPages, merge.isGoingOn { usleep(Self.mergeMicroseconds) }
    if merge.takeDone() {
      // Readers may delay it; then the next does more.
      _ = try? queue.writeWithoutTransaction { database in try database.checkpoint(.passive) }
      logPages = 0
    } else if logPages > maximumLogPages / 4 * 3 {
      merge.want()
    }
  }

  /// Gives some of the room that nothing is in back to the disk.
  func shrink() throws {
    try queue.writeWithoutTransaction { database in
      let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
      let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
      guard pages > maximumPages, free > 0 else {
        // The file is cut off when all of the log is merged into it, which a reader, or who merges it
        // already, may delay.
        let merged = try? database.checkpoint(.passive)
        delays += 1
        let isDelayed = merged.map { $0.checkpointedFrameCount < $0.walFrameCount } ?? true
        mustShrink = isDelayed && delays < Self.mostDelays
        if mustShrink { usleep(Self.delayMicroseconds) }
        return
      }
      try database.execute(sql: "PRAGMA incremental_vacuum(\(JournalLimits.shrunkPages))")
    }
  }

  /// Whether frames have to be deleted.
  static func exceeds(_ limit: Limit, _ totals: Totals, at now: UInt64) -> Bool {
    guard let oldest = totals.oldest, totals.oldest != totals.newest else { return false }
    return totals.room > limit.room || now > limit.age && oldest < now - limit.age
  }

  private static func deleteOldest(
    in database: Database, _ totals: inout Totals, at now: UInt64, _ limit: Limit
  ) throws -> (items: UInt64, last: Int64) {
    let cutoff = now > limit.age ? now - limit.age : 0
    var deleted: UInt64 = 0
    var lastDeleted: Int64?
    let rows = try Row.fetchCursor(
      database, sql: "SELECT id, written, items, length(data) FROM frames ORDER BY id LIMIT ?",
      arguments: [JournalLimits.deletedFrames + 1])
    var count = 0
    while let row = try rows.next() {
      let written = UInt64(clamping: try row.number(1))
      totals.oldest = written
      // What was written last stays, whatever its size.
      let id = try row.number(0)
      guard written < cutoff || totals.room > limit.room, id < totals.last,
        count < JournalLimits.deletedFrames
      else { break }
      count += 1
      lastDeleted = id
      let items = UInt64(clamping: try row.number(2))
      let taken = Self.room(of: try row.number(3))
      deleted &+= items
      totals.items = totals.items > items ? totals.items - items : 0
      totals.room = totals.room > taken ? totals.room - taken : 0
    }
    if let lastDeleted {
      try database.execute(sql: "DELETE FROM frames WHERE id <= ?", arguments: [lastDeleted])
    }
    return (deleted, lastDeleted ?? 0)
  }
}

extension DatabaseError {
  /// What no whole table gives: a row behind another that does not follow it.
  static var framesOutOfOrder: DatabaseError {
    DatabaseError(resultCode: .SQLITE_CORRUPT, message: "its frames are out of order")
  }
}

extension Row {
  /// A number of a row, which in a damaged file may be anything else. GRDB's own conversion traps there.
  func number(_ column: Int) throws -> Int64 {
    guard let number = Int64.fromDatabaseValue(self[column]) else {
      throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a frame's number is none")
    }
    return number
  }
}
