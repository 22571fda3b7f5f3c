import Foundation
import GRDB
import Glibc
import Store
import Support
import Testing

@testable import Journal

/// Where the newest frame lies, what is asked for around it, and what a start does before it has counted.
@Suite struct ReadAheadTests {
  let folder: JournalFolder

  init() throws { folder = try JournalFolder() }

  private static let piece = BackwardPieces.pieceBytes

  @Test(
    "Pieces go backwards to the beginning, and from the end back to where they began",
    arguments: [
      (length: 10, end: 10, [0..<10]),
      (length: 10, end: 0, [0..<10]),
      (length: piece, end: piece, [0..<piece]),
      (
        length: 2 * piece + 7, end: 2 * piece + 7,
        [2 * piece..<2 * piece + 7, piece..<2 * piece, 0..<piece]
      ),
      (
        length: 3 * piece + 7, end: piece + 1,
        [piece..<2 * piece, 0..<piece, 3 * piece..<3 * piece + 7, 2 * piece..<3 * piece]
      ),
      (length: piece + 7, end: 9 * piece, [piece..<piece + 7, 0..<piece]),
    ])
  func pieces(length: Int, end: Int, expected: [Range<Int>]) {
    var pieces = BackwardPieces(length: length, end: end)
    var seen: [Range<Int>] = []
    while let next = pieces.next() { seen.append(next) }
    #expect(seen == expected)
    #expect(pieces.next() == nil)
  }

  /// Bytes that zstd cannot make shorter.
  private func noise(_ count: Int, _ random: inout SplitMix64) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }

  private func withPages<Result>(_ body: (JournalPages?) throws -> Result) rethrows -> Result {
    let descriptor = unsafe open(folder.path, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    return try body(JournalPages(descriptor))
  }

  @Test(
    "The newest frame's bytes are where they are said to be, however deep and long the table is",
    arguments: [
      (frames: 1, bytes: 100), (1, 3_900), (1, 4_030), (1, 4_200), (1, 100_000), (2, 9_000),
      (40, 30_000), (700, 5_000),
    ])
  func newestFrame(frames: Int, bytes: Int) throws {
    var random = SplitMix64(seed: UInt64(frames * bytes))
    let running = RunningJournal(folder.options())
    for _ in 0..<frames {
      running.append(noise(bytes, &random))
      running.settle()
    }
    running.stop()
    let data = try DatabaseQueue(path: folder.path).read {
      try #require(try Data.fetchOne($0, sql: "SELECT data FROM frames ORDER BY id DESC LIMIT 1"))
    }
    let place = try #require(withPages { $0?.newestFrame() })
    #expect(place % JournalLimits.pageBytes == 0)
    let file = try Data(contentsOf: URL(filePath: folder.path))
    let page = file[place..<place + JournalLimits.pageBytes]
    // A page of what does not fit beside its row begins with the number of the next.
    let isBesideItsRow = page.range(of: data) != nil
    let goesOn = data.range(of: page.dropFirst(4).prefix(16)) != nil
    #expect(isBesideItsRow != goesOn)
  }

  @Test("Where the table is not what it should be, no place is made up")
  func damagedTable() throws {
    let running = RunningJournal(folder.options())
    running.append("one")
    running.settle()
    running.stop()
    let whole = try Data(contentsOf: URL(filePath: folder.path))
    let root = 2 * JournalLimits.pageBytes
    var seen: [Int?] = []
    // An empty leaf, a page of another kind, one that is its own child, a cell beyond the page, a file
    // without the page, one without a header.
    let patches: [(Int, [UInt8])] = [
      (root + 3, [0, 0]), (root, [10]), (root, [5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]),
      (root + 8, [0xFF, 0xFF]),
    ]
    for (place, bytes) in patches {
      var file = whole
      file.replaceSubrange(place..<place + bytes.count, with: bytes)
      try file.write(to: URL(filePath: folder.path))
      seen.append(withPages { $0?.newestFrame() })
    }
    for length in [root, 50] {
      try whole.prefix(length).write(to: URL(filePath: folder.path))
      seen.append(withPages { $0?.newestFrame() })
    }
    // Whose cell is beyond the page it has none beyond itself.
    #expect(seen == [nil, nil, nil, root, nil, nil])
  }

  @Test(
    "Frames that should be there and are not are told of, whether they are counted before or after",
    arguments: [true, false])
  func missing(isCountedFirst: Bool) throws {
    let running = RunningJournal(folder.options())
    running.append("one", items: 3)
    running.settle()
    running.stop()

    let journal = Journal(folder.options())
    let reader = try JournalReader(JournalFile(path: folder.path), last: .max)
    let replay = JournalReplay(journal, reader) { _ in }
    let sink = Replayed.Sink(Replayed())
    if isCountedFirst { replay.expect(5) }
    #expect((0..<JournalReplay.threads).map { _ in replay.run(into: sink) } == [false, true])
    if !isCountedFirst { replay.expect(5) }
    var expected = JournalReport.Replay()
    (expected.total, expected.items, expected.left) = (5, 3, 2)
    #expect(journal.report.replay == expected)
    #expect(
      journal.report.state.reason
        == "\(folder.path): 2 spans or records are not found; move it away and start again for a new "
        + "one")
  }
}
