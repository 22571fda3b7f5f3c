import Foundation
import GRDB
import Glibc
import Ingest
import Store
import Support
import Testing

@testable import Journal

/// Files that are not as they should be.
@Suite struct JournalFileTests {
  let folder: JournalFolder

  init() throws { folder = try JournalFolder() }

  private func write(_ bytes: some Collection<UInt8>) throws {
    try Data(bytes).write(to: URL(filePath: folder.path))
  }

  private var bytes: Data { get throws { try Data(contentsOf: URL(filePath: folder.path)) } }

  /// Starts on what is there, sends a request, ends; the request is acknowledged whatever happens.
  private func run(_ word: String) -> JournalReport {
    let running = RunningJournal(folder.options())
    running.append("while it is \(word)")
    running.settle()
    running.waitForState(word)
    running.append("and later")
    running.settle()
    let report = running.journal.report
    running.stop()
    return report
  }

  /// A journal with this many frames of ten requests.
  private func makeJournal(frames: Int) {
    let running = RunningJournal(folder.options())
    for frame in 0..<frames {
      var text = ""
      for line in 0..<400 { text += "frame \(frame) line \(line &* 7_919) " }
      for part in 0..<10 { running.append("\(frame)/\(part) \(text)") }
      running.settle()
    }
    running.stop()
  }

