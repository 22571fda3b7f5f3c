internal import Glibc
internal import NIOCore
internal import NIOPosix
import Synchronization

/// One endpoint's listening socket while it is served.
///
/// A channel closes by itself where `accept` fails for a reason that NIO takes for the socket's own: a
/// packet filter or the network behind a peer can bring that about (accept(2)). The socket itself is kept
/// in a second descriptor and never stops listening: nobody else gets the port, those who connect wait,
/// and soon another channel serves it.
final class Listener: Sendable {
  private struct State {
    var channel: (any Channel)?
    var isStopped = false
  }

  let endpoint: Endpoint
  private let spare: CInt
  private let pipeline: ServerPipeline
  private let group: MultiThreadedEventLoopGroup
  /// Guards what serves the socket; taken when that changes and by whoever stops the server.
  private let state = Mutex(State())

  /// Serves a socket; the descriptor is this one's from now on.
  init(
    _ socket: ListeningSocket, _ pipeline: ServerPipeline, on group: MultiThreadedEventLoopGroup
  ) throws {
    endpoint = socket.endpoint
    spare = Self.duplicate(socket.descriptor)
    self.pipeline = pipeline
    self.group = group
    do {
      begin(try pipeline.bootstrap(group).withBoundSocket(socket.descriptor).wait())
    } catch {
      Glibc.close(spare)
      throw error
    }
  }

  /// Stops listening; waits for it.
  func stop() {
    let channel = state.withLock { state in
      state.isStopped = true
      return state.channel.take()
    }
    Glibc.close(spare)
    try? channel?.close().wait()
  }

  /// Closes the channel as a failure does; false where none serves the socket just then. For tests.
  func breakDown() -> Bool {
    guard let channel = state.withLock({ $0.channel }) else { return false }
    channel.close(promise: nil)
    return true
  }

  // MARK: - Details

  private func begin(_ channel: any Channel) {
    let isWanted = state.withLock { state in
      if !state.isStopped { state.channel = channel }
      return !state.isStopped
    }
    guard isWanted else { return channel.close(promise: nil) }
    channel.closeFuture.whenComplete { _ in self.end() }
  }

  /// The channel has closed: where nobody asked for it another one follows.
  private func end() {
    let isStopped = state.withLock { state in
      state.channel = nil
      return state.isStopped
    }
    guard !isStopped else { return }
    pipeline.service.refused(
      Refusal(.accept, "\(endpoint) was closed by a failure; it is served again"))
    resume()
  }

  private func resume() {
    let pause = TimeAmount.milliseconds(IngestLimits.acceptPauseMilliseconds)
    group.any().scheduleTask(in: pause) {
      let copy: CInt? = self.state.withLock { $0.isStopped ? nil : Self.duplicate(self.spare) }
      guard let copy else { return }
      guard copy >= 0 else { return self.resume() }
      self.pipeline.bootstrap(self.group).withBoundSocket(copy).whenComplete { result in
        switch result {
        case .success(let channel): self.begin(channel)
        case .failure: self.resume()
        }
      }
    }
  }

  /// Another descriptor of the same socket; below zero where there are no more.
  private static func duplicate(_ descriptor: CInt) -> CInt {
    fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
  }
}
