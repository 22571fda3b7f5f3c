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
    if !records.hasRoom(for: body.count) { try flushLogs() }
    unsafe records.add(body.buffer, items: logs.lines.count + logs.withoutTrace, at: place)
    if records.isFull { try flushLogs() }
    return BatchCuts()
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
    do throws(IngestError) {
      try records.flush()
    } catch  where error.kind == .refused {
      records.refuse(error.message)
    } catch {
      throw FileError(error.message)
    }
  }
}
