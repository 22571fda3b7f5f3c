import NIOCore
import NIOHTTP2
import Store

/// What each call does, and how its answer is written.
extension GRPCConnectionHandler {
  func call(
    _ method: GRPCMethod, _ body: ByteBuffer, _ encoding: ContentEncoding, on stream: GRPCStream
  ) {
    do {
      switch method {
      case .exportTraces: try export(body, encoding, of: .traces, on: stream)
      case .exportLogs: try export(body, encoding, of: .logs, on: stream)
      case .exportMetrics: try export(body, encoding, of: .metrics, on: stream)
      case .healthCheck: try checkHealth(try plain(body, encoding), on: stream)
      case .healthWatch: try watchHealth(try plain(body, encoding), on: stream)
      case .watch: try watch(try plain(body, encoding), on: stream)
      case .status: reply(loop.service.status().wrapped(field: 1), on: stream)
      case .groups: try groups(try plain(body, encoding), on: stream)
      case .pin:
        let request = try PinRequest(decoding: try plain(body, encoding))
        reply(PinReply(isHeld: loop.service.pin(request)).encoded, on: stream)
      case .stop: stopCollector(on: stream)
      case .planoTraces: planoTraces(on: stream)
      }
    } catch let error as CompressionError {
      finish(stream, GRPCStatus(error))
    } catch let error as WireError {
      loop.service.refused(Refusal(.malformed, error.description))
      finish(stream, GRPCStatus(.invalidArgument, error.description))
    } catch {
      finish(stream, GRPCStatus(.internal, "\(error)"))
    }
  }

  // MARK: - OTLP

  private func export(
    _ body: ByteBuffer, _ encoding: ContentEncoding, of signal: Signal, on stream: GRPCStream
  ) throws {
    let outcome = try loop.export(body, encoding, of: signal)
    if let status = outcome.status {
      finish(stream, status)
      return
    }
    let id = stream.id
    loop.answer(signal, on: self) { [self] in
      // The peer may have gone by then.
      if let stream = streams[id] { reply(ExportResponse.body(of: outcome), on: stream) }
    }
  }

  private func plain(_ body: ByteBuffer, _ encoding: ContentEncoding) throws -> MessageBytes {
    MessageBytes(try loop.inflate(body, encoding))
  }

  // MARK: - grpc.health.v1

  private func checkHealth(_ body: MessageBytes, on stream: GRPCStream) throws {
    let service = try HealthMessages.service(body)
    guard GRPCMethod.isServing(service) else {
      finish(stream, GRPCStatus(.notFound, "unknown service \(service)"))
      return
    }
    reply(HealthMessages.response(.serving), on: stream)
  }

  /// Says the state once and stays: it does not change before the connection ends.
  private func watchHealth(_ body: MessageBytes, on stream: GRPCStream) throws {
    let isServing = GRPCMethod.isServing(try HealthMessages.service(body))
    let response = HealthMessages.response(isServing ? .serving : .serviceUnknown)
    stream.feed = SilentFeed()
    send(response, nil, on: stream)
    context?.flush()
  }

  // MARK: - tracetop.v1

  private func stopCollector(on stream: GRPCStream) {
    guard isLocalUser else {
      finish(
        stream,
        GRPCStatus(.permissionDenied, "Stop is answered on the collector's Unix socket only"))
      return
    }
    reply([], on: stream)
    context?.flush()
    loop.service.stop()
  }

  private func watch(_ body: MessageBytes, on stream: GRPCStream) throws {
    guard let context else { return }
    let request = try WatchRequest(decoding: body)
    let eventLoop = context.eventLoop
    let handler = NIOLoopBound(self, eventLoop: eventLoop)
    let id = stream.id
    stream.feed = loop.service.watch(request) {
      eventLoop.execute { handler.value.pump(id) }
    }
    pump(id)
  }

