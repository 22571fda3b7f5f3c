public import Store

extension TraceDocument {
  /// How long after its last span's end a trace that lacks spans is not expected to get them any more.
  private static let settleTime = Nanoseconds.seconds(10)

  /// A trace of a snapshot that was fetched from a collector; nil where it is not held.
  ///
  /// Its spans were all fetched a moment ago, so the time of their ends and not of their arrival says
  /// whether it is still growing.
  public init?(of number: TraceNumber, in snapshot: Snapshot, now: UnixNanos) {
    guard let young = snapshot.summary(of: number, now: now) else { return nil }
    let isSettled = now.since(young.end) > Self.settleTime
    let later = now + Self.settleTime + .seconds(1)
    let summary = isSettled ? snapshot.summary(of: number, now: later) ?? young : young
    self.init(summary: summary, spans: snapshot.storySpans(of: number))
    logs = snapshot.logRecords(of: number)
    otherTraces = snapshot.requestTraces(of: number).filter { $0 != number }.compactMap {
      snapshot.id(of: $0)
    }
  }
}
