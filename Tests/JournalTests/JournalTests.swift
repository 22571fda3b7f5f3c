import Foundation
import GRDB
import Ingest
import Store
import Support
import Synchronization
import Testing

@testable import Journal

@Suite struct JournalTests {
  let folder: JournalFolder

  init() throws { folder = try JournalFolder() }

  @Test("What was appended comes back after a new start, the newest frame first")
  func comesBack() throws {
    let first = RunningJournal(folder.options())
    #expect(first.replayed.bodies.isEmpty)
    for number in 1...5 {
      first.append("request \(number)", items: number)
      first.settle()
    }
    #expect(first.journal.report.items == 15)
    #expect(first.journal.report.committed == 5)
    first.stop()

    let second = RunningJournal(folder.options())
    #expect(Set(second.replayed.bodies) == Set((1...5).map { Array("request \($0)".utf8) }))
    let replay = second.journal.report.replay
    #expect((replay.total, replay.items, replay.left, replay.unreadable) == (15, 15, 0, 0))
    #expect(!replay.isRunning)
    // One of the threads that read it back is told that nothing more comes.
    #expect((first.last.load(ordering: .relaxed), second.last.load(ordering: .relaxed)) == (0, 1))
    second.stop()
  }

  @Test("A request is settled when another reader of the file finds it, not before")
  func settledMeansCommitted() throws {
    let running = RunningJournal(folder.options())
    for number in 1...200 {
      running.append("request \(number)")
      running.settle()
      let reader = try JournalReader(JournalFile(path: folder.path), last: .max)
      let frame = try #require(try reader.next())
      let codec = FrameCodec()
      let data = try #require(frame.data)
      var found: [String] = []
      unsafe data.withUnsafeBytes { bytes in
        guard let plain = unsafe codec.decompress(bytes, to: frame.bytes) else { return }
        _ = unsafe FrameCodec.forEachRequest(in: plain) {
          found.append(unsafe String(decoding: $0, as: UTF8.self))
        }
      }
      #expect(found.last == "request \(number)")
    }
    running.stop()
  }

  @Test("Requests of any length and kind come back with their bytes, whatever frames they share")
  func everyByte() throws {
    var random = SplitMix64.announced("requests of any length")
    let running = RunningJournal(folder.options())
    var spans: Set<[UInt8]> = []
    var logs: Set<[UInt8]> = []
    for number in 0..<400 {
      let length = random.pick([1, 2, 127, 128, 200, 16_383, 16_384, 70_000])
      var body = (0..<length).map { _ in random.number(UInt8(0)...7) }
      body += Array(" \(number)".utf8)
      if random.chance(30) {
        logs.insert(body)
        running.append(body, .logs)
      } else {
        spans.insert(body)
        running.append(body, .spans)
      }
    }
    running.settle()
    running.stop()
    let again = RunningJournal(folder.options())
    let found = again.replayed.requests.withLock { $0 }
    #expect(Set(found.filter { $0.kind == .spans }.map(\.body)) == spans)
    #expect(Set(found.filter { $0.kind == .logs }.map(\.body)) == logs)
    #expect(found.count == 400)
    again.stop()
  }

  @Test(
    "A commit waits for the disk where that is asked for", arguments: JournalOptions.Sync.allCases)
  func sync(_ sync: JournalOptions.Sync) throws {
    let file = JournalFile(path: folder.path)
    try JournalDatabase.create(file)
    let database = try JournalDatabase(file, folder.options { $0.sync = sync })
    // https://sqlite.org/pragma.html#pragma_synchronous: 1 is NORMAL, 2 is FULL.
    let level = try database.queue.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    #expect(level == (sync == .full ? 2 : 1))
    try database.close()
  }

  @Test("Requests that come while a commit is going on share the next")
  func groups() throws {
    let journal = Journal(folder.options())
    let body = Array("request".utf8)
    for _ in 0..<100 { unsafe body.withUnsafeBytes { unsafe journal.append(.spans, $0, items: 1) } }
    #expect((journal.appended, journal.settled) == (100, 0))
    Thread.detachNewThread { journal.run { _ in } }
    for _ in 0..<30_000 where journal.settled < 100 { usleep(1_000) }
    #expect(journal.settled == 100)
    let reader = try JournalReader(JournalFile(path: folder.path), last: .max)
    #expect(try reader.next()?.items == 100)
    #expect(try reader.next() == nil)
    journal.finish()
  }

