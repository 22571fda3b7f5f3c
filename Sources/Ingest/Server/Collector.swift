internal import NIOPosix
public import Store
import Synchronization

/// The collector's heart: takes requests from the sockets to the store, counts, and passes them on
/// to viewers.
///
/// What it does not know is given to it: how a request reaches the store (``TraceReceiver``), what
/// is
/// held (``HeldProvider``), what a status says, and how the program ends.
public final class Collector: CollectorService {
  public let statistics: CollectorStatistics
  public let journal: (any RequestJournal)?

  /// Guards the viewers. Taken when one comes or goes, and per request while there are any.
  private let viewers = Mutex<[Viewer]>([])
  /// Guards who the collector says it is; written once when the endpoints are known.
  private let info: Mutex<WatchFrame.ServerInfo>
  /// The rules whose work viewers are told of.
  private let rules: RuleBook?
  private let receiver: @Sendable () -> any TraceReceiver
  private let held: HeldProvider
  private let pins: @Sendable (PinRequest) -> Bool
  private let planoJSON: @Sendable () -> [UInt8]
  private let grouped: GroupsProvider
  private let statusJSON: @Sendable (CollectorStatistics.Counts) -> [UInt8]
  private let metricsText: @Sendable (CollectorStatistics.Counts) -> [UInt8]
  private let refusalLog: RefusalLog
  private let onStop: @Sendable () -> Void
  private let viewerQueueBytes: Int
  /// Sees to it that requests are decided also when nothing arrives; nil where none are thinned.
  private let settling: SettlingClock?
  private let statusClock = StatusClock()
  /// Guards who in this process is told that the status has changed; set once.
  private let statusObserver = Mutex<(@Sendable () -> Void)?>(nil)
  private let hasStatusObserver = Atomic<Bool>(false)

  public init(
    info: WatchFrame.ServerInfo = WatchFrame.ServerInfo(),
    statistics: CollectorStatistics = CollectorStatistics(), rules: RuleBook? = nil,
    journal: (any RequestJournal)? = nil,
    receiver: @escaping @Sendable () -> any TraceReceiver,
    held: @escaping HeldProvider = { (_) throws(GRPCStatus) in NothingHeld() },
    pins: @escaping @Sendable (PinRequest) -> Bool = { _ in false },
    planoTraces: @escaping @Sendable () -> [UInt8] = { [] },
    groups: @escaping GroupsProvider = { (_) throws(GRPCStatus) in GroupsReply() },
    status: @escaping @Sendable (CollectorStatistics.Counts) -> [UInt8] = { _ in [] },
    metrics: @escaping @Sendable (CollectorStatistics.Counts) -> [UInt8] = { _ in [] },
    log: @escaping @Sendable (String) -> Void = { _ in },
    onStop: @escaping @Sendable () -> Void = {},
    viewerQueueBytes: Int = IngestLimits.viewerQueueBytes,
    settling: SettlingClock? = nil
  ) {
    self.settling = settling
    self.info = Mutex(info)
    self.statistics = statistics
    self.rules = rules.flatMap { $0.isEmpty ? nil : $0 }
    self.journal = journal
    self.receiver = receiver
    self.held = held
    self.pins = pins
    planoJSON = planoTraces
    grouped = groups
    statusJSON = status
    metricsText = metrics
    refusalLog = RefusalLog(write: log)
    self.onStop = onStop
    self.viewerQueueBytes = viewerQueueBytes
  }

  /// Tells viewers from now on where the collector listens.
  public func setEndpoints(_ endpoints: [Endpoint]) {
    info.withLock { $0.endpoints = endpoints.map(\.description) }
  }

  // MARK: - Receiving

  public func makeReceiver() -> any TraceReceiver { receiver() }

  public func exportTraces(
    _ body: MessageBytes, with receiver: any TraceReceiver
  ) -> ExportOutcome {
    unsafe export(body, with: receiver) { bytes, receiver in
      unsafe receiver.receive(bytes)
    } toViewers: {
      $0
    }
  }

  public func exportTraces(
    json body: MessageBytes, with receiver: any TraceReceiver
  ) -> ExportOutcome {
    unsafe export(body, with: receiver) { bytes, receiver in
      unsafe receiver.receive(json: bytes)
    } toViewers: {
      try? JSONTranscoder.request($0)
    }
  }

