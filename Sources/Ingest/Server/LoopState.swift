import NIOCore

/// What one event loop has for itself: a receiver, buffers, a decompressor. Never touched by
/// another thread.
final class LoopState {
  let service: any CollectorService
  let receiver: any TraceReceiver
  var buffers = BodyBuffers()
  let limits: ReceivingLimits
  let security: ListenerSecurity
  let timer: LoopTimer
  /// Requests that have begun and are not answered.
  var requestsInFlight = 0
  /// Memory of bodies that are not whole yet, in bytes.
  private(set) var bytesInFlight = 0
  private let inflater = Inflater()
  /// Answers that wait for the journal, where there is one.
  let pending: PendingAnswers?

  init(
    service: any CollectorService, limits: ReceivingLimits,
    security: ListenerSecurity = .none, eventLoop: any EventLoop
  ) {
    self.service = service
    self.limits = limits
    self.security = security
    timer = LoopTimer(eventLoop: eventLoop)
    receiver = service.makeReceiver()
    pending = service.journal.map { PendingAnswers(journal: $0, eventLoop: eventLoop) }
  }

  // MARK: - What is under way

  /// Why no further request is taken now; nil where there is room.
  func overload() -> GRPCStatus? {
    guard requestsInFlight > limits.requestsInFlight else { return nil }
    return GRPCStatus(
      .resourceExhausted, "\(limits.requestsInFlight) requests are under way already",
      retryDelayMilliseconds: IngestLimits.retryDelayMilliseconds)
  }

  /// Notes that an unfinished body takes `held` bytes, where it took `before`; a status where there
  /// is no room for it.
  func hold(_ held: Int, before: inout Int) -> GRPCStatus? {
    bytesInFlight += held - before
    let grows = held > before
    before = held
    guard grows, bytesInFlight > limits.bytesInFlight else { return nil }
    return GRPCStatus(
      .unavailable, "bodies of \(limits.bytesInFlight) bytes are under way already",
      retryDelayMilliseconds: IngestLimits.retryDelayMilliseconds)
  }

  // MARK: - Answers

  /// Calls `answer` once what a request's sender is told is true: at once, or when the journal has
  /// written the request; `connection` is flushed then.
  func answer(
    _ signal: Signal, on connection: any AnsweringConnection, _ answer: @escaping () -> Void
  ) {
    // Metrics are counted and not kept.
    guard signal != .metrics, let pending, !pending.isSettled else {
      return answer()
    }
    pending.add(connection, answer)
  }

  // MARK: - Bodies

  /// Decompresses a body and hands it to the service. The body's buffer goes back to `buffers`.
  func export(
    _ body: ByteBuffer, _ encoding: ContentEncoding, of signal: Signal,
    in format: HTTPFormat = .protobuf
  ) throws(CompressionError) -> ExportOutcome {
    guard encoding != .identity else {
      let outcome = take(body, of: signal, in: format)
      buffers.giveBack(body)
      return outcome
    }
    let plain: ByteBuffer
    do throws(CompressionError) {
      plain = try inflate(body, encoding)
    } catch {
      service.refused(Refusal(GRPCStatus(error)))
      throw error
    }
    buffers.giveBack(body)
    let outcome = take(plain, of: signal, in: format)
    buffers.giveBack(plain)
    return outcome
  }

  /// The body without its compression.
  func inflate(
    _ body: ByteBuffer, _ encoding: ContentEncoding
  ) throws(CompressionError) -> ByteBuffer {
    try inflater.inflate(
      body, encoding, limit: limits.bodyBytes, buffers: &buffers)
  }

  private func take(
    _ body: ByteBuffer, of signal: Signal, in format: HTTPFormat
  ) -> ExportOutcome {
    let bytes = MessageBytes(body)
    return switch (signal, format) {
    case (.traces, .protobuf): service.exportTraces(bytes, with: receiver)
    case (.logs, .protobuf): service.exportLogs(bytes, with: receiver)
    case (.metrics, .protobuf): service.exportMetrics(bytes)
    case (.traces, .json): service.exportTraces(json: bytes, with: receiver)
    case (.logs, .json): service.exportLogs(json: bytes, with: receiver)
    case (.metrics, .json): service.exportMetrics(json: bytes)
    }
  }
}

/// The three kinds of OTLP data, each with an Export of its own.
enum Signal: String, Equatable, CaseIterable { case traces, logs, metrics }
