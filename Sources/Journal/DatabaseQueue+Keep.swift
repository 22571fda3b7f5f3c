internal import GRDB
import Synchronization

extension DatabaseQueue {
  /// Closed queues, which are never let go.
  ///
  /// Where a dispatch queue with a value of its own ends, libdispatch starts a worker thread to destroy
  /// that value, and with the first worker a timer that looks after its threads every second for as
  /// long as the process lives. Nothing else here uses those threads, and a collector at rest must not
  /// wake up. There are three in a process: to make a file, to write it, to read it back.
  private static let closed = Mutex<[DatabaseQueue]>([])

  /// Lets closed queues go, in a process that opens journals by the thousand and does not rest.
  static func releaseClosed() { closed.withLock { $0.removeAll() } }

  /// Closes the connection for good.
  func end() throws {
    DatabaseQueue.closed.withLock { closed in
      if !closed.contains(where: { $0 === self }) { closed.append(self) }
    }
    try close()
  }
}
