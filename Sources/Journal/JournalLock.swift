internal import Glibc

/// What keeps a journal to this process: the file beside it, which says whose it is, and the file itself.
final class JournalLock {
  private let beside: Int32
  private var itself: Int32?

  /// Takes the file beside it, which is made where it is not there.
  init(_ file: JournalFile) throws(JournalFault) { beside = try file.lock() }

  /// Takes the file itself, which must be there now and not opened by SQLite yet.
  func take(_ file: JournalFile) throws(JournalFault) { itself = try file.hold() }

  /// Lets go: once SQLite has closed the file, since its locks go with any descriptor of it.
  deinit {
    if let itself { close(itself) }
    close(beside)
  }
}
