import Glibc
internal import Synchronization

/// The bytes of a file, a pipe or standard input, read in pieces by one thread; any thread may end it.
@safe public final class FileInput: Sendable {
  /// How a person named it; "-" is standard input.
  public let name: String
  /// How long a regular file is, in bytes; nil for what has no length.
  public let size: UInt64?

  private let descriptor: Int32
  private let closes: Bool
  /// A regular file never makes its reader wait, so nothing has to be polled.
  private var isRegular: Bool { size != nil }
  private let isEnded = Atomic<Bool>(false)
  private let wake: (read: Int32, write: Int32)
  /// Bytes read so far; written by the reading thread, read by whoever shows progress.
  private let position = Atomic<UInt64>(0)

  /// Opens a file; a folder or a file that is not there is refused, a pipe does not wait for its writer.
  public convenience init(path: String) throws(FileError) {
    // Safe: the path lives until the call is over.
    let opened = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard opened >= 0 else {
      throw FileError("cannot read \(path): \(SystemError.text(errno))")
    }
    try self.init(descriptor: opened, name: path, closes: true)
  }

  /// Reads what is open already, such as standard input.
  public convenience init(descriptor: Int32, name: String) throws(FileError) {
    try self.init(descriptor: descriptor, name: name, closes: false)
  }

  private init(descriptor: Int32, name: String, closes: Bool) throws(FileError) {
    var status = stat()
    var ends: [Int32] = [-1, -1]
    // Safe: both calls fill what is there for them.
    let isKnown = unsafe fstat(descriptor, &status) == 0
    let kind = status.st_mode & S_IFMT
    guard isKnown, kind != S_IFDIR else {
      if closes { _ = close(descriptor) }
      throw FileError(
        "cannot read \(name): \(isKnown ? "it is a folder" : SystemError.text(errno))")
    }
    guard unsafe pipe(&ends) == 0 else {
      let reason = errno
      if closes { _ = close(descriptor) }
      throw FileError("cannot make a pipe: \(SystemError.text(reason))")
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    self.descriptor = descriptor
    self.name = name
    self.closes = closes
    // Files of /proc say that they are empty and are not.
    size = kind == S_IFREG && status.st_size > 0 ? UInt64(status.st_size) : nil
    wake = (ends[0], ends[1])
  }

  deinit {
    if closes { _ = close(descriptor) }
    _ = close(wake.read)
    _ = close(wake.write)
  }

  /// Bytes read so far, as they are in the file.
  public var bytesRead: UInt64 { position.load(ordering: .relaxed) }

  /// Whether ``end()`` was called.
  public var wasEnded: Bool { isEnded.load(ordering: .relaxed) }

  /// Ends it as if there were no more bytes, also while the reader waits; any thread.
  public func end() {
    isEnded.store(true, ordering: .relaxed)
    var byte: UInt8 = 0
    // Safe: one byte, valid for the call; a full pipe says the same.
    _ = unsafe write(wake.write, &byte, 1)
  }

  /// The next bytes, however many come at once; 0 at the end.
  func read(into room: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    while !wasEnded {
      if !isRegular { waitUntilReadable() }
      // Safe: the buffer is as long as the call is told.
      let count = unsafe Glibc.read(descriptor, room.baseAddress, room.count)
      if count >= 0 {
        position.add(UInt64(count), ordering: .relaxed)
        return count
      }
      if errno == EINTR || errno == EAGAIN { continue }
      throw FileError("cannot read \(name): \(SystemError.text(errno))")
    }
    return 0
  }

  private func waitUntilReadable() {
    let wanted = Int16(POLLIN)
    var entries = [
      pollfd(fd: descriptor, events: wanted, revents: 0),
      pollfd(fd: wake.read, events: wanted, revents: 0),
    ]
    // Safe: as many entries as the call is told. A signal only makes the caller look again.
    _ = unsafe poll(&entries, 2, -1)
  }
}
