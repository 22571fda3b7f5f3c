import NIOCore
import NIOHPACK
import NIOHTTP2

/// One gRPC connection: feeds HTTP/2 frames to the machine of each call and does what it says.
///
/// It stands directly on `NIOHTTP2Handler`, without a channel for each stream: at one span a
/// request
/// those channels would be most of the cost. Flow control towards the peer is kept here.
final class GRPCConnectionHandler: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  let loop: LoopState
  /// Whether the peer came over the Unix socket, and so is this user.
  let isLocalUser: Bool
  var streams: [HTTP2StreamID: GRPCStream] = [:]
  /// Set while the handler is in a pipeline.
  var context: ChannelHandlerContext?
  private var lastStreamID = HTTP2StreamID.rootStream
  var isStopping = false
  /// When the connection was opened, until its first frame arrives.
  var opened: NIODeadline?
  /// Since when nothing has happened on it, as far as the timer has seen.
  var idleSince = NIODeadline.distantPast
  var hasMoved = true
  /// Since when the peer takes none of what is written; nil while it does.
  var blockedSince: NIODeadline?

  init(loop: LoopState, isLocalUser: Bool) {
    self.loop = loop
    self.isLocalUser = isLocalUser
  }

  // MARK: - The connection

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    closeAll()
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    // The window of a connection begins at 65,535 bytes and can only be raised this way.
    let increment = IngestLimits.connectionWindowBytes - 65_535
    write(.rootStream, .windowUpdate(windowSizeIncrement: increment), context)
    context.flush()
    opened = .now()
    loop.timer.add(self)
  }

  func channelInactive(context: ChannelHandlerContext) {
    loop.timer.remove(self)
    closeAll()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A stream's error has been answered with RST_STREAM; anything else ends the connection.
    switch error {
    case is NIOHTTP2Errors.StreamError, is NIOHTTP2Errors.StreamClosed,
      is NIOHTTP2Errors.NoSuchStream:
      break
    case is NIOHTTP2Errors.BadClientMagic:
      loop.service.refused(
        Refusal(.malformed, "\(context.channel.peerName) does not speak HTTP/2, or speaks TLS"))
      context.close(promise: nil)
    default: context.close(promise: nil)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let event as NIOHTTP2WindowUpdatedEvent:
      // The connection's credit counts frames for streams that are gone too, so NIO's account is
      // used.
      if event.streamID == .rootStream, let window = event.inboundWindowSize {
        creditConnection(window, context)
      }
    case let event as StreamClosedEvent: close(event.streamID)
    case is ServerStopping: stop(context)
    default: break
    }
  }

  private func creditConnection(_ window: Int, _ context: ChannelHandlerContext) {
    guard window < IngestLimits.connectionWindowBytes / 2 else { return }
    let increment = IngestLimits.connectionWindowBytes - window
    write(.rootStream, .windowUpdate(windowSizeIncrement: increment), context)
  }

  // MARK: - Frames

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    hasMoved = true
    opened = nil
    switch frame.payload {
    case .headers(let headers):
      receiveHeaders(headers, on: frame.streamID, context)
    case .data(let data):
      guard let stream = streams[frame.streamID], case .byteBuffer(let bytes) = data.data else {
        return
      }
      let action = stream.machine.receiveData(
        bytes, isLast: data.endStream, buffers: &loop.buffers)
      if !data.endStream, let credit = stream.credit(for: bytes.readableBytes) {
        write(stream.id, .windowUpdate(windowSizeIncrement: credit), context)
      }
      let held = stream.machine.heldBytes
      if held | stream.heldBytes > 0,
        let status = loop.hold(held, before: &stream.heldBytes)
      {
        perform(stream.machine.giveUp(status), on: stream, context)
      } else {
        perform(action, on: stream, context)
      }
    default:
      break
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // NIOHTTP2Handler flushed what was written while it read; what it wrote itself is flushed there
    // too.
    context.flush()
    if !streams.isEmpty { noteWaiting() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    writabilityChanged(context)
    context.fireChannelWritabilityChanged()
  }

  private func receiveHeaders(
    _ frame: HTTP2Frame.FramePayload.Headers, on id: HTTP2StreamID,
    _ context: ChannelHandlerContext
  ) {
    if let stream = streams[id] {
      perform(stream.machine.receiveEnd(), on: stream, context)
      return
    }
    guard !isStopping else {
      write(id, .rstStream(.refusedStream), context)
      return
    }
    let stream = GRPCStream(id: id, limits: loop.limits)
    streams[id] = stream
    lastStreamID = id
    loop.requestsInFlight += 1
    if let status = loop.overload() {
      perform(stream.machine.giveUp(status), on: stream, context)
      return
    }
    let head = GRPCRequestHead(frame.headers)
    if let status = refusal(of: head) {
      perform(
        stream.machine.giveUp(status, isPeerSending: !frame.endStream), on: stream, context)
      return
    }
    let action = stream.machine.receiveHead(head, isLast: frame.endStream)
    perform(action, on: stream, context)
  }

  /// Why a call is not for this caller. Whoever asks for the health alone needs no token: probes of
  /// orchestrators have none.
  private func refusal(of head: GRPCRequestHead) -> GRPCStatus? {
    guard !isLocalUser, !head.path.hasPrefix("/grpc.health.v1.Health/") else { return nil }
    return loop.security.refusal(authorization: head.authorization)
  }

  func perform(
    _ action: GRPCRequestMachine.Action, on stream: GRPCStream, _ context: ChannelHandlerContext
  ) {
    switch action {
    case .wait: break
    case .call(let method, let body, let encoding):
      call(method, body, encoding, on: stream)
    case .refuse(let status, let isPeerSending):
      loop.service.refused(Refusal(status))
      refuse(GRPCHeaders.trailersOnly(status), isPeerSending, on: stream, context)
    case .refuseHTTP(let code, let status, let isPeerSending):
      loop.service.refused(Refusal(status))
      refuse(GRPCHeaders.http(code, status), isPeerSending, on: stream, context)
    }
  }

  private func refuse(
    _ headers: HPACKHeaders, _ isPeerSending: Bool, on stream: GRPCStream,
    _ context: ChannelHandlerContext
  ) {
    write(stream.id, .headers(.init(headers: headers, endStream: true)), context)
    // The answer is complete; the rest of the request is not wanted (RFC 9113 8.1).
    if isPeerSending { write(stream.id, .rstStream(.noError), context) }
  }

  func write(
    _ id: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload, _ context: ChannelHandlerContext,
    promise: EventLoopPromise<Void>? = nil
  ) {
    context.write(wrapOutboundOut(HTTP2Frame(streamID: id, payload: payload)), promise: promise)
  }

  // MARK: - Ends

  private func close(_ id: HTTP2StreamID) {
    guard let stream = streams.removeValue(forKey: id) else { return }
    stream.machine.receiveClose()
    stream.feed?.cancel()
    stream.feed = nil
    loop.requestsInFlight -= 1
    release(stream)
    if isStopping, streams.isEmpty { closeSoon() }
  }

  /// Closes behind what is being written: a stream ends before its last frame has left.
  private func closeSoon() {
    guard let context, context.channel.isActive else { return }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.eventLoop.execute {
      bound.value.flush()
      bound.value.close(promise: nil)
    }
  }

  private func release(_ stream: GRPCStream) { _ = loop.hold(0, before: &stream.heldBytes) }

  private func closeAll() {
    for stream in streams.values {
      stream.feed?.cancel()
      release(stream)
    }
    loop.requestsInFlight -= streams.count
    streams.removeAll()
  }

  /// Takes no more calls, ends the streaming ones, and closes when the last is through.
  func stop(_ context: ChannelHandlerContext) {
    guard !isStopping else { return }
    isStopping = true
    let goAway = HTTP2Frame.FramePayload.goAway(
      lastStreamID: lastStreamID, errorCode: .noError, opaqueData: nil)
    write(.rootStream, goAway, context)
    for stream in Array(streams.values) where stream.feed != nil {
      finish(stream, GRPCStatus(.unavailable, "the collector is stopping"))
    }
    context.flush()
    if streams.isEmpty { context.close(promise: nil) }
  }
}