  @Test("Small frames become larger ones, with every request of theirs once and in the same order")
  func smallFrames() throws {
    var random = SplitMix64.announced("small frames")
    let running = RunningJournal(folder.options())
    // Frames that must be left, and the small ones of each kind since its last large one.
    var expected = 0
    var small: [JournalKind: Int] = [:]
    func close(_ kind: JournalKind) {
      let count = small.removeValue(forKey: kind) ?? 0
      expected += count >= 8 ? 1 : count
    }
    for number in 0..<1_500 {
      let kind: JournalKind = random.chance(20) ? .logs : .spans
      let isLarge = random.chance(2)
      let length = isLarge ? 70_000 : random.number(10...400)
      if isLarge {
        close(kind)
        expected += 1
      } else {
        small[kind, default: 0] += 1
      }
      running.append("\(number) " + String(repeating: "x", count: length), kind, items: 2)
      running.settle()
    }
    #expect(running.journal.report.items == 3_000)
    running.stop()
    let reader = try JournalReader(JournalFile(path: folder.path), last: .max)
    var frames = 0
    while try reader.next() != nil { frames += 1 }
    // The last ones are not enough yet to be made one.
    #expect(frames == expected + small.values.reduce(0, +))
    let again = RunningJournal(folder.options())
    let numbers = again.replayed.bodies.compactMap {
      Int(String(decoding: $0.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self))
    }
    #expect(numbers.sorted() == Array(0..<1_500))
    #expect(again.journal.report.replay.items == 3_000)
    again.stop()
  }

  @Test("A journal that is behind asks senders to come again")
  func pushesBack() {
    let journal = Journal(folder.options())
    let body = [UInt8](repeating: 7, count: 1 << 20)
    #expect(journal.refusal(ofBytes: 1 << 30) == nil)
    var taken = 0
    while journal.refusal(ofBytes: body.count) == nil {
      unsafe body.withUnsafeBytes { unsafe journal.append(.spans, $0, items: 1) }
      taken += 1
    }
    #expect(taken == JournalLimits.queueBytes / body.count - 1)
    #expect(journal.refusal(ofBytes: body.count)?.hasPrefix("the journal is behind by") == true)
  }

  @Test("Replay stops where there is no room, with the newest taken")
  func stopsWhenFull() throws {
    let first = RunningJournal(folder.options())
    for number in 1...50 {
      first.append("request \(number)")
      first.settle()
    }
    first.stop()
    let second = RunningJournal(folder.options(), room: 10)
    let numbers = second.replayed.bodies.compactMap {
      Int(String(decoding: $0.dropFirst(8), as: UTF8.self))
    }
    // Two threads look whether there is room before either has taken its last.
    #expect(numbers.count >= 10 && numbers.count <= 11)
    #expect(numbers.sorted() == Array((51 - numbers.count)...50))
    #expect(second.journal.report.replay.left == UInt64(50 - numbers.count))
    second.stop()
  }

  @Test("The oldest frames go when the journal is as large as it may be, and the file stays within")
  func sizeLimit() throws {
    var random = SplitMix64.announced("a full journal")
    let options = folder.options { $0.maximumBytes = JournalLimits.smallestBytes }
    let running = RunningJournal(options)
    // Nothing that compresses: 100 frames of a megabyte.
    for number in 0..<100 {
      var body = (0..<1 << 17).flatMap { _ in
        unsafe withUnsafeBytes(of: random.next()) { unsafe Array($0) }
      }
      body[0] = UInt8(number)
      running.append(body, items: 10)
      running.settle()
      #expect(running.journal.report.bytes <= UInt64(options.maximumBytes))
    }
    let report = running.journal.report
    #expect(report.items + report.deleted == 1_000)
    #expect(report.items >= 100)
    running.stop()
    let again = RunningJournal(options)
    let numbers = again.replayed.bodies.map { Int($0[0]) }.sorted()
    #expect(numbers == Array((100 - numbers.count)..<100))
    #expect(again.journal.report.replay.items == report.items)
    again.stop()
  }

  @Test("A journal that was larger than it may be now gives the room back")
  func smallerLimit() throws {
    var random = SplitMix64.announced("a large journal")
    let first = RunningJournal(folder.options())
    for _ in 0..<60 {
      first.append(
        (0..<1 << 17).flatMap { _ in
          unsafe withUnsafeBytes(of: random.next()) { unsafe Array($0) }
        })
      first.settle()
    }
    first.stop()
    #expect(first.journal.report.bytes > 60 << 20)
    let second = RunningJournal(folder.options { $0.maximumBytes = JournalLimits.smallestBytes })
    for _ in 0..<30_000 where second.journal.report.bytes > UInt64(JournalLimits.smallestBytes) {
      usleep(1_000)
    }
    #expect(
      second.journal.report.bytes <= UInt64(JournalLimits.smallestBytes),
      "\(second.journal.report)")
    #expect(second.journal.report.items >= 20)
    second.stop()
  }

  @Test("Frames older than the limit go when something is written, and only whole ones")
  func ageLimit() throws {
    let first = RunningJournal(folder.options())
    first.append("old")
    first.settle()
    first.stop()
    let second = RunningJournal(folder.options { $0.maximumAge = Nanoseconds.milliseconds(300) })
    #expect(second.replayed.bodies == [Array("old".utf8)])
    usleep(400_000)
    second.append("new")
    second.settle()
    #expect(second.journal.report.deleted == 1)
    #expect(second.journal.report.items == 1)
    second.stop()
  }
}
