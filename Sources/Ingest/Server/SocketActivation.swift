internal import Glibc
internal import NIOCore

/// A socket that listens already and that this process was started with: systemd's socket activation.
public struct InheritedSocket: Equatable, Sendable {
  /// The first descriptor that is handed over (sd_listen_fds(3)).
  private static let firstDescriptor: CInt = 3
  /// More than this nobody hands over.
  private static let maximumCount = 16

  let descriptor: CInt
  let endpoint: Endpoint

  /// The sockets in `LISTEN_FDS`; none where they are another process's. Takes the variables out of the
  /// environment, so it is called once, before anything is opened.
  public static func takeAll() throws(IngestError) -> [InheritedSocket] {
    defer {
      for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsafe unsetenv(name) }
    }
    guard variable("LISTEN_PID") == "\(getpid())", let count = variable("LISTEN_FDS") else {
      return []
    }
    guard let count = Int(count), count >= 0, count <= maximumCount else {
      throw IngestError(
        "LISTEN_FDS is \(count): expected a number of sockets up to \(maximumCount)")
    }
    let names = (variable("LISTEN_FDNAMES") ?? "").split(
      separator: ":", omittingEmptySubsequences: false)
    var sockets: [InheritedSocket] = []
    for index in 0..<count {
      let name = index < names.count ? String(names[index]) : ""
      let hasGRPC = sockets.contains { $0.endpoint.kind == .grpc }
      sockets.append(
        try adopt(firstDescriptor + CInt(index), name, isGRPCTaken: hasGRPC))
    }
    return sockets
  }

  /// Looks at one descriptor. A name that says nothing (systemd names sockets after their unit) leaves it
  /// to the address: a path is the Unix socket, port 4318 HTTP, and of others the first is gRPC.
  static func adopt(
    _ descriptor: CInt, _ name: String, isGRPCTaken: Bool
  ) throws(IngestError) -> InheritedSocket {
    let label = "the socket handed over as \(name.isEmpty ? "number \(descriptor)" : "\"\(name)\"")"
    guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0,
      option(SO_TYPE, of: descriptor) == CInt(SOCK_STREAM.rawValue),
      option(SO_ACCEPTCONN, of: descriptor) == 1, let address = address(of: descriptor)
    else { throw IngestError("\(label) is no stream socket that listens") }
    let isUnix = if case .unix = address { true } else { false }
    let kind: Endpoint.Kind
    switch Endpoint.Kind(rawValue: name) {
    case let named?:
      guard (named == .unix) == isUnix else {
        throw IngestError("\(label) is on \(address), which is not for that name")
      }
      kind = named
    case nil where isUnix: kind = .unix
    case nil:
      let isHTTP = if case .tcp(_, 4318) = address { true } else { isGRPCTaken }
      kind = isHTTP ? .http : .grpc
    }
    return InheritedSocket(descriptor: descriptor, endpoint: Endpoint(kind, address))
  }

  // MARK: - Details

  private static func option(_ name: CInt, of descriptor: CInt) -> CInt? {
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    return unsafe getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
  }

  /// Where a socket is bound; nil for anything but TCP and Unix sockets with a path.
  private static func address(of descriptor: CInt) -> CollectorAddress? {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    // Safe: the storage is as long as any address; each is read as what its family says.
    return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      let raw = UnsafeMutableRawPointer(pointer)
      guard
        unsafe getsockname(descriptor, raw.assumingMemoryBound(to: sockaddr.self), &length) == 0
      else { return nil }
      let bound: SocketAddress
      switch unsafe CInt(pointer.pointee.ss_family) {
      case AF_INET: bound = unsafe SocketAddress(raw.load(as: sockaddr_in.self))
      case AF_INET6: bound = unsafe SocketAddress(raw.load(as: sockaddr_in6.self))
      case AF_UNIX: bound = unsafe SocketAddress(raw.load(as: sockaddr_un.self))
      default: return nil
      }
      if let path = bound.pathname { return path.isEmpty ? nil : .unix(path: path) }
      guard let host = bound.ipAddress, let port = bound.port else { return nil }
      return .tcp(host: host, port: port)
    }
  }

  private static func variable(_ name: String) -> String? {
    // Safe: copied before anything changes the environment.
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }
}
