import Ingest
import Store
import Testing

@Suite("DemoSchedule")
struct DemoScheduleTests {
  private let noon = UnixNanos(1_764_000_000_000_000_000)

  private func schedule() -> DemoSchedule {
    DemoSchedule(seed: 9, requestsPerSecond: 20, from: noon, for: .seconds(5))
  }

  @Test("No span leaves before it ended, nor much later")
  func realTime() {
    var schedule = schedule()
    while let moment = schedule.nextMoment {
      for span in schedule.take(until: moment).joined() {
        #expect(span.end <= moment)
        #expect(moment.since(span.end) <= DemoSchedule.flushInterval)
      }
    }
  }

  @Test("How often one asks makes no difference")
  func cadence() {
    var often = schedule()
    var seldom = schedule()
    var pieces: [[SpanRecord]] = []
    while let moment = often.nextMoment { pieces += often.take(until: moment) }
    let whole = seldom.take(until: UnixNanos(.max))
    #expect(pieces == whole)
    #expect(often.requests == seldom.requests)
    #expect(seldom.nextMoment == nil)
  }

  @Test("About as many requests begin as the rate says, and all are over soon after the end")
  func rate() {
    var schedule = schedule()
    let spans = schedule.take(until: UnixNanos(.max)).joined()
    #expect((70...130).contains(schedule.requests))
    #expect(spans.allSatisfy { $0.end <= noon + .seconds(5) + DemoSchedule.drainTime })
  }

  @Test("A batch holds spans of one service, and the root of a trace comes last")
  func order() {
    var schedule = schedule()
    let batches = schedule.take(until: UnixNanos(.max))
    #expect(batches.allSatisfy { Set($0.map(\.resource.serviceName)).count == 1 })
    var seenRoots: Set<TraceID> = []
    for span in batches.joined() where span.parentSpanID.isNone { seenRoots.insert(span.traceID) }
    #expect(seenRoots.count > 50)
  }
}
