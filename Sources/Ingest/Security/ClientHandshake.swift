internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Stands behind TLS on a client's connection until it is known what became of the handshake.
final class ClientHandshake: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let promise: EventLoopPromise<Void>
  private var isThrough = false

  private init(_ promise: EventLoopPromise<Void>) { self.promise = promise }

  /// Puts TLS on a connection that is being set up.
  static func install(
    _ tls: NIOSSLContext, to address: CollectorAddress,
    on pipeline: ChannelPipeline.SynchronousOperations, _ promise: EventLoopPromise<Void>
  ) throws {
    // An address in numbers is compared with the certificate as such, and never sent as a name.
    let name: String? =
      if case .tcp(let host, _) = address, (try? SocketAddress(ipAddress: host, port: 0)) == nil {
        host
      } else {
        nil
      }
    try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
    try pipeline.addHandler(ClientHandshake(promise))
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case TLSUserEvent.handshakeCompleted = event {
      isThrough = true
      promise.succeed()
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard !isThrough else { return context.fireErrorCaught(error) }
    promise.fail(error)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise.fail(NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])))
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    promise.fail(ChannelError.ioOnClosedChannel)
  }
}
