import Foundation
import Ingest
import Support
import Testing

@testable import Journal

/// The write-ahead log is merged into the file beside the one who writes.
@Suite struct LogMergeTests {
  let folder: JournalFolder

  init() throws { folder = try JournalFolder() }

  /// A thread that merges, while `body` runs.
  private func merging(_ merge: LogMerge, _ body: () throws -> Void) rethrows {
    let thread = DispatchGroup()
    thread.enter()
    Thread.detachNewThread {
      merge.run()
      thread.leave()
    }
    try body()
    merge.end()
    thread.wait()
  }

  /// Asks until the thread is there and has done it.
  private func mergeOnce(_ merge: LogMerge) {
    var rounds = 0
    while !merge.takeDone(), rounds < 30_000 {
      merge.want()
      usleep(1_000)
      rounds += 1
    }
  }

  /// Bytes that do not compress.
  private static var noise: [UInt8] {
    var random = SplitMix64(seed: 3)
    return (0..<25_000).flatMap { _ in
      let word = random.next()
      return (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
  }

  private func size(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(
      atPath: folder.url.appending(path: name).path)
    return attributes[.size] as? Int ?? -1
  }

  @Test("What is in the log is in the file after a merge, and the log begins anew")
  func merges() throws {
    let file = JournalFile(path: folder.path)
    try JournalDatabase.create(file)
    let database = try JournalDatabase(file, folder.options())
    let codec = FrameCodec()
    let noise = Self.noise
    var totals = try database.totals()
    var logBytes = 0
    let merge = LogMerge(file)
    try merging(merge) {
      for round in 1...3 {
        var queue = FrameQueue()
        unsafe noise.withUnsafeBytes { unsafe queue.append(.spans, $0, items: 1) }
        totals =
          try database.write(
            queue, by: codec, at: UInt64(round), after: totals, keeping: (.max, .max)
          ).totals
        let before = try size("journal.sqlite")
        mergeOnce(merge)
        let grown = try size("journal.sqlite") - before
        #expect(grown > 190_000, "round \(round), from \(before) bytes")
        if round == 1 { logBytes = try size("journal.sqlite-wal") }
      }
    }
    // Each round was written over the one before.
    #expect(try size("journal.sqlite-wal") <= logBytes + 65_536)
    #expect(totals.items == 3)
    try database.close()
  }

  @Test("Who merges does not make a file anew that is gone")
  func gone() throws {
    let file = JournalFile(path: folder.path)
    try JournalDatabase.create(file)
    try FileManager.default.removeItem(atPath: folder.path)
    let merge = LogMerge(file)
    merging(merge) { mergeOnce(merge) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  @Test("Nobody waits for a merge where no thread does any")
  func alone() {
    let merge = LogMerge(JournalFile(path: folder.path))
    merge.want()
    #expect(!merge.isGoingOn)
    #expect(!merge.takeDone())
    merge.end()
    // A thread that comes too late ends at once.
    merge.run()
  }

  @Test("A log many times as long as it may get is merged while it is written, and nothing is lost")
  func underLoad() throws {
    let running = RunningJournal(folder.options { $0.maximumBytes = 64 << 20 })
    // Forty megabytes that do not compress, a frame each: five times the log's eight.
    let noise = Self.noise
    for number in 0..<200 as Range<UInt64> {
      var body = (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
      body += noise
      running.append(body)
      running.settle()
    }
    running.settle()
    #expect(running.journal.report.state == .on)
    running.stop()
    // Its end has merged the rest.
    #expect(!FileManager.default.fileExists(atPath: folder.path + "-wal"))
    let again = RunningJournal(folder.options { $0.maximumBytes = 64 << 20 })
    let numbers = again.replayed.bodies.map { body in
      body.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    #expect(numbers.sorted() == Array(0..<200))
    again.stop()
  }
}
