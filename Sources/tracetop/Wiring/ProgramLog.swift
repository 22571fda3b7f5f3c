import Glibc
import Store
import Synchronization
import TUI

/// The program's own log: `tracetop/tracetop.log` in the state folder, where stderr goes too while the screen is up.
///
/// Lines are added by any thread, and by other processes of this user: each looks before a line whether
/// the file is still the one it has open. The file is this user's only. One that has become long is set
/// aside as `tracetop.log.1`, which becomes `.2`, and the last goes.
final class ProgramLog: Sendable {
  /// A log that is longer than this, in bytes, is set aside.
  static let longest: Int64 = 1 << 20
  /// How many logs that were set aside are kept.
  static let kept = 3

  let path: String
  private let longest: Int64
  /// Guards the file's end: one line at a time.
  private let descriptor: Mutex<Int32>

  /// Opens the log; nil where there is no place for one, which stops nobody from working.
  convenience init?() {
    guard let folder = Environment.stateFolder else { return nil }
    self.init(in: "\(folder)/tracetop")
  }

  init?(in folder: String, longest: Int64 = ProgramLog.longest) {
    path = "\(folder)/tracetop.log"
    self.longest = longest
    guard (try? PrivateFiles.makeFolder(folder)) != nil,
      let opened = PrivateFiles.openForAppending(path)
    else { return nil }
    descriptor = Mutex(opened)
  }

  deinit { _ = close(descriptor.withLock { $0 }) }

  /// Adds a line with the time in front.
  func write(_ message: String) {
    let time = Format.clock(Environment.now, .dateMilliseconds)
    let line = "\(time) [\(getpid())] \(VisibleText.of(message))\n"
    descriptor.withLock { descriptor in
      makeRoom(&descriptor)
      _ = FileDescriptor.writeAll(Array(line.utf8), to: descriptor)
    }
  }

  /// Opens the file anew, as after it was moved away.
  func reopen() { descriptor.withLock { reopen(&$0) } }

  // MARK: - Rotation

  /// Sees to it that the open file is the log, and no longer than it may be.
  private func makeRoom(_ descriptor: inout Int32) {
    if !PrivateFiles.isSame(descriptor, path) { reopen(&descriptor) }
    guard PrivateFiles.size(of: path) > longest else { return }
    // One process at a time; whoever comes second finds a short file.
    _ = flock(descriptor, LOCK_EX)
    if PrivateFiles.isSame(descriptor, path) {
      for number in stride(from: Self.kept - 1, to: 0, by: -1) {
        PrivateFiles.rename("\(path).\(number)", to: "\(path).\(number + 1)")
      }
      PrivateFiles.rename(path, to: "\(path).1")
    }
    _ = flock(descriptor, LOCK_UN)
    reopen(&descriptor)
  }

  /// Where the file cannot be opened the old one goes on: lines are worth more than their place.
  private func reopen(_ descriptor: inout Int32) {
    guard let opened = PrivateFiles.openForAppending(path) else { return }
    _ = close(descriptor)
    descriptor = opened
  }
}
