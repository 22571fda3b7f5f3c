import NIOCore

/// Since when an HTTP/1.1 connection waits for what.
struct HTTPConnectionTimes {
  /// When the head that is waited for began; nil between requests.
  var headBegan: NIODeadline?
  /// Whether any request has come on this connection.
  var hasDecoded = false
  var hasHadRequest = false
  /// Since when the body under way is waited for, and since when nothing of it has come.
  var bodyBegan: NIODeadline?
  var bodyMoved = NIODeadline.distantPast
  /// Since when nothing has happened, as far as the timer has seen.
  var idleSince = NIODeadline.distantPast
  var hasMoved = true
  /// Since when the peer takes none of what is written; nil while it does.
  var blockedSince: NIODeadline?
}

/// What ends a connection that keeps its loop waiting.
extension HTTPConnectionHandler: TimedConnection {
  /// Bytes came: notes what is waited for now. A request that came whole leaves nothing to note.
  func noteRead() {
    let hasDecoded = times.hasDecoded
    times.hasDecoded = false
    times.hasMoved = true
    if machine.isReceiving {
      let now = NIODeadline.now()
      times.headBegan = nil
      times.hasHadRequest = true
      times.bodyMoved = now
      if times.bodyBegan == nil { times.bodyBegan = now }
      loop.timer.expect(by: nextDeadline(now))
    } else if hasDecoded {
      times.hasHadRequest = true
      times.headBegan = nil
      times.bodyBegan = nil
    } else if times.hasHadRequest, times.headBegan == nil {
      // Nothing came of the bytes: they are the beginning of a head.
      let now = NIODeadline.now()
      times.headBegan = now
      loop.timer.expect(by: nextDeadline(now))
    }
  }

  /// A peer that does not take its answers is not read from, so that they do not pile up.
  func writabilityChanged(_ context: ChannelHandlerContext) {
    let isWritable = context.channel.isWritable
    updateReading(context)
    let now = NIODeadline.now()
    times.blockedSince = isWritable ? nil : now
    if !isWritable { loop.timer.expect(by: nextDeadline(now)) }
  }

  func nextDeadline(_ now: NIODeadline) -> NIODeadline {
    if isBusy || times.idleSince == .distantPast { times.idleSince = now }
    times.hasMoved = false
    // A new connection has to say something.
    if !times.hasHadRequest, times.headBegan == nil { times.headBegan = now }
    // A request that comes whole does not touch the timer: whether nothing follows it is looked at here,
    // also where what is waited for now has longer.
    return min(deadline, now + idleLimit)
  }

  /// Whether a request came, or is being answered, since the timer looked.
  private var isBusy: Bool { times.hasMoved || isAnswerPending }

  private var idleLimit: TimeAmount { .milliseconds(Int64(loop.limits.idleMilliseconds)) }

  private var deadline: NIODeadline {
    let limits = loop.limits
    var deadline: NIODeadline
    // Heads and bodies have times of their own: the idle limit is for connections without a request.
    if let began = times.bodyBegan {
      deadline = min(
        began + .milliseconds(Int64(limits.requestMilliseconds)),
        times.bodyMoved + .milliseconds(Int64(limits.stallMilliseconds)))
    } else if let began = times.headBegan {
      deadline = began + .milliseconds(Int64(limits.headMilliseconds))
    } else {
      deadline = times.idleSince + idleLimit
    }
    if let blocked = times.blockedSince {
      deadline = min(deadline, blocked + .milliseconds(Int64(limits.stallMilliseconds)))
    }
    return deadline
  }

  func endOverdue(_ now: NIODeadline) {
    if isBusy { times.idleSince = now }
    guard deadline <= now, let context else { return }
    let what: String? =
      if times.blockedSince != nil {
        "answers were not taken"
      } else if times.bodyBegan != nil {
        "the body did not arrive in time"
      } else if times.headBegan != nil {
        "the head of a request did not arrive in time"
      } else {
        nil
      }
    guard let what, !isClosing else {
      context.close(promise: nil)
      return
    }
    let status = GRPCStatus(.deadlineExceeded, what)
    if times.blockedSince == nil {
      perform(machine.giveUp(status), context)
    } else {
      loop.service.refused(Refusal(status))
    }
    context.close(promise: nil)
  }
}
