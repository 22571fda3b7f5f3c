import NIOCore

/// What one event loop has for itself: a receiver, buffers, a decompressor. Never touched by
/// another thread.
final class LoopState {
  let service: any CollectorService
  let receiver: any TraceReceiver
  var buffers = BodyBuffers()
  private let inflater = Inflater()

  init(service: any CollectorService) {
    self.service = service
    receiver = service.makeReceiver()
  }

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
    let outcome = take(plain, of: signal, in: format)
    buffers.giveBack(plain)
    return outcome
  }

  /// The body without its compression.
  func inflate(
    _ body: ByteBuffer, _ encoding: ContentEncoding
  ) throws(CompressionError) -> ByteBuffer {
    try inflater.inflate(
      body, encoding, limit: IngestLimits.maximumBodyBytes, buffers: &buffers)
  }

  private func take(
    _ body: ByteBuffer, of signal: Signal, in format: HTTPFormat
  ) -> ExportOutcome {
    let bytes = MessageBytes(body)
    return switch (signal, format) {
    case (.traces, .protobuf): service.exportTraces(bytes, with: receiver)
    case (.logs, .protobuf): service.exportLogs(bytes)
    case (.metrics, .protobuf): service.exportMetrics(bytes)
    case (.traces, .json): service.exportTraces(json: bytes, with: receiver)
    case (.logs, .json): service.exportLogs(json: bytes)
    case (.metrics, .json): service.exportMetrics(json: bytes)
    }
  }
}

/// The three kinds of OTLP data, each with an Export of its own.
enum Signal: String, Equatable, CaseIterable { case traces, logs, metrics }
