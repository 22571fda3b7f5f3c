import NIOCore

/// What ends a connection, or a call of it, that keeps its loop waiting.
extension GRPCConnectionHandler: TimedConnection {
  /// Calls are left open behind a read: notes which of them wait for the rest of their request.
  func noteWaiting() {
    var now: NIODeadline?
    for stream in streams.values where stream.machine.isReceiving {
      let time = now ?? .now()
      now = time
      let bytes = stream.machine.collectedBytes
      if let waiting = stream.waiting {
        if waiting.bytes != bytes { stream.waiting = (waiting.began, time, bytes) }
      } else {
        stream.waiting = (time, time, bytes)
      }
    }
    if let now { loop.timer.expect(by: nextDeadline(now)) }
  }

  /// A peer that does not take its answers is not read from, so that they do not pile up.
  func writabilityChanged(_ context: ChannelHandlerContext) {
    let isWritable = context.channel.isWritable
    try? context.channel.syncOptions?.setOption(.autoRead, value: isWritable)
    let now = NIODeadline.now()
    blockedSince = isWritable ? nil : now
    if !isWritable { loop.timer.expect(by: nextDeadline(now)) }
  }

  func nextDeadline(_ now: NIODeadline) -> NIODeadline {
    if hasMoved || idleSince == .distantPast { idleSince = now }
    hasMoved = false
    let limits = loop.limits
    var deadline = idleSince + .milliseconds(Int64(limits.idleMilliseconds))
    if hasFeed { deadline = now + .milliseconds(Int64(limits.idleMilliseconds)) }
    if let opened {
      deadline = min(deadline, opened + .milliseconds(Int64(limits.headMilliseconds)))
    }
    if let blockedDeadline { deadline = min(deadline, blockedDeadline) }
    for stream in streams.values {
      if let end = self.deadline(of: stream) { deadline = min(deadline, end) }
    }
    return deadline
  }

  /// Viewers may be silent, and slow, for as long as they like: their queues are bounded.
  private var hasFeed: Bool { streams.values.contains { $0.feed != nil } }

  private var blockedDeadline: NIODeadline? {
    guard let blockedSince, !hasFeed else { return nil }
    return blockedSince + .milliseconds(Int64(loop.limits.stallMilliseconds))
  }

  private func deadline(of stream: GRPCStream) -> NIODeadline? {
    guard let waiting = stream.waiting, stream.machine.isReceiving else { return nil }
    return min(
      waiting.began + .milliseconds(Int64(loop.limits.requestMilliseconds)),
      waiting.moved + .milliseconds(Int64(loop.limits.stallMilliseconds)))
  }

  func endOverdue(_ now: NIODeadline) {
    guard let context else { return }
    if let opened, opened + .milliseconds(Int64(loop.limits.headMilliseconds)) <= now {
      loop.service.refused(Refusal(.timedOut, "a connection said nothing of HTTP/2"))
      context.close(promise: nil)
      return
    }
    if let blockedDeadline, blockedDeadline <= now {
      loop.service.refused(Refusal(.timedOut, "answers were not taken"))
      context.close(promise: nil)
      return
    }
    for stream in Array(streams.values) {
      guard let end = deadline(of: stream), end <= now else { continue }
      let status = GRPCStatus(.deadlineExceeded, "the request did not arrive in time")
      perform(stream.machine.giveUp(status), on: stream, context)
    }
    if !hasMoved, streams.isEmpty,
      idleSince + .milliseconds(Int64(loop.limits.idleMilliseconds)) <= now
    {
      stop(context)
    }
    context.flush()
  }
}
