import Glibc
import NIOCore
import NIOHTTP2
import NIOPosix

/// A connection to a collector; its calls may be begun from any thread.
struct ClientConnection: Sendable {
  /// How long a collector may take to accept a connection, in seconds. It is usually on this
  /// machine.
  static let connectSeconds: Int64 = 5

  let address: CollectorAddress
  private let channel: any Channel
  private let handler: NIOLoopBound<GRPCClientHandler>

  /// Connects. What goes wrong is an ``IngestError``.
  static func connect(
    to address: CollectorAddress, with security: ClientSecurity = .none, on loop: any EventLoop
  ) -> EventLoopFuture<ClientConnection> {
    // A Unix socket has neither TLS nor tokens.
    let security = if case .unix = address { ClientSecurity.none } else { security }
    if let problem = security.problem(with: address) { return loop.makeFailedFuture(problem) }
    let secured = loop.makePromise(of: Void.self)
    let made = NIOLoopBoundBox<GRPCClientHandler?>.makeEmptyBox(
      valueType: GRPCClientHandler.self, eventLoop: loop)
    let authority = if case .unix = address { "localhost" } else { address.description }
    let bootstrap = ClientBootstrap(group: loop)
      .connectTimeout(.seconds(connectSeconds))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls = security.tls {
            try ClientHandshake.install(tls, to: address, on: pipeline, secured)
          } else {
            secured.succeed()
          }
          try pipeline.addHandler(
            NIOHTTP2Handler(
              mode: .client, connectionConfiguration: configuration))
          let handler = GRPCClientHandler(
            authority: authority, isSecure: security.tls != nil,
            authorization: security.authorization)
          made.value = handler
          try pipeline.addHandler(handler)
        }
      }
    let connected: EventLoopFuture<any Channel>
    switch address {
    case .off: connected = loop.makeFailedFuture(IngestError("there is no address to connect to"))
    case .unix(let path): connected = bootstrap.connect(unixDomainSocketPath: path)
    case .tcp(let host, let port):
      let options =
        bootstrap
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        // A collector's machine that went away without a word is found out.
        .channelOption(.socketOption(.so_keepalive), value: 1)
        .channelOption(
          .tcpOption(.init(rawValue: TCP_KEEPIDLE)), value: IngestLimits.keepAliveSeconds)
      if let numeric = try? SocketAddress(ipAddress: address.numericHost ?? host, port: port) {
        connected = options.connect(to: numeric)
      } else {
        connected = options.connect(host: host, port: port)
      }
    }
    // Where no connection came about nobody else will say so.
    connected.whenFailure { secured.fail($0) }
    let ready = connected.flatMap { channel in
      let limit = loop.scheduleTask(in: .seconds(connectSeconds)) {
        secured.fail(ChannelError.connectTimeout(.seconds(connectSeconds)))
      }
      return secured.futureResult.map { channel }
        .always { result in
          limit.cancel()
          if case .failure = result { channel.close(promise: nil) }
        }
    }
    return ready.flatMapThrowing { channel in
      // A peer may have hung up already: then its first call says so.
      guard let handler = made.value else { throw ChannelError.ioOnClosedChannel }
      return ClientConnection(
        address: address, channel: channel,
        handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
    }.flatMapErrorThrowing { error in throw problem(error, address) }
  }

  /// Begins a call.
  func start(_ call: GRPCClientCall) {
    channel.eventLoop.execute { handler.value.start(call) }
  }

  func close() { channel.close(promise: nil) }

  /// Whether calls may still be answered.
  var isActive: Bool { channel.isActive }

  // MARK: - Errors

  /// What a failed call means to whoever made it.
  func problem(_ status: GRPCStatus) -> IngestError {
    switch status.code {
    case .unimplemented:
      IngestError(
        .refused, "\(address) is not a tracetop collector of this version: \(status.message)")
    case .unauthenticated:
      IngestError(
        .refused,
        "\(address) does not let this command in: \(status.message); see --tls-ca, --tls-cert, "
          + "--tls-key and --token-file")
    case .unavailable:
      IngestError(
        .notRunning, "the collector at \(address) is not available: \(status.message)",
        retry: status.retry)
    case .invalidArgument,
      .resourceExhausted where status.retry == nil:
      IngestError(.unfit, "the collector at \(address) refused: \(status)")
    default:
      IngestError(
        .refused, "the collector at \(address) refused: \(status)", retry: status.retry)
    }
  }

  private static func problem(_ error: any Error, _ address: CollectorAddress) -> IngestError {
    if let error = error as? IngestError { return error }
    if TLSFault.isKnown(error) {
      return IngestError(.refused, "no TLS with \(address): \(TLSFault.text(error))")
    }
    let code =
      (error as? IOError)?.errnoCode
      ?? (error as? NIOConnectionError)?.connectionErrors.lazy
      .compactMap { ($0.error as? IOError)?.errnoCode }.first
    switch code {
    case ECONNREFUSED, ENOENT:
      return IngestError(
        .notRunning, "no collector is running at \(address)", retry: IngestError.Retry())
    case EACCES:
      return IngestError("\(address) belongs to another user")
    case let code?:
      return IngestError(
        .invalid, "cannot reach \(address): \(SystemError.text(code))", retry: IngestError.Retry())
    case nil:
      if let error = error as? NIOConnectionError,
        error.dnsAError != nil || error.dnsAAAAError != nil
      {
        return IngestError("cannot reach \(address): the host name is not known")
      }
      if case ChannelError.connectTimeout = error {
        return IngestError(
          .notRunning, "\(address) did not answer within \(connectSeconds) seconds",
          retry: IngestError.Retry())
      }
      return IngestError("cannot reach \(address): \(error)")
    }
  }

  private static let configuration: NIOHTTP2Handler.ConnectionConfiguration = {
    var configuration = NIOHTTP2Handler.ConnectionConfiguration()
    configuration.initialSettings = [
      HTTP2Setting(parameter: .enablePush, value: 0),
      HTTP2Setting(parameter: .maxHeaderListSize, value: IngestLimits.maximumHeaderListBytes),
      HTTP2Setting(parameter: .initialWindowSize, value: IngestLimits.streamWindowBytes),
      HTTP2Setting(parameter: .maxFrameSize, value: IngestLimits.maximumFrameBytes),
    ]
    configuration.controlFrameRateLimit.maximumCount = IngestLimits.maximumControlFrames
    return configuration
  }()
}
