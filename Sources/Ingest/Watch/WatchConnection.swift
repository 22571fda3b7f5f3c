import NIOCore
import NIOPosix
import Store
import Synchronization

/// A watch that outlives its collector: it reconnects for as long as it takes, and says how it
/// stands.
///
/// After a reconnection everything held is sent again; a store knows the spans it has. Timers run
/// only while the collector is away.
public final class WatchConnection: Sendable {
  public enum Event: Equatable, Sendable {
    /// The collector has answered; everything it holds follows.
    case connected(WatchFrame.ServerInfo)
    /// The collector is away; another attempt follows by itself.
    case disconnected(IngestError)
    /// The collector will not have this viewer (a wrong filter, another program); nothing follows.
    case refused(IngestError)
    /// Anything but `serverInfo`.
    case frame(WatchFrame)
  }

  /// What changes while the connection lives.
  private struct State {
    var isStopped = false
    var connection: ClientConnection?
    var delay = RetryDelay()
  }

  public let address: CollectorAddress
  private let request: WatchRequest
  private let security: ClientSecurity
  private let onEvent: @Sendable (Event) -> Void
  private let group: MultiThreadedEventLoopGroup
  /// Guards the state; touched by the connection's thread, and by whoever stops it.
  private let state = Mutex(State())

  /// Begins to connect. `onEvent` runs on the connection's own thread; while it runs nothing is
  /// read.
  public init(
    _ address: CollectorAddress, request: WatchRequest = WatchRequest(),
    security: ClientSecurity = .none,
    onEvent: @escaping @Sendable (Event) -> Void
  ) {
    self.address = address
    self.request = request
    self.security = security
    self.onEvent = onEvent
    group = IngestThreads.start(1)
    connect()
  }

  /// Ends it; no event follows. Not to be called from `onEvent`.
  public func stop() {
    let connection = state.withLock { state in
      state.isStopped = true
      return state.connection.take()
    }
    connection?.close()
    try? group.syncShutdownGracefully()
  }

  /// Asks the collector to keep a trace, or no longer; `onAnswer` is called once, on the connection's
  /// thread or at once: nil as the answer means that the collector is away.
  public func pin(
    _ pin: PinRequest, onAnswer: @escaping @Sendable (Result<PinReply, IngestError>?) -> Void
  ) {
    guard let connection = state.withLock({ $0.connection }) else { return onAnswer(nil) }
    let answer = Answer(onAnswer)
    connection.start(
      GRPCClientCall(
        path: GRPCMethod.pin.rawValue, message: ByteBuffer(bytes: pin.encoded),
        onMessage: { message in
          do throws(WireError) {
            answer.give(.success(try PinReply(decoding: MessageBytes(message))))
          } catch {
            answer.give(.failure(IngestError(.refused, "the answer is malformed: \(error)")))
          }
          return nil
        },
        onEnd: { status in
          answer.give(
            status.code == .unavailable ? nil : .failure(connection.problem(status)))
        }))
  }

  /// Gives an answer once.
  private final class Answer: Sendable {
    /// Guards who waits; the connection's thread takes it.
    private let waiting: Mutex<(@Sendable (Result<PinReply, IngestError>?) -> Void)?>

    init(_ body: @escaping @Sendable (Result<PinReply, IngestError>?) -> Void) {
      waiting = Mutex(body)
    }

    func give(_ answer: Result<PinReply, IngestError>?) {
      waiting.withLock { $0.take() }?(answer)
    }
  }

  // MARK: - On the connection's thread

  private func connect() {
    let loop = group.next()
    ClientConnection.connect(to: address, with: security, on: loop).whenComplete { result in
      switch result {
      case .failure(let error):
        self.lose(error as? IngestError ?? IngestError("cannot reach \(self.address): \(error)"))
      case .success(let connection): self.watch(connection)
      }
    }
  }

  private func watch(_ connection: ClientConnection) {
    let isWanted = state.withLock { state in
      guard !state.isStopped else { return false }
      state.connection = connection
      return true
    }
    guard isWanted else { return connection.close() }
    connection.start(
      .watch(
        request,
        onFrame: { frame in
          self.receive(frame)
          return nil
        },
        onEnd: { status in
          connection.close()
          let error = connection.problem(status)
          self.lose(
            status == .ok ? IngestError(.notRunning, "the collector ended the watch") : error)
        }))
  }

  private func receive(_ frame: WatchFrame) {
    guard case .serverInfo(let info) = frame else { return tell(.frame(frame)) }
    state.withLock { $0.delay = RetryDelay() }
    tell(.connected(info))
  }

  private func lose(_ error: IngestError) {
    let delay: RetryDelay? = state.withLock { state in
      guard !state.isStopped, error.kind == .notRunning else { return nil }
      state.connection = nil
      defer { state.delay.grow() }
      return state.delay
    }
    guard let delay else { return tell(.refused(error)) }
    tell(.disconnected(error))
    group.next().scheduleTask(in: .milliseconds(delay.milliseconds)) { self.connect() }
  }

  private func tell(_ event: Event) {
    if !state.withLock({ $0.isStopped }) { onEvent(event) }
  }
}

/// How long to wait before the next attempt: short at first, as a collector that restarts is back
/// soon.
struct RetryDelay: Equatable {
  static let firstMilliseconds: Int64 = 250
  static let lastMilliseconds: Int64 = 2_000

  private(set) var milliseconds = firstMilliseconds

  mutating func grow() { milliseconds = min(milliseconds * 2, Self.lastMilliseconds) }
}
