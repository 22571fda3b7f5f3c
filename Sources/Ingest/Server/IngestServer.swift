internal import Glibc
internal import NIOCore
internal import NIOPosix
import Synchronization

/// The collector's sockets: OTLP/gRPC over TCP and over a Unix socket, OTLP/HTTP over TCP.
///
/// ``start()`` binds everything before it starts a thread, so a peer can connect within a
/// millisecond
/// or two, and either all endpoints listen or none does. Without connections nothing runs: no
/// timer,
/// no wake-up.
public final class IngestServer: Sendable {
  /// What exists while the server runs.
  private struct Running {
    var group: MultiThreadedEventLoopGroup
    var listeners: [Listener]
    var sockets: [ListeningSocket]
  }

  /// One for the connection that sends most, one for all others: decoding runs on them too.
  static let eventLoops = 2

  private let configuration: IngestConfiguration
  private let service: any CollectorService
  private let security: ListenerSecurity
  private let inherited: [InheritedSocket]
  let connections: ConnectionRegistry
  /// Guards what runs; taken by `start` and `stop` only.
  private let running = Mutex<Running?>(nil)

  /// `inherited` sockets take the place of what the configuration says of their kinds.
  public init(
    service: any CollectorService, configuration: IngestConfiguration,
    security: ListenerSecurity = .none, inherited: [InheritedSocket] = []
  ) {
    self.service = service
    self.security = security
    self.inherited = inherited
    self.configuration = configuration
    connections = ConnectionRegistry(maximum: configuration.limits.connections)
  }

  // MARK: - Starting

  /// Binds all endpoints and serves them; returns them with the ports they got.
  public func start() throws(IngestError) -> [Endpoint] {
    let sockets = try bind()
    let group = IngestThreads.start(Self.eventLoops)
    var loops: [ObjectIdentifier: NIOLoopBoundBox<LoopState?>] = [:]
    for loop in group.makeIterator() {
      loops[ObjectIdentifier(loop)] = .makeEmptyBox(valueType: LoopState.self, eventLoop: loop)
    }
    var listeners: [Listener] = []
    do {
      for socket in sockets {
        let pipeline = ServerPipeline(
          kind: socket.endpoint.kind, service: service, connections: connections,
          limits: configuration.limits, security: security, loops: loops)
        listeners.append(try Listener(socket, pipeline, on: group))
      }
    } catch {
      for socket in sockets.dropFirst(listeners.count + 1) { Glibc.close(socket.descriptor) }
      for listener in listeners { listener.stop() }
      try? group.syncShutdownGracefully()
      for socket in sockets { socket.removeFiles() }
      throw IngestError("cannot serve the sockets: \(error)")
    }
    let started = Running(group: group, listeners: listeners, sockets: sockets)
    running.withLock { $0 = started }
    return sockets.map(\.endpoint)
  }

  /// Opens the endpoints in the order in which they are announced.
  private func bind() throws(IngestError) -> [ListeningSocket] {
    var sockets: [ListeningSocket] = []
    do throws(IngestError) {
      let remote = configuration.allowsRemote
      func take(
        _ kind: Endpoint.Kind, else open: () throws(IngestError) -> ListeningSocket?
      ) throws(IngestError) {
        let given = inherited.filter { $0.endpoint.kind == kind }
        for socket in given {
          sockets.append(try ListeningSocket(socket, security, allowsRemote: remote))
        }
        if given.isEmpty, let opened = try open() { sockets.append(opened) }
      }
      try take(.grpc) { () throws(IngestError) in
        configuration.grpc == .off
          ? nil : try .tcp(.grpc, configuration.grpc, security, allowsRemote: remote)
      }
      try take(.http) { () throws(IngestError) in
        configuration.http == .off
          ? nil : try .tcp(.http, configuration.http, security, allowsRemote: remote)
      }
      try take(.unix) { () throws(IngestError) in
        guard let path = configuration.socketPath else { return nil }
        return try SocketFile.listen(at: path)
      }
    } catch {
      for socket in sockets { socket.close() }
      throw error
    }
    return sockets
  }

  /// The sockets while they are served; for tests.
  var listeners: [Listener] { running.withLock { $0?.listeners ?? [] } }

  // MARK: - Stopping

  /// Stops listening, lets calls under way come to their end for a moment, and closes everything.
  ///
  /// Waits for it; not to be called on an event loop. A second call does nothing.
  public func stop() {
    guard let running = running.withLock({ running in running.take() }) else { return }
    for socket in running.sockets { socket.file.map(SocketFile.remove) }
    // Last of all: as long as it is held the collector is not gone.
    defer { for socket in running.sockets { socket.lock?.release() } }
    for listener in running.listeners { listener.stop() }
    let open = connections.all
    for connection in open {
      connection.pipeline.fireUserInboundEventTriggered(ServerStopping())
    }
    let loop = running.group.any()
    let closed = EventLoopFuture.andAllComplete(open.map(\.closeFuture), on: loop)
    let drained = loop.makePromise(of: Void.self)
    let deadline = loop.scheduleTask(in: .milliseconds(Int64(IngestLimits.drainMilliseconds))) {
      drained.succeed()
    }
    closed.whenComplete { _ in
      deadline.cancel()
      drained.succeed()
    }
    try? drained.futureResult.wait()
    try? running.group.syncShutdownGracefully()
  }
}