  /// Sends from a call's feed for as long as little enough is on its way.
  func pump(_ id: HTTP2StreamID) {
    guard let stream = streams[id], let context, !stream.isPumping else { return }
    stream.isPumping = true
    defer {
      stream.isPumping = false
      context.flush()
    }
    while let feed = stream.feed, stream.bytesInFlight < IngestLimits.viewerFlightBytes {
      switch feed.next() {
      case .wait: return
      case .end(let status): finish(stream, status)
      case .send(let frame):
        send(frame.head, frame.request?.buffer, on: stream)
      }
    }
  }

  // MARK: - Answers

  /// Answers a unary call.
  func reply(_ message: [UInt8], on stream: GRPCStream) {
    guard let context, stream.machine.send() == .headersAndMessage,
      stream.machine.finish() == .trailers
    else { return }
    write(stream.id, .headers(.init(headers: GRPCHeaders.opening)), context)
    let bytes = message.isEmpty ? Self.emptyMessage : Self.frame(message, following: 0)
    write(stream.id, .data(.init(data: .byteBuffer(bytes))), context)
    write(
      stream.id, .headers(.init(headers: GRPCHeaders.succeeded, endStream: true)), context)
  }

  /// Sends one message of a streaming call: `head`, and behind it `rest` as it stands.
  private func send(_ head: [UInt8], _ rest: ByteBuffer?, on stream: GRPCStream) {
    guard let context else { return }
    switch stream.machine.send() {
    case .nothing: return
    case .headersAndMessage:
      write(stream.id, .headers(.init(headers: GRPCHeaders.opening)), context)
    case .message: break
    }
    let prefix = Self.frame(head, following: rest?.readableBytes ?? 0)
    let size = prefix.readableBytes + (rest?.readableBytes ?? 0)
    stream.bytesInFlight += size
    let written = context.eventLoop.makePromise(of: Void.self)
    let id = stream.id
    written.futureResult.assumeIsolated().whenComplete { _ in
      stream.bytesInFlight -= size
      self.pump(id)
    }
    guard let rest else {
      write(id, .data(.init(data: .byteBuffer(prefix))), context, promise: written)
      return
    }
    write(id, .data(.init(data: .byteBuffer(prefix))), context)
    write(id, .data(.init(data: .byteBuffer(rest))), context, promise: written)
  }

  /// Ends a call.
  func finish(_ stream: GRPCStream, _ status: GRPCStatus) {
    guard let context else { return }
    stream.feed?.cancel()
    stream.feed = nil
    switch stream.machine.finish() {
    case .nothing: return
    case .trailers:
      let headers = GRPCHeaders.trailers(status)
      write(stream.id, .headers(.init(headers: headers, endStream: true)), context)
    case .trailersOnly:
      let headers = GRPCHeaders.trailersOnly(status)
      write(stream.id, .headers(.init(headers: headers, endStream: true)), context)
    }
  }

  /// A message without bytes, with its prefix.
  private static let emptyMessage = ByteBuffer(repeating: 0, count: GRPCRequestMachine.prefixBytes)

  /// The five bytes before a message, and the message as far as it is in `bytes`.
  static func frame(_ bytes: [UInt8], following count: Int) -> ByteBuffer {
    var buffer = ByteBufferAllocator().buffer(
      capacity: GRPCRequestMachine.prefixBytes + bytes.count)
    buffer.writeInteger(UInt8(0))
    buffer.writeInteger(UInt32(bytes.count + count))
    buffer.writeBytes(bytes)
    return buffer
  }
}

extension GRPCConnectionHandler: AnsweringConnection {
  func flushAnswers() { context?.flush() }
}

extension GRPCStatus {
  /// What a peer is told whose body could not be decompressed.
  init(_ error: CompressionError) {
    switch error {
    case .malformed, .windowTooLarge: self.init(.invalidArgument, error.description)
    case .tooLong: self.init(.resourceExhausted, error.description)
    case .outOfMemory:
      self.init(
        .unavailable, error.description,
        retryDelayMilliseconds: IngestLimits.retryDelayMilliseconds)
    }
  }
}

extension MessageBytes {
  /// These bytes as a length-delimited field of a message.
  func wrapped(field: Int) -> [UInt8] {
    var writer = WireWriter(reserving: count + 8)
    writer.bytes(field, bytes)
    return writer.bytes
  }
}
