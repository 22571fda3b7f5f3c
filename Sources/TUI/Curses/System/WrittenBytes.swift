import Glibc

/// How many bytes a thread has written, as the system counts them: curses writes past every stream.
enum WrittenBytes {
  /// Of the calling thread, to whatever it wrote; nil where the system does not count.
  static func ofThread() -> UInt64? {
    let file = unsafe open("/proc/thread-self/io", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = unsafe read(file, &bytes, bytes.count)
    guard count > 0 else { return nil }
    let text = String(decoding: bytes[..<count], as: UTF8.self)
    for line in text.split(separator: "\n") where line.hasPrefix("wchar: ") {
      return UInt64(line.dropFirst(7))
    }
    return nil
  }
}
