import Ingest
import Store
import Testing

@testable import tracetop

@Suite("CollectorStatus")
struct CollectorStatusTests {
  private static func status() -> CollectorStatus {
    var status = CollectorStatus()
    status.version = "9.8"
    status.pid = 77
    status.uptime = .milliseconds(61_250)
    status.endpoints = ["grpc 127.0.0.1:4317", "unix /run/user/1000/tracetop/collector.sock"]
    status.statistics.spansReceived = 12_345
    status.statistics.spansHeld = 12_000
    status.statistics.tracesHeld = 1_500
    status.statistics.spansEvicted = 345
    status.statistics.memoryBytes = 3 << 20
    status.statistics.memoryBudgetBytes = 512 << 20
    status.counts.requests = 88
    status.counts.viewers = 2
    status.statistics.logsReceived = 45
    status.statistics.logsHeld = 36
    status.statistics.logsWaiting = 4
    status.statistics.logsWithoutTrace = 5
    status.statistics.logsDuplicate = 1
    status.statistics.logsEvicted = 2
    status.statistics.logsExpired = 1
    status.counts.logsMissed = 3
    status.planoSampling = 25
    status.rules = [
      RuleUse(rule: RuleLabel(name: "transformations hash k", source: "c.yaml:3"), spans: 1_204)
    ]
    return status
  }

  @Test("What is written as JSON is read back")
  func roundTrip() throws {
    var json = JSONWriter()
    Self.status().write(to: &json)
    #expect(try CollectorStatus(json: json.bytes) == Self.status())
  }

  @Test("Another version's JSON is read for what it has")
  func otherVersion() throws {
    let json = #"{"version":"2.0","spans_held":7,"news":{"a":[1,2]}}"#
    var expected = CollectorStatus()
    expected.version = "2.0"
    expected.statistics.spansHeld = 7
    #expect(try CollectorStatus(json: Array(json.utf8)) == expected)
    #expect(throws: Failure.self) { try CollectorStatus(json: Array("no".utf8)) }
  }

  @Test("For people the figures are aligned, and what did not happen is left out")
  func text() {
    #expect(
      StatusText.text(Self.status(), ink: Ink(isOn: false)) == """
        collector  tracetop 9.8, process 77
        up         1m01s
        listening  grpc 127.0.0.1:4317
        listening  unix /run/user/1000/tracetop/collector.sock
        received   12,345 spans in 88 requests
        held       12,000 spans in 1,500 traces
        logs       36 records, 4 of them before their trace
        memory     3.0 MiB of 512 MiB
        viewers    2
        evicted    345 spans to stay within the memory
        no trace   5 log records that name no trace, not kept
        logs gone  2 log records, with their trace or to stay within the memory
        expired    1 log records whose trace never came
        log twice  1 log records that came again
        missed     3 log records that viewers were too slow for
        sampling   Plano keeps 25% of traces: rates are a share
        rule       transformations hash k, 1,204 spans (c.yaml:3)

        """)
  }
}
