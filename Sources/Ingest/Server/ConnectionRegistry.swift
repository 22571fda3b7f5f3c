import NIOCore
import Synchronization

/// The connections that are open, so that there are not too many and stopping can end them.
final class ConnectionRegistry: Sendable {
  /// Guards the channels; taken by loops when connections come and go, and by whoever stops the
  /// server.
  private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])
  private let maximum: Int

  init(maximum: Int = IngestLimits.maximumConnections) { self.maximum = maximum }

  /// Takes a connection in until it closes; false where there are too many.
  func admit(_ channel: any Channel) -> Bool {
    let identifier = ObjectIdentifier(channel)
    let isAdmitted = channels.withLock { channels in
      guard channels.count < maximum else { return false }
      channels[identifier] = channel
      return true
    }
    guard isAdmitted else { return false }
    channel.closeFuture.whenComplete { [weak self] _ in
      _ = self?.channels.withLock { $0.removeValue(forKey: identifier) }
    }
    return true
  }

  var count: Int { channels.withLock { $0.count } }

  var all: [any Channel] { channels.withLock { Array($0.values) } }
}

/// Sent into the pipeline of every connection when the server stops: end what is under way, take
/// nothing new.
struct ServerStopping {}
