import NIOCore

/// A connection that may keep its loop waiting, as ``LoopTimer`` looks at it.
protocol TimedConnection: AnyObject {
  /// When the connection is to be looked at next; called with the time by the timer alone.
  func nextDeadline(_ now: NIODeadline) -> NIODeadline
  /// Ends what has taken too long.
  func endOverdue(_ now: NIODeadline)
}

/// The one timer of an event loop: ends connections and requests in which nothing happens any more.
///
/// It is set for the earliest deadline of all connections of its loop, and for none where there are no
/// connections: an idle collector does not wake up. A request that comes whole never touches it.
final class LoopTimer {
  /// Deadlines closer together than this are kept with one wake-up.
  private static let grain = TimeAmount.milliseconds(20)

  private let eventLoop: any EventLoop
  private var connections: [ObjectIdentifier: any TimedConnection] = [:]
  private var scheduled: (task: Scheduled<Void>, time: NIODeadline)?

  init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  func add(_ connection: any TimedConnection) {
    connections[ObjectIdentifier(connection)] = connection
    expect(by: connection.nextDeadline(.now()))
  }

  func remove(_ connection: any TimedConnection) {
    connections[ObjectIdentifier(connection)] = nil
    guard connections.isEmpty else { return }
    scheduled?.task.cancel()
    scheduled = nil
  }

  /// Sees to it that the connections are looked at by this time.
  func expect(by time: NIODeadline) {
    if let scheduled {
      guard time + Self.grain < scheduled.time else { return }
      scheduled.task.cancel()
    }
    let box = NIOLoopBound(self, eventLoop: eventLoop)
    scheduled = (eventLoop.scheduleTask(deadline: time) { box.value.fire() }, time)
  }

  private func fire() {
    scheduled = nil
    let now = NIODeadline.now()
    for connection in Array(connections.values) { connection.endOverdue(now) }
    let next = connections.values.map { $0.nextDeadline(now) }.min()
    if let next { expect(by: max(next, now + Self.grain)) }
  }
}
