import NIOCore
import NIOHPACK
import NIOHTTP2

/// A call to a server, and what becomes of it. Its closures run on the connection's event loop.
struct GRPCClientCall: Sendable {
  var path: String
  /// The request's message.
  var message: ByteBuffer
  /// Called for each message of the answer. The peer is given credit only after it returns, so a
  /// slow receiver slows the sender down.
  /// A status that it returns breaks the call off.
  var onMessage: @Sendable (ByteBuffer) -> GRPCStatus?
  /// Called once.
  var onEnd: @Sendable (GRPCStatus) -> Void
}

/// A gRPC client on one connection, directly on `NIOHTTP2Handler`, as the server's handler is.
final class GRPCClientHandler: ChannelInboundHandler {
  typealias InboundIn = HTTP2Frame
  typealias OutboundOut = HTTP2Frame

  private final class Stream {
    let call: GRPCClientCall
    var machine = GRPCResponseMachine(maximumBytes: GRPCClientHandler.maximumMessageBytes)
    var uncredited = 0

    init(_ call: GRPCClientCall) { self.call = call }
  }

  /// A request body and the frame around it.
  static let maximumMessageBytes = IngestLimits.maximumBodyBytes + 1_024

  private let authority: String
  /// What precedes each call's path: the scheme, and the token where there is one.
  private let scheme: String
  private let authorization: String?
  private var streams: [HTTP2StreamID: Stream] = [:]
  private var nextID = HTTP2StreamID(1)
  private var context: ChannelHandlerContext?
  /// Why the connection ended, where that is known.
  private var failure: GRPCStatus?
  /// Whether the peer has said anything in HTTP/2.
  private var hasHeard = false

  init(authority: String, isSecure: Bool = false, authorization: String? = nil) {
    self.authority = authority
    scheme = isSecure ? "https" : "http"
    self.authorization = authorization
  }

  // MARK: - Calling

  /// Begins a call. On the connection's event loop only.
  func start(_ call: GRPCClientCall) {
    guard let context, context.channel.isActive else {
      call.onEnd(failure ?? GRPCStatus(.unavailable, "the connection is closed"))
      return
    }
    let id = nextID
    nextID = id.advanced(by: 2)
    streams[id] = Stream(call)
    var headers = HPACKHeaders([
      (":method", "POST"), (":scheme", scheme), (":path", call.path), (":authority", authority),
      ("content-type", "application/grpc"), ("te", "trailers"),
    ])
    if let authorization {
      headers.add(name: "authorization", value: authorization, indexing: .neverIndexed)
    }
    write(id, .headers(.init(headers: headers)), context)
    let prefix = GRPCConnectionHandler.frame([], following: call.message.readableBytes)
    write(id, .data(.init(data: .byteBuffer(prefix))), context)
    write(id, .data(.init(data: .byteBuffer(call.message), endStream: true)), context)
    context.flush()
  }

  // MARK: - The connection

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    endAll(failure ?? Self.closed)
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    let increment = IngestLimits.connectionWindowBytes - 65_535
    write(.rootStream, .windowUpdate(windowSizeIncrement: increment), context)
    context.flush()
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    endAll(failure ?? Self.closed)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    failure = failure ?? status(of: error)
    context.close(promise: nil)
  }

  private static let closed = GRPCStatus(.unavailable, "the connection was closed")

  /// What ended the connection, as the end of its calls. Where a peer will not have this side (it may say
  /// so behind the handshake, RFC 8446 4.4.2.4) another attempt would end the same way.
  private func status(of error: any Error) -> GRPCStatus {
    guard TLSFault.isKnown(error) else {
      return hasHeard || error is IOError
        ? GRPCStatus(.unavailable, "the connection failed: \(error)")
        : GRPCStatus(.unknown, "it does not speak HTTP/2 in plain text; for TLS give --tls-ca")
    }
    return GRPCStatus(
      TLSFault.isRefusal(error) ? .unauthenticated : .unavailable, "TLS: \(TLSFault.text(error))")
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case let event as NIOHTTP2WindowUpdatedEvent:
      guard event.streamID == .rootStream, let window = event.inboundWindowSize,
        window < IngestLimits.connectionWindowBytes / 2
      else { return }
      let increment = IngestLimits.connectionWindowBytes - window
      write(.rootStream, .windowUpdate(windowSizeIncrement: increment), context)
    case let event as StreamClosedEvent:
      guard let stream = streams[event.streamID] else { return }
      stream.machine.receiveClose(GRPCStatus(.unavailable, "the call was broken off"))
      advance(stream, event.streamID)
    default: break
    }
  }

  // MARK: - Frames

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
    hasHeard = true
    guard let stream = streams[frame.streamID] else { return }
    switch frame.payload {
    case .headers(let headers):
      stream.machine.receiveHead(
        GRPCResponseMachine.Head(headers.headers), isLast: headers.endStream)
    case .data(let data):
      guard case .byteBuffer(let bytes) = data.data else { return }
      stream.uncredited += bytes.readableBytes
      stream.machine.receiveData(bytes, isLast: data.endStream)
    default: return
    }
    advance(stream, frame.streamID)
    guard stream.uncredited > IngestLimits.streamWindowBytes / 2, streams[frame.streamID] != nil
    else { return }
    write(frame.streamID, .windowUpdate(windowSizeIncrement: stream.uncredited), context)
    stream.uncredited = 0
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    context.flush()
    context.fireChannelReadComplete()
  }

  private func advance(_ stream: Stream, _ id: HTTP2StreamID) {
    while true {
      switch stream.machine.next() {
      case .wait: return
      case .message(let message):
        guard let status = stream.call.onMessage(message) else { continue }
        end(stream, id, status)
        if let context {
          write(id, .rstStream(.cancel), context)
          context.flush()
        }
        return
      case .end(let status): return end(stream, id, status)
      }
    }
  }

  private func end(_ stream: Stream, _ id: HTTP2StreamID, _ status: GRPCStatus) {
    if streams.removeValue(forKey: id) != nil { stream.call.onEnd(status) }
  }

  private func endAll(_ status: GRPCStatus) {
    for (id, stream) in streams {
      stream.machine.receiveClose(status)
      advance(stream, id)
    }
  }

  private func write(
    _ id: HTTP2StreamID, _ payload: HTTP2Frame.FramePayload, _ context: ChannelHandlerContext
  ) {
    context.write(wrapOutboundOut(HTTP2Frame(streamID: id, payload: payload)), promise: nil)
  }
}

extension GRPCResponseMachine.Head {
  init(_ headers: HPACKHeaders) {
    for (name, value, _) in headers {
      switch name {
      case ":status": httpStatus = value
      case "content-type": contentType = value
      case "grpc-status": grpcStatus = value
      case "grpc-message": grpcMessage = value
      case "grpc-status-details-bin": grpcDetails = value
      case "retry-after": retryAfter = value
      default: break
      }
    }
  }
}