  private func export(
    _ body: MessageBytes, with receiver: any TraceReceiver,
    receive: (UnsafeRawBufferPointer, any TraceReceiver) -> ExportOutcome,
    toViewers: (MessageBytes) -> MessageBytes?
  ) -> ExportOutcome {
    if let reason = journal?.refusal(ofBytes: body.count) {
      return refuse(reason, body, in: statistics.spans)
    }
    var rewritten: [UInt8]?
    var isWanted = false
    let outcome = unsafe body.withUnsafeBytes { bytes in
      let outcome = unsafe receive(bytes, receiver)
      isWanted = statistics.viewers.load(ordering: .relaxed) > 0
      if outcome.accepted > 0, isWanted || journal != nil {
        rewritten = receiver.requestForViewers()
      }
      return outcome
    }
    count(outcome, body, in: statistics.spans)
    settling?.start()
    // Viewers see, and the journal keeps, what rules and limits have left, never what came; nothing
    // where all of it came too late.
    if outcome.accepted > 0, isWanted || journal != nil, rewritten?.isEmpty != true,
      let request = rewritten.map({ MessageBytes($0) }) ?? toViewers(body)
    {
      journal?.append(.spans, request, items: outcome.accepted)
      if isWanted {
        pass(request, spans: outcome.accepted, ruleCounts: rewritten == nil ? nil : rules?.counts)
      }
    }
    return outcome
  }

  /// A request for which the journal has no room now.
  private func refuse(
    _ reason: String, _ body: MessageBytes, in counter: borrowing Atomic<UInt64>
  ) -> ExportOutcome {
    count(.overloaded(reason), body, in: counter)
    return .overloaded(reason)
  }

  public func exportLogs(_ body: MessageBytes, with receiver: any TraceReceiver) -> ExportOutcome {
    unsafe exportLogs(body, with: receiver) { unsafe $1.receive(logs: $0) }
  }

  public func exportLogs(
    json body: MessageBytes, with receiver: any TraceReceiver
  ) -> ExportOutcome {
    unsafe exportLogs(body, with: receiver) { unsafe $1.receive(jsonLogs: $0) }
  }

  private func exportLogs(
    _ body: MessageBytes, with receiver: any TraceReceiver,
    receive: (UnsafeRawBufferPointer, any TraceReceiver) -> ExportOutcome
  ) -> ExportOutcome {
    if let reason = journal?.refusal(ofBytes: body.count) {
      return refuse(reason, body, in: statistics.logs)
    }
    var request: MessageBytes?
    var isWanted = false
    let outcome = unsafe body.withUnsafeBytes { bytes in
      let outcome = unsafe receive(bytes, receiver)
      isWanted = statistics.viewers.load(ordering: .relaxed) > 0
      if outcome.accepted > 0, isWanted || journal != nil {
        request = receiver.logsForViewers().map { MessageBytes($0) } ?? body
      }
      return outcome
    }
    count(outcome, body, in: statistics.logs)
    if let request {
      journal?.append(.logs, request, items: outcome.accepted)
      if isWanted { pass(logs: request, records: outcome.accepted) }
    }
    return outcome
  }

  public func exportMetrics(_ body: MessageBytes) -> ExportOutcome {
    count(body, in: statistics.metrics) { (body) throws(WireError) in
      try SignalCounter.dataPoints(in: body)
    }
  }

  public func exportMetrics(json body: MessageBytes) -> ExportOutcome {
    count(body, in: statistics.metrics) { (body) throws(JSONError) in
      try JSONSignalCounter.dataPoints(in: body)
    }
  }

  private func count<Failure: Error & CustomStringConvertible>(
    _ body: MessageBytes, in counter: borrowing Atomic<UInt64>,
    _ read: (MessageBytes) throws(Failure) -> Int
  ) -> ExportOutcome {
    let outcome: ExportOutcome
    do throws(Failure) {
      outcome = .accepted(count: try read(body))
    } catch {
      outcome = .malformed(error.description)
    }
    count(outcome, body, in: counter)
    return outcome
  }

  private func count(
    _ outcome: ExportOutcome, _ body: MessageBytes, in counter: borrowing Atomic<UInt64>
  ) {
    statistics.add(outcome, bytes: body.count, to: counter)
    switch outcome {
    case .accepted: break
    case .partial(_, _, let reason): refusalLog.note(Refusal(.inPart, reason))
    case .malformed, .tooLarge, .overloaded: outcome.refusal.map { refusalLog.note($0) }
    }
    noteStatus()
  }

  public func refused(_ refusal: Refusal) {
    statistics.add(refusal)
    refusalLog.note(refusal)
    noteStatus()
  }

  // MARK: - Viewers

