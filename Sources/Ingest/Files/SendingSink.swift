public import Store

/// Sends the spans of files to a collector, many records in one request.
///
/// Records are decoded first, so that what is broken is found here, with its place in the file, and
/// makes the collector refuse nothing.
public final class SendingSink: FileSink {
  /// Requests are sent when they are this long, in bytes; what an SDK sends is a third of it.
  static let requestBytes = 1 << 20

  public let batch = SpanBatch(limits: SendingSink.limits)
  private let send: (MessageBytes) throws(IngestError) -> (rejected: Int, reason: String)
  private var request: [UInt8] = []
  private var requestSpans = 0
  /// Spans that were sent, and those of them that the collector refused.
  public private(set) var sent: UInt64 = 0
  public private(set) var refused: UInt64 = 0
  /// Why, or what else the collector had to say; the last that it said.
  public private(set) var reason = ""

  /// A request is what a collector takes in one, so records are too.
  private static var limits: BatchLimits { BatchLimits() }

  public init(
    send: @escaping (MessageBytes) throws(IngestError) -> (rejected: Int, reason: String)
  ) {
    self.send = send
  }

  public func take(_ body: WireBytes?, bytes: Int) throws(FileError) -> BatchCuts {
    guard batch.count > 0 else { return BatchCuts() }
    if let body, batch.rejected == 0 {
      unsafe request.append(contentsOf: body.buffer)
    } else {
      // Spans with an id that is not valid are left out.
      request += batch.exportRequest()
    }
    requestSpans += batch.count
    if request.count >= Self.requestBytes { try flush() }
    return BatchCuts()
  }

  /// Sends what is waiting.
  public func flush() throws(FileError) {
    guard !request.isEmpty else { return }
    let spans = requestSpans
    let body = MessageBytes(request)
    request.removeAll(keepingCapacity: true)
    requestSpans = 0
    do throws(IngestError) {
      let answer = try send(body)
      sent += UInt64(spans)
      refused += UInt64(max(0, answer.rejected))
      if !answer.reason.isEmpty { reason = answer.reason }
    } catch {
      throw FileError(error.message)
    }
  }
}
