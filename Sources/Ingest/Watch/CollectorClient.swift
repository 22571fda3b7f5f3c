import NIOCore
import NIOPosix
import Store

/// A client of a running collector, for commands: every call waits for its answer.
///
/// Connects when it is made. Not to be used on an event loop. ``close()`` ends its thread.
public final class CollectorClient: Sendable {
  /// How long a collector may take to answer a call of one message, in seconds.
  static let answerSeconds: Int64 = 30

  public let address: CollectorAddress
  private let group: MultiThreadedEventLoopGroup
  private let connection: ClientConnection

  /// Connects; `notRunning` where nobody listens.
  public init(
    _ address: CollectorAddress, security: ClientSecurity = .none
  ) throws(IngestError) {
    self.address = address
    group = IngestThreads.start(1)
    do {
      connection = try ClientConnection.connect(
        to: address, with: security, on: group.next()
      ).wait()
    } catch {
      try? group.syncShutdownGracefully()
      throw error as? IngestError ?? IngestError("cannot reach \(address): \(error)")
    }
  }

  /// Whether a collector accepts connections there; nothing is said to it.
  public static func isRunning(at address: CollectorAddress) -> Bool {
    guard case .unix(let path) = address else {
      guard let client = try? CollectorClient(address) else { return false }
      client.close()
      return true
    }
    return SocketFile.isLive(path)
  }

  public func close() {
    connection.close()
    try? group.syncShutdownGracefully()
  }

  /// Whether the connection stands, as far as is known.
  public var isConnected: Bool { connection.isActive }

  // MARK: - Calls

  /// Sends an ExportTraceServiceRequest; returns how many spans were refused, and why.
  @discardableResult
  public func exportTraces(
    _ body: MessageBytes
  ) throws(IngestError) -> (rejected: Int, reason: String) {
    try export(body, .exportTraces)
  }

  /// Sends an ExportLogsServiceRequest; returns how many records were refused, and why.
  @discardableResult
  public func exportLogs(
    _ body: MessageBytes
  ) throws(IngestError) -> (rejected: Int, reason: String) {
    try export(body, .exportLogs)
  }

  private func export(
    _ body: MessageBytes, _ method: GRPCMethod
  ) throws(IngestError) -> (rejected: Int, reason: String) {
    let response = try unary(method, body)
    do throws(WireError) {
      return try ExportResponse.partialSuccess(in: response)
    } catch {
      throw IngestError(.refused, "the answer of \(address) is malformed: \(error)")
    }
  }

  /// The collector's status as JSON text.
  public func status() throws(IngestError) -> [UInt8] {
    let reply = try unary(.status, MessageBytes([]))
    do throws(WireError) {
      return try reply.field(1)
    } catch {
      throw IngestError(.refused, "the answer of \(address) is malformed: \(error)")
    }
  }

  /// What the collector holds, grouped there.
  public func groups(_ request: GroupsRequest) throws(IngestError) -> GroupsReply {
    let reply = try unary(.groups, MessageBytes(request.encoded))
    do throws(WireError) {
      return try GroupsReply(decoding: reply)
    } catch {
      throw IngestError(.refused, "the answer of \(address) is malformed: \(error)")
    }
  }

  /// Ends the collector; only over its Unix socket.
  public func stop() throws(IngestError) {
    _ = try unary(.stop, MessageBytes([]))
  }

  /// Receives what a collector holds and, if asked to follow, what arrives, until the stream ends.
  ///
  /// `onFrame` runs on the client's own thread; while it runs nothing more is read. Where it
  /// returns
  /// false the watch is over.
  public func watch(
    _ request: WatchRequest, onFrame: @escaping @Sendable (WatchFrame) -> Bool
  ) throws(IngestError) {
    let promise = group.any().makePromise(of: Void.self)
    let connection = connection
    connection.start(
      .watch(
        request, onFrame: { onFrame($0) ? nil : .ok },
        onEnd: { status in
          status == .ok ? promise.succeed() : promise.fail(connection.problem(status))
        }))
    try Self.wait(promise.futureResult)
  }

  private func unary(
    _ method: GRPCMethod, _ message: MessageBytes
  ) throws(IngestError) -> MessageBytes {
    let loop = group.any()
    let promise = loop.makePromise(of: MessageBytes.self)
    let (connection, address) = (connection, address)
    let deadline = loop.scheduleTask(in: .seconds(Self.answerSeconds)) {
      promise.fail(
        IngestError(
          .notRunning, "\(address) did not answer within \(Self.answerSeconds) seconds",
          retry: IngestError.Retry()))
    }
    promise.futureResult.whenComplete { _ in deadline.cancel() }
    let call = GRPCClientCall(
      path: method.rawValue, message: message.buffer,
      onMessage: { message in
        promise.succeed(MessageBytes(message))
        return nil
      },
      onEnd: { promise.fail(connection.problem($0)) })
    connection.start(call)
    return try Self.wait(promise.futureResult)
  }

  private static func wait<Value: Sendable>(
    _ future: EventLoopFuture<Value>
  ) throws(IngestError) -> Value {
    do {
      return try future.wait()
    } catch {
      throw error as? IngestError ?? IngestError(.refused, "\(error)")
    }
  }
}

extension GRPCClientCall {
  /// The Watch call; a status that `onFrame` returns ends it. A frame of an unknown kind is passed
  /// over, and a malformed one ends the call too.
  static func watch(
    _ request: WatchRequest, onFrame: @escaping @Sendable (WatchFrame) -> GRPCStatus?,
    onEnd: @escaping @Sendable (GRPCStatus) -> Void
  ) -> GRPCClientCall {
    GRPCClientCall(
      path: GRPCMethod.watch.rawValue, message: ByteBuffer(bytes: request.encoded),
      onMessage: { message in
        do throws(WireError) {
          return try WatchFrame.decode(message).flatMap(onFrame)
        } catch {
          return GRPCStatus(.internal, "a frame is malformed: \(error)")
        }
      },
      onEnd: onEnd)
  }
}