  public func watch(
    _ request: WatchRequest, wake: @escaping @Sendable () -> Void
  ) -> any WatchFeed {
    var info = info.withLock { $0 }
    info.rules = rules?.uses ?? []
    let viewer = Viewer(
      request: request, info: info, status: request.follow ? status() : nil,
      queueBytes: viewerQueueBytes, held: held,
      wake: wake, onCancel: { [weak self] in self?.remove($0) })
    // Before what is held is looked at: whatever is not yet in that look is in the queue.
    viewers.withLock { viewers in
      viewers.append(viewer)
      statistics.viewers.store(viewers.count, ordering: .relaxed)
    }
    return viewer
  }

  /// Ends all viewers' streams with a word why.
  public func endViewers(_ reason: String) {
    for viewer in viewers.withLock({ $0 }) { viewer.end(GRPCStatus(.unavailable, reason)) }
  }

  private func remove(_ viewer: Viewer) {
    viewers.withLock { viewers in
      viewers.removeAll { $0 === viewer }
      statistics.viewers.store(viewers.count, ordering: .relaxed)
    }
  }

  /// Queues a request for every viewer that follows.
  private func pass(_ body: MessageBytes, spans: Int, ruleCounts: [UInt64]?) {
    // A short body is a part of a larger block: a copy lets that block go.
    let kept = body.count <= IngestLimits.copiedBytes ? MessageBytes(body.bytes) : body
    viewers.withLock { viewers in
      for viewer in viewers where viewer.request.follow {
        if !viewer.offer(kept, spans: spans, ruleCounts: ruleCounts) {
          statistics.spansMissed.add(UInt64(spans), ordering: .relaxed)
        }
      }
    }
  }

  /// Tells every viewer that follows what became of requests.
  public func pass(_ decisions: [SamplingDecision]) {
    guard statistics.viewers.load(ordering: .relaxed) > 0 else { return }
    viewers.withLock { viewers in
      for viewer in viewers where viewer.request.follow { viewer.offer(decisions) }
    }
  }

  /// Tells every viewer that follows what was pinned.
  public func pass(_ pins: PinChange) {
    guard statistics.viewers.load(ordering: .relaxed) > 0 else { return }
    viewers.withLock { viewers in
      for viewer in viewers where viewer.request.follow { viewer.offer(pins) }
    }
  }

  /// Queues a request of logs for every viewer that follows.
  private func pass(logs body: MessageBytes, records: Int) {
    let kept = body.count <= IngestLimits.copiedBytes ? MessageBytes(body.bytes) : body
    viewers.withLock { viewers in
      for viewer in viewers where viewer.request.follow {
        if !viewer.offer(logs: kept, records: records) {
          statistics.logsMissed.add(UInt64(records), ordering: .relaxed)
        }
      }
    }
  }

  // MARK: - Status

  /// Sets who is told, on any thread, when what the status says has changed.
  public func observeStatus(_ wake: @escaping @Sendable () -> Void) {
    statusObserver.withLock { $0 = wake }
    hasStatusObserver.store(true, ordering: .relaxed)
  }

  /// What the status says has changed: those who look are told soon.
  public func noteStatus() {
    guard
      statistics.viewers.load(ordering: .relaxed) > 0
        || hasStatusObserver.load(ordering: .relaxed)
    else { return }
    statusClock.note { [weak self] in self?.tellStatus() }
  }

  private func tellStatus() {
    statusObserver.withLock { $0 }?()
    guard statistics.viewers.load(ordering: .relaxed) > 0 else { return }
    let status = status()
    viewers.withLock { viewers in
      for viewer in viewers where viewer.request.follow { viewer.offer(status: status) }
    }
  }

  // MARK: - The rest

  public func pin(_ request: PinRequest) -> Bool { pins(request) }

  public func status() -> MessageBytes { MessageBytes(statusJSON(statistics.counts)) }

  public func metrics() -> MessageBytes { MessageBytes(metricsText(statistics.counts)) }

  public func planoTraces(_ answer: @escaping @Sendable (MessageBytes) -> Void) {
    NIOThreadPool.singleton.submit { [planoJSON] _ in answer(MessageBytes(planoJSON())) }
  }

  public func groups(
    _ request: GroupsRequest,
    _ answer: @escaping @Sendable (Result<MessageBytes, GRPCStatus>) -> Void
  ) {
    NIOThreadPool.singleton.submit { [grouped] _ in
      do throws(GRPCStatus) {
        answer(.success(MessageBytes(try grouped(request).encoded)))
      } catch {
        answer(.failure(error))
      }
    }
  }

  public func stop() { onStop() }
}
