import Glibc

/// What systemd is told of a service (sd_notify(3)): a datagram to the socket in `NOTIFY_SOCKET`; nothing
/// where there is none.
///
/// Each `unsafe` hands an address or a buffer to the C library for the length of one call.
enum ServiceNotice {
  static func ready() { send("READY=1\nMAINPID=\(getpid())") }
  static func stopping() { send("STOPPING=1") }

  /// Files are being read anew; ``ready()`` follows.
  static func reloading() {
    var time = timespec()
    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let microseconds = time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
    send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
  }

  private static func send(_ state: String) {
    guard let path = Environment.variable("NOTIFY_SOCKET"),
      path.hasPrefix("/") || path.hasPrefix("@")
    else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var name = Array(path.utf8)
    // An abstract socket's name begins with a zero, and is as long as it is said to be.
    if path.hasPrefix("@") { name[0] = 0 }
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard name.count < room else { return }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
    let length = MemoryLayout<sockaddr_un>.size - room + name.count
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_UNIX, type, 0)
    guard descriptor >= 0 else { return }
    defer { _ = close(descriptor) }
    let message = Array(state.utf8)
    unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = unsafe sendto(
          descriptor, message, message.count, Int32(MSG_NOSIGNAL), pointer,
          socklen_t(length))
      }
    }
  }
}
