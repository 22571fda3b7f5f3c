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
    var listeners: [any Channel]
    var files: [SocketFile.Identity]
  }

  /// One for the connection that sends most, one for all others: decoding runs on them too.
  static let eventLoops = 2

  private let configuration: IngestConfiguration
  private let service: any CollectorService
  private let connections: ConnectionRegistry
  /// Guards what runs; taken by `start` and `stop` only.
  private let running = Mutex<Running?>(nil)

  public init(service: any CollectorService, configuration: IngestConfiguration) {
    self.service = service
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
    var listeners: [any Channel] = []
    do {
      for socket in sockets {
        let pipeline = ServerPipeline(
          kind: socket.endpoint.kind, service: service, connections: connections,
          limits: configuration.limits, loops: loops)
        listeners.append(
          try pipeline.bootstrap(group).withBoundSocket(socket.descriptor).wait())
      }
    } catch {
      for socket in sockets.dropFirst(listeners.count + 1) { Glibc.close(socket.descriptor) }
      try? group.syncShutdownGracefully()
      for socket in sockets { socket.file.map(SocketFile.remove) }
      throw IngestError("cannot serve the sockets: \(error)")
    }
    let started = Running(
      group: group, listeners: listeners, files: sockets.compactMap(\.file))
    running.withLock { $0 = started }
    return sockets.map(\.endpoint)
  }

  /// Opens the endpoints in the order in which they are announced.
  private func bind() throws(IngestError) -> [ListeningSocket] {
    var sockets: [ListeningSocket] = []
    do throws(IngestError) {
      let remote = configuration.allowsRemote
      if configuration.grpc != .off {
        sockets.append(try .tcp(.grpc, configuration.grpc, allowsRemote: remote))
      }
      if configuration.http != .off {
        sockets.append(try .tcp(.http, configuration.http, allowsRemote: remote))
      }
      if let path = configuration.socketPath { sockets.append(try SocketFile.listen(at: path)) }
    } catch {
      for socket in sockets {
        Glibc.close(socket.descriptor)
        socket.file.map(SocketFile.remove)
      }
      throw error
    }
    return sockets
  }

  // MARK: - Stopping

  /// Stops listening, lets calls under way come to their end for a moment, and closes everything.
  ///
  /// Waits for it; not to be called on an event loop. A second call does nothing.
  public func stop() {
    guard let running = running.withLock({ running in running.take() }) else { return }
    for file in running.files { SocketFile.remove(file) }
    for listener in running.listeners { try? listener.close().wait() }
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
