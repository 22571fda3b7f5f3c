import Glibc

@testable import Ingest

/// A blocking socket that says bytes as they are given: what no well-behaved client would send.
final class RawPeer {
  private let descriptor: CInt

  init(port: Int) {
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    _ = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        unsafe connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    // What never comes fails the test instead of hanging it.
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var on: CInt = 1
    unsafe setsockopt(
      descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  func send(_ text: String) { send(Array(text.utf8)) }

  /// Reads until the text so far satisfies the condition, the peer closes, or ten seconds pass.
  @discardableResult
  func read(until condition: (String) -> Bool) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while !condition(String(decoding: bytes, as: Unicode.ASCII.self)) {
      let count = unsafe recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: Unicode.ASCII.self)
  }

  /// Reads to the end of the connection.
  func readToEnd() -> String { read { _ in false } }
}

/// HTTP/2 frames made by hand, headers without any compression.
enum RawHTTP2 {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + frame(4, 0, 0, [])

  static func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let count = payload.count
    return [
      UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags, 0, 0, 0,
      stream,
    ] + payload
  }

  static func headers(_ fields: [(String, String)], stream: UInt8 = 1, isLast: Bool = false)
    -> [UInt8]
  {
    var block: [UInt8] = []
    for (name, value) in fields {
      block += [0, UInt8(name.utf8.count)] + Array(name.utf8)
      block += [UInt8(value.utf8.count)] + Array(value.utf8)
    }
    return frame(1, isLast ? 5 : 4, stream, block)
  }

  static func export(contentType: String = "application/grpc", encoding: String? = nil) -> [UInt8] {
    var fields = [
      (":method", "POST"), (":scheme", "http"), (":path", GRPCMethod.exportTraces.rawValue),
      (":authority", "x"), ("content-type", contentType), ("te", "trailers"),
    ]
    if let encoding { fields.append(("grpc-encoding", encoding)) }
    return headers(fields)
  }

  static func data(_ bytes: [UInt8], stream: UInt8 = 1, isLast: Bool = true) -> [UInt8] {
    frame(0, isLast ? 1 : 0, stream, bytes)
  }

  static func message(_ bytes: [UInt8], flag: UInt8 = 0) -> [UInt8] {
    let count = UInt32(bytes.count)
    return [flag] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + bytes
  }
}
