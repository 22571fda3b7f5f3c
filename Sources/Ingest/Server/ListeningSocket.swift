internal import Glibc
internal import NIOCore

/// A bound socket that listens, opened before any thread is started: peers may connect from here
/// on.
struct ListeningSocket {
  /// The file descriptor; whoever serves it closes it.
  let descriptor: CInt
  let endpoint: Endpoint
  /// The socket's file, where there is one: which file it was when it was made.
  let file: SocketFile.Identity?
  /// What says that a collector runs on the socket's file.
  let lock: CollectorLock?

  /// Gives up what was not served.
  func close() {
    Glibc.close(descriptor)
    removeFiles()
  }

  /// Removes the files that go with the socket.
  func removeFiles() {
    file.map(SocketFile.remove)
    lock?.release()
  }

  // MARK: - Inherited

  /// Takes over a socket that listens. A Unix socket's file is its maker's to remove.
  init(
    _ inherited: InheritedSocket, _ security: ListenerSecurity, allowsRemote: Bool
  ) throws(IngestError) {
    let endpoint = inherited.endpoint
    if let problem = security.problem(
      with: endpoint.address, name: "the \(endpoint.kind.rawValue) socket handed over,",
      allowsRemote: allowsRemote)
    {
      throw problem
    }
    descriptor = inherited.descriptor
    self.endpoint = endpoint
    file = nil
    lock =
      if case .unix(let path) = endpoint.address {
        try CollectorLock.take(beside: path)
      } else {
        nil
      }
  }

  init(
    descriptor: CInt, endpoint: Endpoint, file: SocketFile.Identity? = nil,
    lock: CollectorLock? = nil
  ) {
    self.descriptor = descriptor
    self.endpoint = endpoint
    self.file = file
    self.lock = lock
  }

  // MARK: - TCP

  /// Listens on a TCP address.
  static func tcp(
    _ kind: Endpoint.Kind, _ address: CollectorAddress, _ security: ListenerSecurity,
    allowsRemote: Bool
  ) throws(IngestError) -> ListeningSocket {
    guard case .tcp(_, let port) = address, let host = address.numericHost else {
      throw IngestError("--\(kind.rawValue) takes host:port or off, not \(address)")
    }
    if let problem = security.problem(
      with: address, name: "--\(kind.rawValue)", allowsRemote: allowsRemote)
    {
      throw problem
    }
    let target = try resolve(host, port, of: address)
    let family = target.protocol == .inet6 ? AF_INET6 : AF_INET
    let descriptor = try open(family, address)
    do throws(IngestError) {
      var on: CInt = 1
      unsafe setsockopt(
        descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<CInt>.size))
      try bind(descriptor, target) { code in problem(code, kind, address) }
      try listen(descriptor, address)
      let bound = CollectorAddress.tcp(
        host: host, port: port == 0 ? try boundPort(descriptor, address) : port)
      return ListeningSocket(descriptor: descriptor, endpoint: Endpoint(kind, bound))
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  private static func resolve(
    _ host: String, _ port: Int, of address: CollectorAddress
  ) throws(IngestError) -> SocketAddress {
    if let numeric = try? SocketAddress(ipAddress: host, port: port) { return numeric }
    do {
      return try SocketAddress.makeAddressResolvingHost(host, port: port)
    } catch {
      throw IngestError("cannot listen on \(address): the host name \"\(host)\" is not known")
    }
  }

  private static func problem(
    _ code: CInt, _ kind: Endpoint.Kind, _ address: CollectorAddress
  ) -> IngestError {
    let option = "--\(kind.rawValue)"
    switch code {
    case EADDRINUSE:
      return IngestError(
        .inUse,
        "cannot listen on \(address): the port is in use; is another collector running? "
          + "try \(option) 127.0.0.1:0 or \(option) off")
    case EACCES:
      return IngestError(
        "cannot listen on \(address): not permitted; ports below 1024 are the system's, "
          + "try \(option) 127.0.0.1:0")
    case EADDRNOTAVAIL:
      return IngestError(
        "cannot listen on \(address): this machine has no such address; try \(option) 127.0.0.1:0")
    default: return IngestError("cannot listen on \(address): \(SystemError.text(code))")
    }
  }

  private static func boundPort(
    _ descriptor: CInt, _ address: CollectorAddress
  ) throws(IngestError) -> Int {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe getsockname(descriptor, pointer, &length)
      }
    }
    guard result == 0 else {
      throw IngestError("cannot listen on \(address): \(SystemError.text(errno))")
    }
    // The port stands at the same place in sockaddr_in and sockaddr_in6, big-endian.
    let port = unsafe withUnsafeBytes(of: &storage) { bytes in
      unsafe bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)
    }
    return Int(UInt16(bigEndian: port))
  }

  // MARK: - Shared steps

  static func open(_ family: CInt, _ address: CollectorAddress) throws(IngestError) -> CInt {
    let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, type, 0)
    guard descriptor >= 0 else {
      throw IngestError("cannot listen on \(address): \(SystemError.text(errno))")
    }
    return descriptor
  }

  static func bind(
    _ descriptor: CInt, _ target: SocketAddress, problem: (CInt) -> IngestError
  ) throws(IngestError) {
    let result = unsafe target.withSockAddr { pointer, length in
      unsafe Glibc.bind(descriptor, pointer, socklen_t(length))
    }
    guard result == 0 else { throw problem(errno) }
  }

  static func listen(_ descriptor: CInt, _ address: CollectorAddress) throws(IngestError) {
    guard Glibc.listen(descriptor, IngestLimits.backlog) == 0 else {
      throw IngestError("cannot listen on \(address): \(SystemError.text(errno))")
    }
  }
}

/// What the system says about an error number.
enum SystemError {
  static func text(_ code: CInt) -> String {
    // Safe: copied at once; a call on another thread could at worst garble the text.
    unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
  }
}
