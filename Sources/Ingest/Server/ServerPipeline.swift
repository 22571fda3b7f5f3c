internal import Glibc
import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix

/// What an accepted connection of one endpoint gets: its options, its handlers, its loop's state.
struct ServerPipeline: Sendable {
  let kind: Endpoint.Kind
  let service: any CollectorService
  let connections: ConnectionRegistry
  let limits: ReceivingLimits
  let security: ListenerSecurity
  /// Each loop's own state, made on that loop when its first connection comes.
  let loops: [ObjectIdentifier: NIOLoopBoundBox<LoopState?>]

  func bootstrap(_ group: MultiThreadedEventLoopGroup) -> ServerBootstrap {
    var bootstrap = ServerBootstrap(group: group)
      .childChannelOption(
        .recvAllocator,
        value: AdaptiveRecvByteBufferAllocator(
          minimum: 2_048, initial: 32 << 10, maximum: IngestLimits.maximumReadBytes)
      )
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptPause(service: service))
        }
      }
      .childChannelInitializer { channel in prepare(channel) }
    if kind != .unix {
      // Without TCP_NODELAY small answers wait up to 40 ms for the peer's acknowledgement.
      bootstrap =
        bootstrap
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .childChannelOption(.socketOption(.so_keepalive), value: 1)
        .childChannelOption(
          .tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: IngestLimits.keepAliveSeconds)
    }
    return bootstrap
  }

  /// Sets a connection up, on its loop. One that is not wanted is closed by failing.
  private func prepare(_ channel: any Channel) -> EventLoopFuture<Void> {
    guard connections.admit(channel) else {
      service.refused(
        Refusal(.connection, "there are \(limits.connections) connections already"))
      return channel.eventLoop.makeFailedFuture(ConnectionRefused())
    }
    guard kind == .unix else {
      return channel.eventLoop.makeCompletedFuture { try addHandlers(to: channel) }
    }
    return PeerCredentials.user(of: channel).flatMapThrowing { user in
      // The file's mode keeps others out; this does where the file was opened to them later.
      guard PeerCredentials.isAllowed(user) else {
        service.refused(Refusal(.connection, "user \(user) may not use this user's socket"))
        throw ConnectionRefused()
      }
      try addHandlers(to: channel)
    }
  }

  private func addHandlers(to channel: any Channel) throws {
    let state = try loopState(channel.eventLoop)
    let pipeline = channel.pipeline.syncOperations
    if let tls = security.tls(for: kind) {
      try TLSGate.install(tls, on: pipeline, loop: state)
    }
    switch kind {
    case .grpc, .unix:
      try pipeline.addHandler(
        NIOHTTP2Handler(
          mode: .server, connectionConfiguration: Self.connection,
          streamConfiguration: Self.stream))
      try pipeline.addHandler(GRPCConnectionHandler(loop: state, isLocalUser: kind == .unix))
    case .http:
      try pipeline.addHandler(HTTPResponseEncoder())
      try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
      try pipeline.addHandler(HTTPConnectionHandler(loop: state))
    }
  }

  private func loopState(_ eventLoop: any EventLoop) throws -> LoopState {
    guard let box = loops[ObjectIdentifier(eventLoop)] else { throw ChannelError.eof }
    if let state = box.value { return state }
    let state = LoopState(
      service: service, limits: limits, security: security, eventLoop: eventLoop)
    box.value = state
    return state
  }

  // MARK: - HTTP/2

  private static let connection: NIOHTTP2Handler.ConnectionConfiguration = {
    var connection = NIOHTTP2Handler.ConnectionConfiguration()
    connection.initialSettings = [
      HTTP2Setting(parameter: .maxConcurrentStreams, value: IngestLimits.maximumConcurrentStreams),
      HTTP2Setting(parameter: .maxHeaderListSize, value: IngestLimits.maximumHeaderListBytes),
      HTTP2Setting(parameter: .initialWindowSize, value: IngestLimits.streamWindowBytes),
      HTTP2Setting(parameter: .maxFrameSize, value: IngestLimits.maximumFrameBytes),
    ]
    connection.controlFrameRateLimit.maximumCount = IngestLimits.maximumControlFrames
    // The call's machine looks at each header it uses and at each length; checking all of them here
    // as well is a quarter of the cost of a short request.
    connection.headerBlockValidation = .disabled
    connection.contentLengthValidation = .disabled
    // Some senders end a request with an empty frame, or put one between header and message.
    connection.maximumSequentialEmptyDataFrames = 8
    return connection
  }()

  private static let stream: NIOHTTP2Handler.StreamConfiguration = {
    var stream = NIOHTTP2Handler.StreamConfiguration()
    stream.streamResetFrameRateLimit.maximumCount = IngestLimits.maximumStreamResets
    stream.streamErrorRateLimit.maximumCount = IngestLimits.maximumStreamResets
    return stream
  }()
}

/// A connection that is closed as soon as it is accepted: one too many, or another user's.
struct ConnectionRefused: Error {}
