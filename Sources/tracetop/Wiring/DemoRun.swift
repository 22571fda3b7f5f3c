import Ingest
import Store

/// The demo on its way to a collector: sends what has ended by now, as exporters would.
struct DemoRun {
  private let client: CollectorClient
  private var schedule: DemoSchedule
  private var encoder = TraceRequestEncoder()
  private(set) var spans = 0
  private(set) var logs = 0
  /// Whether the receiver takes logs: any that takes spans will do.
  private var sendsLogs = true

  init(
    _ client: CollectorClient, seed: UInt64, requestsPerSecond rate: Double,
    for duration: Nanoseconds?
  ) {
    self.client = client
    schedule = DemoSchedule(
      seed: seed, requestsPerSecond: rate, from: Environment.now, for: duration)
  }

  var requests: Int { schedule.requests }

  /// How long nothing is due; nil once everything has been sent.
  var pause: Nanoseconds? { schedule.nextMoment?.since(Environment.now) }

  mutating func send() throws(IngestError) {
    for batch in schedule.take(until: Environment.now) {
      try client.exportTraces(MessageBytes(encoder.encode(batch)))
      spans += batch.count
      try sendLogs(of: batch)
    }
  }

  private mutating func sendLogs(of batch: [SpanRecord]) throws(IngestError) {
    let records = DemoLogs.records(of: batch)
    guard sendsLogs, !records.isEmpty else { return }
    do throws(IngestError) {
      try client.exportLogs(MessageBytes(LogRequestEncoder.encode(records)))
      logs += records.count
    } catch  where error.kind == .refused || error.kind == .unfit {
      sendsLogs = false
    }
  }
}
