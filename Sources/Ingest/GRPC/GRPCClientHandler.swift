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
  private var streams: [HTTP2StreamID: Stream] = [:]
  private var nextID = HTTP2StreamID(1)
  private var context: ChannelHandlerContext?
  /// Why the connection ended, where that is known.
  private var failure: String?

  init(authority: String) { self.authority = authority }

  // MARK: - Calling

  /// Begins a call. On the connection's event loop only.
  func start(_ call: GRPCClientCall) {
    guard let context, context.channel.isActive else {
      call.onEnd(GRPCStatus(.unavailable, failure ?? "the connection is closed"))
      return
    }
    let id = nextID
    nextID = id.advanced(by: 2)
    streams[id] = Stream(call)
    let headers = HPACKHeaders([
      (":method", "POST"), (":scheme", "http"), (":path", call.path), (":authority", authority),
      ("content-type", "application/grpc"), ("te", "trailers"),
    ])
    write(id, .headers(.init(headers: headers)), context)
    let prefix = GRPCConnectionHandler.frame([], following: call.message.readableBytes)
    write(id, .data(.init(data: .byteBuffer(prefix))), context)
    write(id, .data(.init(data: .byteBuffer(call.message), endStream: true)), context)
    context.flush()
  }

  // MARK: - The connection

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    endAll(failure ?? "the connection was closed")
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    let increment = IngestLimits.connectionWindowBytes - 65_535
    write(.rootStream, .windowUpdate(windowSizeIncrement: increment), context)
    context.flush()
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    endAll(failure ?? "the connection was closed")
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    failure = failure ?? "the connection failed: \(error)"
    context.close(promise: nil)
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
      stream.machine.receiveClose("the call was broken off")
      advance(stream, event.streamID)
    default: break
    }
  }

  // MARK: - Frames

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let frame = unwrapInboundIn(data)
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

  private func endAll(_ reason: String) {
    for (id, stream) in streams {
      stream.machine.receiveClose(reason)
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
      default: break
      }
    }
  }
}
