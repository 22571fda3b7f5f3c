internal import Glibc
import NIOCore

/// Who is at the other end of a Unix socket, as the kernel saw it connect (`SO_PEERCRED`).
enum PeerCredentials {
  /// `struct ucred`, which Glibc's module does not show without `_GNU_SOURCE`.
  private struct Credentials: Sendable {
    var process: pid_t = 0
    var user: uid_t = 0
    var group: gid_t = 0
  }

  /// Whether a user may use a socket of this one: root may do anything anyway.
  static func isAllowed(_ user: uid_t) -> Bool { user == getuid() || user == 0 }

  /// The peer's user id.
  static func user(of channel: any Channel) -> EventLoopFuture<uid_t> {
    guard let provider = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
    }
    // Safe: three 32-bit numbers, as the kernel's struct ucred has them.
    let credentials: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
      level: .socket, name: .init(rawValue: SO_PEERCRED))
    return credentials.map(\.user)
  }
}