  @Test(
    "A file that is something else is left alone, byte for byte",
    arguments: [
      Array("not a database".utf8), Array(repeating: UInt8(0), count: 8_192),
      Array("SQLite format 3\0".utf8) + Array(repeating: UInt8(9), count: 4_000),
    ])
  func foreign(content: [UInt8]) throws {
    try write(content)
    let report = run("foreign")
    #expect(
      report.state.reason == "\(folder.path) is no journal of tracetop; choose another --journal")
    #expect(report.unwritten == 2)
    #expect(try bytes == Data(content))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["journal.sqlite"])
  }

  @Test("Somebody else's database is left alone, byte for byte")
  func foreignDatabase() throws {
    let queue = try DatabaseQueue(path: folder.path)
    try queue.write { try $0.execute(sql: "CREATE TABLE frames (id INTEGER PRIMARY KEY)") }
    try queue.close()
    let before = try bytes
    _ = run("foreign")
    #expect(try bytes == before)
  }

  @Test("A journal of a newer layout is left alone, byte for byte")
  func newer() throws {
    makeJournal(frames: 2)
    let queue = try DatabaseQueue(path: folder.path)
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA user_version = 2") }
    try queue.close()
    let before = try bytes
    let report = run("newer")
    #expect(report.state.reason?.contains("written by a newer tracetop (layout 2") == true)
    #expect(try bytes == before)
  }

  @Test("A folder in the file's place is left alone")
  func folderInPlace() throws {
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: false)
    _ = run("foreign")
    try FileManager.default.removeItem(atPath: folder.path)
  }

  @Test("An empty file becomes a journal")
  func empty() throws {
    try write([])
    let report = run("on")
    #expect(report.committed == 2)
  }

  @Test("Whatever the umask, nobody else may read the journal or what is beside it")
  func modes() throws {
    let path = folder.url.appending(path: "deeper/still/journal.sqlite").path
    let before = umask(0)
    let running = RunningJournal(JournalOptions(path: path))
    running.append("request")
    running.settle()
    umask(before)
    for name in ["", "-wal", "-shm", ".lock"] {
      #expect(try folder.mode("deeper/still/journal.sqlite\(name)") == 0o600, "\(name)")
    }
    #expect(try folder.mode("deeper/still") == 0o700)
    #expect(try folder.mode("deeper") == 0o700)
    running.stop()
  }

  @Test("A journal that others may read is closed to them")
  func closesToOthers() throws {
    makeJournal(frames: 1)
    unsafe chmod(folder.path, 0o644)
    _ = run("on")
    #expect(try folder.mode("journal.sqlite") == 0o600)
  }

  @Test("Two collectors cannot share a journal; the second takes it once the first is gone")
  func sharing() throws {
    let first = RunningJournal(folder.options())
    first.append("of the first")
    first.settle()
    let report = run("in use")
    #expect(
      report.state.reason?.contains("written by another collector, process \(getpid())") == true)
    #expect(report.unwritten == 2)
    first.append("of the first again")
    first.settle()
    #expect(first.journal.report.committed == 2)
    first.stop()
    // The lock's file stays; what counts is who holds it.
    #expect(FileManager.default.fileExists(atPath: folder.path + ".lock"))
    let second = RunningJournal(folder.options())
    second.waitForState("on")
    #expect(second.replayed.bodies.count == 2)
    second.stop()
  }

  enum OtherName: CaseIterable { case symbolicLink, hardLink, withoutLock }

  @Test(
    "By another name, or without its lock's file, it is the same journal, and stays the first one's",
    arguments: OtherName.allCases)
  func sharingByAnotherName(_ name: OtherName) throws {
    let first = RunningJournal(folder.options())
    first.append("one")
    first.settle()
    var options = folder.options()
    let other = folder.url.appending(path: "other.sqlite").path
    switch name {
    case .symbolicLink:
      try FileManager.default.createSymbolicLink(
        atPath: other, withDestinationPath: "journal.sqlite")
      options.path = other
    case .hardLink:
      try FileManager.default.linkItem(atPath: folder.path, toPath: other)
      options.path = other
    case .withoutLock: try FileManager.default.removeItem(atPath: folder.path + ".lock")
    }
    let second = RunningJournal(options)
    second.append("two")
    second.settle()
    second.waitForState("in use")
    second.stop()
    first.append("three")
    first.settle()
    #expect(first.journal.report.committed == 2)
    first.stop()
    let third = RunningJournal(folder.options())
    #expect(third.replayed.bodies == [Array("three".utf8), Array("one".utf8)])
    third.stop()
  }

  @Test("A journal that a link leads to lies there, with its log: also before there is one")
  func link() throws {
    let folders = (folder.url.appending(path: "large"), folder.url.appending(path: "small"))
    try FileManager.default.createDirectory(at: folders.0, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: folders.1, withIntermediateDirectories: true)
    let link = folders.1.appending(path: "journal.sqlite").path
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: "../large/journal.sqlite")
    let running = RunningJournal(JournalOptions(path: link))
    running.append("one")
    running.settle()
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folders.0.path).sorted()
        == ["", "-shm", "-wal", ".lock"].map { "journal.sqlite\($0)" })
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folders.1.path) == ["journal.sqlite"])
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: link) == "../large/journal.sqlite")
    try FileManager.default.removeItem(at: folders.0.appending(path: "journal.sqlite-wal"))
    running.append("two")
    running.settle()
    #expect(running.journal.report.state.word == "gone")
    running.stop()
  }

  @Test("A log whose file was deleted is put aside and not taken for a new file's")
  func orphans() throws {
    try Data("of another file".utf8).write(to: URL(filePath: folder.path + "-wal"))
    let report = run("on")
    #expect(report.committed == 2)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    let aside = try #require(names.first { $0.hasPrefix("journal.sqlite-wal.orphan-") })
    #expect(
      try String(contentsOf: folder.url.appending(path: aside), encoding: .utf8)
        == "of another file")
  }

  @Test(
    "A file or folder that is deleted while it is written is noticed with the next request",
    arguments: ["journal.sqlite", "journal.sqlite-wal", ""])
  func deleted(name: String) throws {
    let running = RunningJournal(folder.options())
    running.append("request")
    running.settle()
    try FileManager.default.removeItem(
      at: name.isEmpty ? folder.url : folder.url.appending(path: name))
    running.append("request")
    running.settle()
    #expect(running.journal.report.state.word == "gone")
    running.append("request")
    running.settle()
    #expect(running.journal.report.committed == 1)
    #expect(running.journal.report.unwritten == 2)
    running.stop()
    #expect(
      !FileManager.default.fileExists(atPath: name.isEmpty ? folder.url.path : folder.path + "x"))
  }

  @Test("A journal of a truncated file gives back what can be read, and is not written")
  func truncated() throws {
    makeJournal(frames: 40)
    let whole = try bytes
    for keep in [50, 100, 4_096, whole.count / 3, whole.count - 5_000] {
      try write(whole.prefix(keep))
      try? FileManager.default.removeItem(atPath: folder.path + "-wal")
      try? FileManager.default.removeItem(atPath: folder.path + "-shm")
      let running = RunningJournal(folder.options())
      running.append("request")
      running.settle()
      let word = running.journal.report.state.word
      #expect(["damaged", "foreign"].contains(word), "\(keep) bytes: \(word)")
      expectOnlyWhatWasWritten(running.replayed.bodies)
      running.stop()
      #expect(try bytes == Data(whole.prefix(keep)), "\(keep) bytes")
    }
  }

  @Test("Whatever bytes are damaged, in every page: no crash, nothing made up, and it is said")
  func damagedPages() throws {
    makeJournal(frames: 30)
    let whole = try bytes
    var random = SplitMix64.announced("damaged pages")
    var words: [String: Int] = [:]
    for page in 0..<whole.count / 4_096 {
      for region in [0..<16, 16..<512, 512..<3_584, 3_584..<4_096] {
        var damaged = whole
        let length = min(region.count, random.number(1...24))
        let begin = page * 4_096 + random.number(region.lowerBound...(region.upperBound - length))
        for index in begin..<begin + length { damaged[index] = random.number(0...255) }
        try write(damaged)
        let running = RunningJournal(folder.options())
        running.append("9999/0 ")
        running.settle()
        let report = running.journal.report
        words[report.state.word, default: 0] += 1
        expectOnlyWhatWasWritten(running.replayed.bodies)
        if report.replay.unreadable > 0 { #expect(report.state.word == "damaged") }
        if report.state.word == "on", damaged != whole {
          // Where nothing is said, nothing is missing.
          #expect(running.replayed.bodies.count >= 300, "page \(page), bytes from \(begin)")
        }
        running.stop()
        for name in ["-wal", "-shm"] {
          try? FileManager.default.removeItem(atPath: folder.path + name)
        }
      }
    }
    #expect(words["damaged", default: 0] > 0)
  }

  @Test("A table that gives the same row again and again is damaged, and is not read for ever")
  func circular() throws {
    makeJournal(frames: 30)
    var damaged = try bytes
    var interiors = 0
    for page in 1..<damaged.count / 4_096 {
      // An interior page of a table (https://sqlite.org/fileformat2.html#b_tree_pages): every row is said
      // to stand behind its left neighbours.
      let begin = page * 4_096
      guard damaged[begin] == 5 else { continue }
      let cells = Int(damaged[begin + 3]) << 8 | Int(damaged[begin + 4])
      for cell in 0..<cells {
        let place = begin + 12 + 2 * cell
        let offset = Int(damaged[place]) << 8 | Int(damaged[place + 1])
        damaged[begin + offset + 4] = 1
      }
      interiors += 1
    }
    #expect(interiors > 0)
    try write(damaged)
    let running = RunningJournal(folder.options(), room: 2_000)
    running.append("9999/0 ")
    running.settle()
    #expect(running.journal.report.state.word == "damaged")
    expectOnlyWhatWasWritten(running.replayed.bodies)
    running.stop()
  }

  private func expectOnlyWhatWasWritten(_ bodies: [[UInt8]]) {
    for body in bodies {
      let text = String(decoding: body, as: UTF8.self)
      let frame = text.prefix { $0 != "/" }
      #expect(
        text.contains(" frame \(frame) line 0 ") || text.hasPrefix("9999/0"), "\(text.prefix(40))")
    }
    #expect(Set(bodies).count == bodies.count)
  }

  @Test("A frame whose requests cannot be read is counted, and the file is not written any more")
  func unreadableRequest() throws {
    let running = RunningJournal(folder.options())
    for text in ["one", String(decoding: Replayed.refused, as: UTF8.self), "three"] {
      running.append(text)
      running.settle()
    }
    running.stop()
    let again = RunningJournal(folder.options())
    #expect(again.replayed.bodies.count == 3)
    var expected = JournalReport.Replay()
    (expected.total, expected.items, expected.unreadable, expected.unreadableItems) = (3, 2, 1, 1)
    #expect(again.journal.report.replay == expected)
    #expect(again.journal.report.state.word == "damaged")
    again.stop()
  }

  @Test("The codec takes any bytes for a frame without harm")
  func anyFrame() {
    var random = SplitMix64.announced("frames")
    let codec = FrameCodec()
    var lane = FrameQueue.Lane()
    let body = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
    unsafe body.withUnsafeBytes { unsafe lane.append($0, items: 1) }
    let whole = unsafe Array(codec.compress(lane.bytes[...])!)
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0..<random.number(1...4) {
        bytes[random.number(0...bytes.count - 1)] = random.number(0...255)
      }
      if random.chance(20) { bytes.removeLast(random.number(1...bytes.count)) }
      let count = random.chance(80) ? lane.bytes.count : random.number(0...1 << 20)
      unsafe bytes.withUnsafeBytes { data in
        guard let plain = unsafe codec.decompress(data, to: count) else { return }
        #expect(unsafe plain.elementsEqual(lane.bytes))
      }
      unsafe bytes.withUnsafeBytes { _ = unsafe FrameCodec.forEachRequest(in: $0) { _ in } }
    }
  }
}
