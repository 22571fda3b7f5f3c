import Glibc
import Store
import Synchronization
import TUI

/// The program's own log: `tracetop/tracetop.log` in the state folder, where stderr goes too while the screen is up.
///
/// Lines are added by any thread. The file is this user's only, and begins anew once it is long.
final class ProgramLog: Sendable {
  /// A log that is longer than this at the start, in bytes, is set aside as `tracetop.log.1`.
  private static let longest: Int64 = 1 << 20

  let path: String
  /// Guards the file's end: one line at a time.
  private let descriptor: Mutex<Int32>

  /// Opens the log; nil where there is no place for one, which stops nobody from working.
  init?() {
    guard let folder = Environment.stateFolder else { return nil }
    path = "\(folder)/tracetop/tracetop.log"
    guard (try? PrivateFiles.makeFolder("\(folder)/tracetop")) != nil else { return nil }
    if PrivateFiles.size(of: path) > Self.longest { PrivateFiles.rename(path, to: "\(path).1") }
    guard let opened = PrivateFiles.openForAppending(path) else { return nil }
    descriptor = Mutex(opened)
  }

  deinit { _ = close(descriptor.withLock { $0 }) }

  /// Adds a line with the time in front.
  func write(_ message: String) {
    let time = Format.clock(Environment.now, .dateMilliseconds)
    let line = "\(time) [\(getpid())] \(VisibleText.of(message))\n"
    descriptor.withLock { _ = FileDescriptor.writeAll(Array(line.utf8), to: $0) }
  }
}
