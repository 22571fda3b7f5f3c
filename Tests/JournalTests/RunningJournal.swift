import Foundation
import Ingest
import Journal
import Store
import Synchronization
import Testing

/// A folder of one test, removed with everything in it.
final class JournalFolder: Sendable {
  let url: URL
  var path: String { url.appending(path: "journal.sqlite").path }

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func mode(_ name: String) throws -> Int {
    let path = name.isEmpty ? url.path : url.appending(path: name).path
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.posixPermissions] as? Int) ?? -1
  }

  func options(_ change: (inout JournalOptions) -> Void = { _ in }) -> JournalOptions {
    var options = JournalOptions(path: path)
    change(&options)
    return options
  }
}

/// What a journal gave back, the first to come first.
final class Replayed: Sendable {
  /// Guards what came; the threads of the replay add to it.
  let requests = Mutex<[(kind: JournalKind, body: [UInt8])]>([])
  /// How many requests there is room for.
  let room: Int
  /// A request that is not taken: a whole one, which no random bytes are.
  static let refused = Array("! what the store refuses".utf8)

  init(room: Int = .max) { self.room = room }

  var bodies: [[UInt8]] { requests.withLock { $0.map(\.body) } }

  final class Sink: JournalSink {
    let replayed: Replayed
    init(_ replayed: Replayed) { self.replayed = replayed }

    var isFull: Bool { replayed.requests.withLock { $0.count >= replayed.room } }

    func take(_ kind: JournalKind, _ body: UnsafeRawBufferPointer) -> Bool {
      let bytes = unsafe Array(body)
      replayed.requests.withLock { $0.append((kind, bytes)) }
      return bytes != Replayed.refused
    }
  }
}

/// A journal with its threads.
final class RunningJournal: Sendable {
  let journal: Journal
  let replayed: Replayed
  let lines = Mutex<[String]>([])
  /// How many threads of the replay were told that they were the last.
  let last = Atomic<Int>(0)
  private let thread = DispatchGroup()
  private let replays = DispatchGroup()

  init(_ options: JournalOptions, room: Int = .max) {
    let log = LineLog()
    journal = Journal(options) { log.add($0) }
    replayed = Replayed(room: room)
    let (journal, replayed, replays, thread) = (journal, replayed, replays, thread)
    let last: @Sendable () -> Void = { self.last.add(1, ordering: .relaxed) }
    thread.enter()
    Thread.detachNewThread {
      journal.run { replay in
        guard let replay else { return }
        for _ in 0..<JournalReplay.threads {
          replays.enter()
          Thread.detachNewThread {
            if replay.run(into: Replayed.Sink(replayed)) { last() }
            replays.leave()
          }
        }
      }
      thread.leave()
    }
    thread.enter()
    Thread.detachNewThread {
      journal.mergeLog()
      thread.leave()
    }
    journal.waitForReplay(seconds: 60)
    replays.wait()
  }

  private final class LineLog: Sendable {
    let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  func append(_ text: String, _ kind: JournalKind = .spans, items: Int = 1) {
    append(Array(text.utf8), kind, items: items)
  }

  func append(_ bytes: [UInt8], _ kind: JournalKind = .spans, items: Int = 1) {
    unsafe bytes.withUnsafeBytes { unsafe journal.append(kind, $0, items: items) }
  }

  /// Waits until everything that was appended is settled.
  func settle() {
    for _ in 0..<30_000 where journal.settled < journal.appended { usleep(1_000) }
    #expect(journal.settled == journal.appended)
  }

  func waitForState(_ word: String) {
    for _ in 0..<30_000 where journal.report.state.word != word { usleep(1_000) }
    #expect(journal.report.state.word == word)
  }

  /// Ends it as a program does that is told to.
  func stop() {
    journal.finish()
    thread.wait()
  }
}
