internal import GRDB

extension Journal {
  /// Lets go of what closed journals leave behind; for those who open them by the thousand.
  package static func releaseClosed() { DatabaseQueue.releaseClosed() }
}
