public import Store

/// Sends the spans and logs of files to a collector, many records in one request.
///
/// Records are decoded first, so that what is broken is found here, with its place in the file, and
/// makes the collector refuse nothing.
public final class SendingSink: FileSink {
  /// What was sent of one kind.
  public struct Tally: Equatable, Sendable {
    public var sent: UInt64 = 0
    /// Of those, the ones that the collector refused.
    public var refused: UInt64 = 0
    /// Why, or what else the collector had to say; the last that it said.
    public var reason = ""
  }

  public let batch = SpanBatch(limits: FileReader.batchLimits)
  public private(set) lazy var logs = LogBatch(limits: FileReader.batchLimits)
  private var spans: RequestPool
  private var records: RequestPool
  /// What tells the log records that wait from others.
  private var waiting: Set<UInt64> = []

  public init(_ sender: PatientSender) {
    spans = RequestPool(.spans, sender)
    records = RequestPool(.logs, sender)
  }

  /// Spans that were sent, and log records.
  public var sent: (spans: Tally, logs: Tally) { (spans.tally, records.tally) }

  // MARK: - FileSink

  /// What is sent together is found here, so that what is refused can be said record by record.
  public var takesRecordsAlone: Bool { true }

  public func take(
    _ body: WireBytes?, bytes: Int, at place: FilePlace
  ) throws(FileError) -> BatchCuts {
    guard batch.count > 0 else { return BatchCuts() }
    if let body, batch.rejected == 0 {
      if !spans.hasRoom(for: body.count) { try flushSpans() }
      unsafe spans.add(body.buffer, items: batch.count, at: place)
    } else {
      // Spans with an id that is not valid are left out.
      let request = batch.exportRequest()
      if !spans.hasRoom(for: request.count) { try flushSpans() }
      spans.add(request, items: batch.count, at: place)
    }
    if spans.isFull { try flushSpans() }
    return BatchCuts()
  }

  /// Records go as they stand; what names no trace the collector counts.
  public func takeLogs(
    _ body: WireBytes, bytes: Int, at place: FilePlace
  ) throws(FileError) -> BatchCuts {
    if !records.hasRoom(for: body.count) || !noteWaiting() {
      try flushLogs()
      _ = noteWaiting()
    }
    unsafe records.add(body.buffer, items: logs.lines.count + logs.withoutTrace, at: place)
    if records.isFull { try flushLogs() }
    return BatchCuts()
  }

  /// Notes the records of logs that wait to be sent; false where one is among them that waits already. A
  /// record that the file has twice is one that was sent again, unless it is twice in one request.
  private func noteWaiting() -> Bool {
    var isNew = true
    var own: Set<UInt64> = []
    logs.forEachHash { hash in
      if own.insert(hash).inserted, !waiting.insert(hash).inserted { isNew = false }
    }
    return isNew
  }

  public func flush() throws(FileError) {
    try flushSpans()
    try flushLogs()
  }

  public func takeRefusals() -> [FileProblem] { spans.takeRefusals() + records.takeRefusals() }

  // MARK: - Sending

  private func flushSpans() throws(FileError) {
    do throws(IngestError) {
      try spans.flush()
    } catch {
      throw FileError(error.message)
    }
  }

  /// A receiver that takes no logs gets the spans all the same.
  private func flushLogs() throws(FileError) {
    waiting.removeAll(keepingCapacity: true)
    do throws(IngestError) {
      try records.flush()
    } catch  where error.kind == .refused {
      records.refuse(error.message)
    } catch {
      throw FileError(error.message)
    }
  }
}
