internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Stands behind TLS on an accepted connection: lets the handlers of the endpoint begin when the
/// handshake is through, ends one that takes too long, and counts what comes of those that fail.
final class TLSGate: ChannelInboundHandler, TimedConnection {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private enum State {
    /// Nothing has come yet: whoever leaves now only looked whether the port is open.
    case silent
    case handshaking
    case open
    case refused
  }

  private let loop: LoopState
  private var state = State.silent
  private var context: ChannelHandlerContext?
  private var deadline = NIODeadline.distantFuture

  init(loop: LoopState) { self.loop = loop }

  /// Puts TLS on a connection that is being set up: what is added behind it speaks in plain text.
  static func install(
    _ tls: NIOSSLContext, on pipeline: ChannelPipeline.SynchronousOperations, loop: LoopState
  ) throws {
    let gate = TLSGate(loop: loop)
    try pipeline.addHandler(TLSEntry(gate: gate))
    try pipeline.addHandler(NIOSSLServerHandler(context: tls))
    try pipeline.addHandler(gate)
  }

  // MARK: - What the entry saw

  /// The first bytes are those of a handshake.
  func begin() { state = .handshaking }

  /// The first bytes are something else.
  func refuse(_ peer: String) {
    state = .refused
    note("\(peer) does not speak TLS")
  }

  // MARK: - The connection

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    loop.timer.remove(self)
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    // Those behind hear of it when the handshake is through.
    deadline = .now() + .milliseconds(Int64(loop.limits.headMilliseconds))
    loop.timer.add(self)
  }

  func channelInactive(context: ChannelHandlerContext) {
    loop.timer.remove(self)
    if state == .open { context.fireChannelInactive() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted = event {
      state = .open
      loop.timer.remove(self)
      context.fireChannelActive()
    } else if state == .open {
      context.fireUserInboundEventTriggered(event)
    } else if event is ServerStopping {
      state = .refused
      context.close(promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch state {
    case .open: return context.fireErrorCaught(error)
    case .silent, .refused: break
    case .handshaking:
      state = .refused
      note("\(context.channel.peerName): \(TLSFault.text(error))")
    }
    context.close(promise: nil)
  }

  private func note(_ message: String) { loop.service.refused(Refusal(.handshake, message)) }

  // MARK: - TimedConnection

  func nextDeadline(_ now: NIODeadline) -> NIODeadline { deadline }

  func endOverdue(_ now: NIODeadline) {
    guard deadline <= now, let context else { return }
    if state != .refused {
      state = .refused
      note("\(context.channel.peerName): it did not complete the handshake in time")
    }
    // Below TLS: there is nobody to say goodbye to.
    context.channel.pipeline.fireUserInboundEventTriggered(TLSEntry.Abort())
  }
}

/// Stands in front of TLS for the first bytes of a connection: a peer that speaks plain text is told so.
final class TLSEntry: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Ends the connection at once.
  struct Abort {}

  /// How a TLS record with a handshake begins (RFC 8446 5.1).
  private static let handshake: UInt8 = 22

  private let gate: TLSGate
  private enum State { case waiting, passing, refused }
  private var state = State.waiting

  init(gate: TLSGate) { self.gate = gate }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch state {
    case .passing: context.fireChannelRead(data)
    case .refused: break
    case .waiting:
      let bytes = unwrapInboundIn(data)
      if bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == Self.handshake {
        state = .passing
        gate.begin()
        context.fireChannelRead(data)
      } else {
        state = .refused
        gate.refuse(context.channel.peerName)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: Self.answer)), promise: nil)
        // The rest of the request is read to its end, or the answer would be lost with it.
        context.close(mode: .output, promise: nil)
      }
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is Abort {
      context.close(promise: nil)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  /// In HTTP/1.1 on either endpoint: clients of gRPC understand at least that it is not what they speak,
  /// and end the call, where HTTP/2's own GOAWAY has them try again and again.
  private static let answer: [UInt8] = {
    let reason = "this port takes TLS only\n"
    return Array(
      ("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
        + "Content-Length: \(reason.utf8.count)\r\nConnection: close\r\n\r\n" + reason).utf8)
  }()
}

extension Channel {
  /// The address of whoever is at the other end, for the log.
  var peerName: String { remoteAddress?.ipAddress ?? "a peer" }
}
