import CZstd
import Foundation
import GRDB
import Glibc
import Ingest
import Journal
import Store

/// Opens journals that somebody else wrote, reads them back and writes to them.
@safe final class JournalBench {
  private let folder: String
  private let path: String
  /// A journal of four frames, as it lies on disk.
  private let sound: [UInt8]
  private let receiver: StoreReceiver

  init(_ receiver: StoreReceiver) {
    self.receiver = receiver
    folder =
      "\(TrialFolder.place)/tracetop-fuzz-journal-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    path = "\(folder)/journal.sqlite"
    let path = path
    unsafe mkdir(folder, 0o700)
    var traffic = DemoTraffic(seed: 9)
    var encoder = TraceRequestEncoder()
    for number in 0..<2 as Range<UInt64> {
      let spans = traffic.request(at: UnixNanos(1_760_000_000_000_000_000 + number)).spans
      for (kind, body) in [
        (JournalKind.spans, encoder.encode(spans)),
        (.logs, LogRequestEncoder.encode(DemoLogs.records(of: spans))),
      ] {
        let journal = Journal(JournalOptions(path: path))
        journal.append(kind, MessageBytes(body), items: 1)
        journal.run { _ in journal.finish() }
      }
    }
    sound = Self.bytes(of: path)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// The bytes of a journal that is whole.
  static func soundFile() -> [UInt8] {
    JournalBench(StoreReceiver(store: Store(budgetBytes: 1 << 20))).sound
  }

  // MARK: - Trials

  /// The bytes are the file.
  func read(file bytes: UnsafeRawBufferPointer) -> String? {
    removeFiles()
    let written = unsafe Array(bytes)
    write(written)
    return readBack(written)
  }

  /// The bytes are one frame of a sound file, behind four that say what is done with them: which frame,
  /// what kind, whether they are compressed as they should be, and what is said of their length.
  func read(frame bytes: UnsafeRawBufferPointer) -> String? {
    guard bytes.count >= 4 else { return nil }
    removeFiles()
    write(sound)
    let head = unsafe Array(bytes.prefix(4))
    let content = unsafe Array(bytes.dropFirst(4))
    let isPacked = head[2] & 1 == 0
    let data = isPacked ? Self.packed(content) : content
    let length: (any DatabaseValueConvertible)? =
      switch head[2] >> 1 & 7 {
      case 0, 1, 2: content.count
      case 3: Int(head[3]) << 16
      case 4: -Int(head[3])
      case 5: "\(head[3])"
      case 6: Int.max
      default: Double(head[3]) / 3
      }
    do {
      let queue = try DatabaseQueue(path: path)
      try queue.write { database in
        try database.execute(
          sql: "UPDATE frames SET kind = ?, items = ?, bytes = ?, data = ? WHERE id = ?",
          arguments: [
            Int(head[1]) - 1, head[3] & 7, length, Data(data), Int(head[0] & 3) + 1,
          ])
      }
      try queue.close()
    } catch {
      return "a sound journal cannot be changed: \(error)"
    }
    return readBack(nil)
  }

  // MARK: - Details

  /// Opens the file, reads it back, commits a request, and closes it, all on this thread; `foreign` is
  /// what must be left alone where it is not ours.
  private func readBack(_ foreign: [UInt8]?) -> String? {
    let journal = Journal(JournalOptions(path: path))
    journal.append(.spans, MessageBytes([]), items: 0)
    let receiver = receiver
    journal.run { replay in
      for _ in 0..<JournalReplay.threads { replay?.run(into: Taken(receiver)) }
      journal.finish()
    }
    Journal.releaseClosed()
    let report = journal.report
    guard journal.settled == journal.appended else {
      return "\(journal.appended) appended, \(journal.settled) settled"
    }
    guard !report.replay.isRunning else { return "it is still being read back" }
    if let foreign, case .stopped(let fault) = report.state,
      fault.kind == .foreign || fault.kind == .newer, Self.bytes(of: path) != foreign
    {
      return "a file that is not ours was changed"
    }
    return nil
  }

  /// Takes what is read back into the store, as the program does.
  private final class Taken: JournalSink {
    private static let most = 4_096
    private let receiver: StoreReceiver
    private var count = 0

    init(_ receiver: StoreReceiver) { self.receiver = receiver }

    var isFull: Bool { count >= Self.most }

    func take(_ kind: JournalKind, _ body: UnsafeRawBufferPointer) -> Bool {
      count += 1
      let outcome =
        switch kind {
        case .spans: unsafe receiver.receive(body, isHistory: true)
        case .logs: unsafe receiver.receive(logs: body)
        }
      return switch outcome {
      case .accepted, .partial: true
      case .malformed, .tooLarge, .overloaded: false
      }
    }
  }

  private static func packed(_ content: [UInt8]) -> [UInt8] {
    var data = [UInt8](repeating: 0, count: ZSTD_compressBound(content.count))
    let count = unsafe ZSTD_compress(&data, data.count, content, content.count, 1)
    return Array(data.prefix(count))
  }

  private func write(_ bytes: [UInt8]) {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    unsafe Glibc.write(file, bytes, bytes.count)
    close(file)
  }

  private static func bytes(of path: String) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY)
    defer { close(file) }
    let length = Int(lseek(file, 0, SEEK_END))
    guard length > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: length)
    unsafe pread(file, &bytes, length, 0)
    return bytes
  }

  private func removeFiles() {
    for suffix in ["", "-wal", "-shm", "-journal", ".lock", ".new"] { unsafe unlink(path + suffix) }
  }
}
