public import Store

/// Sends the spans and logs of files to a collector, many records in one request.
///
/// Records are decoded first, so that what is broken is found here, with its place in the file, and
/// makes the collector refuse nothing.
public final class SendingSink: FileSink {
  /// Requests are sent when they are this long, in bytes; what an SDK sends is a third of it.
  static let requestBytes = 1 << 20

  /// What was sent of one kind.
  public struct Tally: Equatable, Sendable {
    public var sent: UInt64 = 0
    /// Of those, the ones that the collector refused.
    public var refused: UInt64 = 0
    /// Why, or what else the collector had to say; the last that it said.
    public var reason = ""
  }

  /// Requests of one kind on their way.
  private struct Outbox {
    var request: [UInt8] = []
    var items = 0
    var tally = Tally()
  }

  public let batch = SpanBatch(limits: SendingSink.limits)
  public private(set) lazy var logs = LogBatch(limits: SendingSink.limits)
  private let sender: PatientSender
  private var spans = Outbox()
  private var records = Outbox()
  /// Why the receiver takes no logs; nil while it does. Any that takes spans will do.
  private var noLogs: String?

  /// A request is what a collector takes in one, so records are too.
  private static var limits: BatchLimits { BatchLimits() }

  public init(_ sender: PatientSender) { self.sender = sender }

  /// Spans that were sent, and log records.
  public var sent: (spans: Tally, logs: Tally) { (spans.tally, records.tally) }

  public func take(_ body: WireBytes?, bytes: Int) throws(FileError) -> BatchCuts {
    guard batch.count > 0 else { return BatchCuts() }
    if let body, batch.rejected == 0 {
      unsafe spans.request.append(contentsOf: body.buffer)
    } else {
      // Spans with an id that is not valid are left out.
      spans.request += batch.exportRequest()
    }
    spans.items += batch.count
    if spans.request.count >= Self.requestBytes { try flush() }
    return BatchCuts()
  }

  /// Records go as they stand; what names no trace the collector counts.
  public func takeLogs(_ body: WireBytes, bytes: Int) throws(FileError) -> BatchCuts {
    unsafe records.request.append(contentsOf: body.buffer)
    records.items += logs.lines.count + logs.withoutTrace
    if records.request.count >= Self.requestBytes { try flush() }
    return BatchCuts()
  }

  /// Sends what is waiting.
  public func flush() throws(FileError) {
    do throws(IngestError) {
      try send(.spans, &spans)
    } catch {
      throw FileError(error.message)
    }
    do throws(IngestError) {
      guard noLogs == nil else { return refuseLogs() }
      try send(.logs, &records)
    } catch  where error.kind == .refused {
      noLogs = error.message
      refuseLogs()
    } catch {
      throw FileError(error.message)
    }
  }

  private func send(_ kind: RequestKind, _ box: inout Outbox) throws(IngestError) {
    guard !box.request.isEmpty else { return }
    let answer = try sender.send(kind, MessageBytes(box.request))
    box.tally.sent += UInt64(box.items)
    box.tally.refused += UInt64(max(0, answer.rejected))
    if !answer.reason.isEmpty { box.tally.reason = answer.reason }
    box.request.removeAll(keepingCapacity: true)
    box.items = 0
  }

  private func refuseLogs() {
    records.tally.sent += UInt64(records.items)
    records.tally.refused += UInt64(records.items)
    records.tally.reason = noLogs ?? ""
    records.request.removeAll()
    records.items = 0
  }
}
