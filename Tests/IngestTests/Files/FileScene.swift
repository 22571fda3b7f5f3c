import Foundation
import Ingest
import Store
import Testing

/// Bytes as a file that is gone with the test, and what reading it makes of them.
struct FileScene {
  var report: FileReport
  /// Everything that is held afterwards, trace by trace in the order in which they came.
  var spans: [SpanRecord]
  /// The log records of these, trace by trace, by time.
  var logs: [LogRecord]
  /// Why the file could not be read at all.
  var error: String?

  init(_ bytes: [UInt8], name: String = "traces", maximumRecordBytes: Int = 1 << 26) throws {
    let store = Store(budgetBytes: 1 << 30)
    let (report, error) = try Self.read(
      bytes, name: name, into: StoreSink(store: store), maximumRecordBytes: maximumRecordBytes)
    self.report = report
    self.error = error?.message
    spans = Self.spans(of: store)
    logs = Self.logs(of: store)
  }

  /// Reads the bytes as a file of that name; the error says why that came to an early end.
  static func read(
    _ bytes: [UInt8], name: String = "traces", into sink: any FileSink,
    maximumRecordBytes: Int = 1 << 26
  ) throws -> (report: FileReport, error: FileError?) {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "tracetop-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: name)
    try Data(bytes).write(to: path)
    let reader = FileReader(
      try FileInput(path: path.path()), into: sink, maximumRecordBytes: maximumRecordBytes)
    var failure: FileError?
    do throws(FileError) {
      try reader.run()
    } catch {
      failure = FileError(error.message.replacing(path.path(), with: name))
    }
    var report = reader.report
    report.name = name
    return (report, failure)
  }

  /// Every log record of a trace of a store.
  static func logs(of store: Store) -> [LogRecord] {
    let snapshot = store.settledSnapshot()
    return snapshot.traceNumbers.flatMap { snapshot.logRecords(of: TraceNumber($0)) }
  }

  /// Every span of a store.
  static func spans(of store: Store) -> [SpanRecord] {
    let snapshot = store.settledSnapshot()
    return snapshot.traceNumbers.flatMap { number in
      snapshot.spans(of: TraceNumber(number)).compactMap { snapshot.record(of: $0.reference) }
    }
  }

  var problems: [String] { report.problems.map(\.description) }
}

/// Requests that gateways sent, and what a store makes of them.
struct CapturedRequests {
  var bodies: [[UInt8]] = []
  var spans: [SpanRecord]

  init(_ folders: String...) throws {
    let store = Store(budgetBytes: 1 << 30)
    let receiver = StoreReceiver(store: store)
    for folder in folders {
      let place = CapturedTraffic.fixtures.appending(path: "captures/\(folder)")
      for name in try FileManager.default.contentsOfDirectory(atPath: place.path()).sorted()
      where name.hasSuffix(".bin") {
        let body = Array(try Data(contentsOf: place.appending(path: name)))
        bodies.append(body)
        receiver.receive(MessageBytes(body))
      }
    }
    spans = FileScene.spans(of: store)
  }

  /// Each request as a line of JSON.
  var lines: [[UInt8]] {
    bodies.map { body in
      var writer = RequestFileWriter(.json)
      return writer.bytes(of: MessageBytes(body))
    }
  }

  /// One document with everything in it, laid out over many lines.
  func document() throws -> [UInt8] {
    let elements = try lines.flatMap { line in
      let object = try JSONSerialization.jsonObject(with: Data(line))
      return try #require((object as? [String: Any])?["resourceSpans"] as? [Any])
    }
    return Array(
      try JSONSerialization.data(
        withJSONObject: ["resourceSpans": elements], options: [.prettyPrinted, .sortedKeys]))
  }

  /// Requests with their lengths in front.
  func framed(isVarint: Bool) -> [UInt8] {
    bodies.flatMap { body in
      var head = WireWriter()
      if isVarint {
        head.varint(UInt64(body.count))
      } else {
        head.word(UInt64(UInt32(body.count).byteSwapped), bytes: 4)
      }
      return head.bytes + body
    }
  }
}

extension [SpanRecord] {
  /// The spans of each trace, in the order in which they came.
  var byTrace: [TraceID: [SpanRecord]] { Dictionary(grouping: self, by: \.traceID) }
}

extension [LogRecord] {
  var byTrace: [TraceID: [LogRecord]] { Dictionary(grouping: self, by: \.traceID) }
}
