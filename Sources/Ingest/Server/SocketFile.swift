internal import Glibc
internal import NIOCore

/// The file of a Unix socket: made, replaced where its owner is dead, and never taken from the
/// living.
enum SocketFile {
  /// Which file it was, so that stopping removes this one and not a successor's.
  struct Identity: Equatable {
    let path: String
    let device: UInt
    let number: UInt
  }

  /// The longest path a socket may have, in bytes: `sun_path` without its final zero.
  static let maximumPathBytes = 107

  /// Listens on a Unix socket that only this user may connect to.
  static func listen(at path: String) throws(IngestError) -> ListeningSocket {
    try checkLength(path)
    let folder = SocketFolder(of: path)
    try folder.prepare()
    // Held from here to the end of the process: two starters must not replace each other's socket.
    let lock = try CollectorLock.take(beside: path)
    do throws(IngestError) {
      return try listen(at: path, lock)
    } catch {
      lock?.release()
      throw error
    }
  }

  private static func listen(
    at path: String, _ lock: CollectorLock?
  ) throws(IngestError) -> ListeningSocket {
    try clear(path)
    let address = CollectorAddress.unix(path: path)
    let descriptor = try ListeningSocket.open(AF_UNIX, address)
    do throws(IngestError) {
      try ListeningSocket.bind(descriptor, try socketAddress(path)) { code in
        IngestError("cannot make the socket \(path): \(SystemError.text(code))")
      }
      // Nobody can connect between the two calls: it does not listen yet.
      guard unsafe chmod(path, 0o600) == 0, let identity = identity(of: path) else {
        throw IngestError("cannot make the socket \(path): \(SystemError.text(errno))")
      }
      try ListeningSocket.listen(descriptor, address)
      return ListeningSocket(
        descriptor: descriptor, endpoint: Endpoint(.unix, address), file: identity, lock: lock)
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  /// Removes the socket's file if it is still the one that was made.
  static func remove(_ file: Identity) {
    if identity(of: file.path) == file { unsafe unlink(file.path) }
  }

  /// Whether a process listens on the socket.
  static func isLive(_ path: String) -> Bool {
    guard let target = try? socketAddress(path),
      let descriptor = try? ListeningSocket.open(AF_UNIX, .unix(path: path))
    else { return false }
    defer { Glibc.close(descriptor) }
    let result = unsafe target.withSockAddr { pointer, length in
      unsafe connect(descriptor, pointer, socklen_t(length))
    }
    // EAGAIN: it listens, and its queue is full.
    return result == 0 || errno == EAGAIN
  }

  // MARK: - Details

  /// Makes way: removes a dead process's socket, refuses anything else that is there.
  private static func clear(_ path: String) throws(IngestError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw IngestError("\(path) is in the way and is not a socket; choose another --socket")
    }
    guard !isLive(path) else { throw CollectorLock.inUse(path, nil) }
    guard unsafe unlink(path) == 0 || errno == ENOENT else {
      throw IngestError(
        "cannot replace the socket \(path) of a dead process: \(SystemError.text(errno))")
    }
  }

  private static func checkLength(_ path: String) throws(IngestError) {
    guard path.utf8.count <= maximumPathBytes else {
      throw IngestError(
        "the socket's path is \(path.utf8.count) bytes long and may have \(maximumPathBytes): "
          + "\(path); choose a shorter --socket")
    }
  }

  private static func socketAddress(_ path: String) throws(IngestError) -> SocketAddress {
    do {
      return try SocketAddress(unixDomainSocketPath: path)
    } catch {
      throw IngestError("\(path) cannot be the path of a socket; choose another --socket")
    }
  }

  private static func identity(of path: String) -> Identity? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    return Identity(path: path, device: UInt(status.st_dev), number: UInt(status.st_ino))
  }
}
