import Glibc

/// Where a collector listens or is to be found: `host:port`, `[::1]:port`, `unix:PATH`, or `off`.
public enum CollectorAddress: Equatable, Hashable, Sendable, CustomStringConvertible {
  case off
  /// A host name or a numeric address without brackets; port 0 asks for a free one.
  case tcp(host: String, port: Int)
  case unix(path: String)

  /// Reads an address of a TCP endpoint or `off`.
  public init(_ text: String) throws(IngestError) {
    if text == "off" {
      self = .off
    } else if text.hasPrefix("unix:") {
      let path = String(text.dropFirst("unix:".count))
      guard !path.isEmpty else { throw IngestError("unix: needs a path, such as unix:/tmp/t.sock") }
      self = .unix(path: path)
    } else {
      self = try Self.parseTCP(text)
    }
  }

  private static func parseTCP(_ text: String) throws(IngestError) -> CollectorAddress {
    let problem = IngestError(
      "\"\(text)\" is not an address; expected host:port such as 127.0.0.1:4317")
    guard let colon = text.lastIndex(of: ":") else { throw problem }
    var host = String(text[..<colon])
    let digits = text[text.index(after: colon)...]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      throw IngestError("\"\(text)\" needs brackets around the address, such as [::1]:4317")
    }
    guard !host.isEmpty, !digits.isEmpty, digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else {
      throw problem
    }
    guard let port = Int(digits), port <= Int(UInt16.max) else {
      throw IngestError("\"\(text)\" has a port above 65535")
    }
    return .tcp(host: host, port: port)
  }

  /// As it is written on the command line and in the ready lines.
  public var description: String {
    switch self {
    case .off: "off"
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// Whether only this machine can reach it. A host name that is not `localhost` is taken not to
  /// be.
  public var isLoopback: Bool {
    switch self {
    case .off, .unix: true
    case .tcp(let host, _):
      host == "localhost" || host == "::1"
        || (host.hasPrefix("127.")
          && host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || ($0 >= 48 && $0 <= 57) })
    }
  }

  /// The numeric address where no resolver is needed.
  var numericHost: String? {
    guard case .tcp(let host, _) = self else { return nil }
    return host == "localhost" ? "127.0.0.1" : host
  }

  // MARK: - The socket of this user's collector

  /// `$XDG_RUNTIME_DIR/tracetop/collector.sock`, or one in a folder of this user's own under the
  /// temporary directory.
  public static var defaultSocketPath: String {
    // The variable outlives its folder where a session has ended (sudo, cron, containers).
    if let runtime = environment("XDG_RUNTIME_DIR"), runtime.hasPrefix("/"), isFolder(runtime) {
      return runtime + "/tracetop/collector.sock"
    }
    let temporary = environment("TMPDIR").flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    let folder = temporary.hasSuffix("/") ? String(temporary.dropLast()) : temporary
    return "\(folder)/tracetop-\(getuid())/collector.sock"
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func environment(_ name: String) -> String? {
    // Safe: the text is copied before anything could change the environment.
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }
}

/// A bound endpoint, as the ready lines name it: `grpc 127.0.0.1:4317`.
public struct Endpoint: Equatable, Sendable, CustomStringConvertible {
  public enum Kind: String, Sendable { case grpc, http, unix }

  public var kind: Kind
  public var address: CollectorAddress

  public init(_ kind: Kind, _ address: CollectorAddress) {
    self.kind = kind
    self.address = address
  }

  public var description: String {
    if case .unix(let path) = address { return "unix \(path)" }
    return "\(kind.rawValue) \(address)"
  }
}
