internal import NIOPosix
import Store
import Synchronization

/// One attached viewer: its feed, shared by the loops that receive spans and the one that sends
/// them on.
final class Viewer: WatchFeed {
  let request: WatchRequest
  /// Guards the feed. Taken by every receiving loop for the length of an append, and by the sender.
  private let feed: Mutex<ViewerFeed>
  /// Guards what is read from the store. Only the worker's jobs for this viewer take it, one after
  /// the other.
  private let held = Mutex<(any HeldSpans)?>(nil)
  private let provider: HeldProvider
  private let wake: @Sendable () -> Void
  private let onCancel: @Sendable (Viewer) -> Void

  init(
    request: WatchRequest, info: WatchFrame.ServerInfo, status: MessageBytes?, queueBytes: Int,
    held provider: @escaping HeldProvider, wake: @escaping @Sendable () -> Void,
    onCancel: @escaping @Sendable (Viewer) -> Void
  ) {
    self.request = request
    feed = Mutex(
      ViewerFeed(
        isFollowing: request.follow, info: info, status: status, maximumBytes: queueBytes))
    self.provider = provider
    self.wake = wake
    self.onCancel = onCancel
  }

  /// Offers a request that arrived; returns whether it was queued. Never waits for the viewer.
  func offer(_ body: MessageBytes, spans: Int, ruleCounts: [UInt64]?) -> Bool {
    let (isAdded, wakes) = feed.withLock {
      $0.receive(body, spans: spans, ruleCounts: ruleCounts)
    }
    if wakes { wake() }
    return isAdded
  }

  /// Tells the viewer what became of requests.
  func offer(_ decisions: [SamplingDecision]) {
    if feed.withLock({ $0.receive(decisions) }) { wake() }
  }

  /// Tells the viewer what was pinned.
  func offer(_ pins: PinChange) {
    if feed.withLock({ $0.receive(pins) }) { wake() }
  }

  /// Tells the viewer how the collector stands.
  func offer(status: MessageBytes) {
    if feed.withLock({ $0.receive(status: status) }) { wake() }
  }

  /// Offers a request of logs that arrived.
  func offer(logs body: MessageBytes, records: Int) -> Bool {
    let (isAdded, wakes) = feed.withLock { $0.receive(logs: body, records: records) }
    if wakes { wake() }
    return isAdded
  }

  /// Ends the viewer's stream.
  func end(_ status: GRPCStatus) {
    if feed.withLock({ $0.receiveEnd(status) }) { wake() }
  }

  // MARK: - WatchFeed

  func next() -> WatchStep {
    while true {
      switch feed.withLock({ $0.next() }) {
      case .send(let frame): return .send(frame)
      case .wait: return .wait
      case .end(let status): return .end(status)
      case .fetchHeld: NIOThreadPool.singleton.submit { _ in self.fetch() }
      }
    }
  }

  func cancel() {
    // What the worker still has to do for this viewer comes to nothing.
    _ = feed.withLock { $0.receiveEnd(GRPCStatus(.cancelled)) }
    onCancel(self)
  }

  /// Makes the next chunk of held traces; runs on the worker.
  private func fetch() {
    do throws(GRPCStatus) {
      let (frame, decisions, pins) = try held.withLock {
        (held) throws(GRPCStatus) -> (WatchFrame?, [SamplingDecision], [TraceID]) in
        if held == nil { held = try provider(request) }
        let spans = held?.nextChunk().map { WatchFrame.exportRequest(MessageBytes($0)) }
        let frame = spans ?? held?.nextLogs().map { .exportLogs(MessageBytes($0)) }
        return (frame, held?.decisions() ?? [], held?.pins() ?? [])
      }
      let wakes = feed.withLock {
        $0.receiveHeld(frame: frame, decisions: decisions, pins: pins)
      }
      if wakes { wake() }
    } catch {
      end(error)
    }
  }
}
