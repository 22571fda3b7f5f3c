import Store
import Support
import Testing

@testable import TUI

@Suite("Logs beside their spans, whole screens")
struct LogScreenTests {
  /// Records of the span that failed in the incident, and two that belong to no span that is here.
  private static var records: [LogRecord] {
    let spans = Gateway.incident
    guard let first = spans.first,
      let failed = spans.first(where: { $0.resource.serviceName == "plano(llm)" })
    else { return [] }
    let app = Resource(attributes: [Attribute("service.name", .string("agent"))])
    func record(
      _ span: SpanID, _ delay: Nanoseconds, _ severity: Int32, _ text: String,
      _ body: AttributeValue,
      _ attributes: [Attribute] = []
    ) -> LogRecord {
      LogRecord(
        traceID: first.traceID, spanID: span, time: failed.start + delay,
        severity: LogSeverity(rawValue: severity), severityText: text, body: body,
        attributes: attributes, resource: app, scope: Scope(name: "agent.upstream"))
    }
    return [
      record(failed.spanID, .milliseconds(4), 9, "INFO", .string("calling openai, try 1 of 2")),
      record(
        failed.spanID, .milliseconds(4_002), 13, "", .string("no answer after 4s, trying again"),
        [Attribute("retry.count", .int(1)), Attribute("upstream.host", .string("api.openai.com"))]),
      record(
        failed.spanID, .milliseconds(7_690), 17, "ERROR",
        .keyValues([
          Attribute("event", .string("upstream timeout")), Attribute("tries", .int(2)),
          Attribute("escape", .string("\u{1B}[31mred")),
        ]), [Attribute("exception.type", .string("TimeoutError"))]),
      record(SpanID(0), .milliseconds(1), 9, "INFO", .string("request accepted")),
      record(SpanID(0xDEAD), .milliseconds(2), 21, "", .string("of a span that never came")),
    ]
  }

  private func opened(_ size: Size) -> ScreenDriver {
    var driver = ScreenDriver(Gateway.traces + [Gateway.incident], size: size)
    driver.receive(logs: Self.records)
    driver.press("/")
    driver.type("root.name=\"POST /v1/chat/completions\" dur>7s")
    driver.press("Enter", "Enter")
    return driver
  }

  @Test(
    "The waterfall says which spans have logs; their details list them",
    arguments: [Size(rows: 24, columns: 80), Size(rows: 40, columns: 120)])
  func logs(size: Size) throws {
    var driver = opened(size)
    driver.press("e", "8")
    try expectScreen(driver.screen, "logs-\(size.columns)x\(size.rows)")
  }

  @Test(
    "Enter opens a record: all of its body, its attributes, where it comes from",
    arguments: [Size(rows: 24, columns: 80), Size(rows: 40, columns: 120)])
  func record(size: Size) throws {
    var driver = opened(size)
    driver.press("e", "8", "Tab", "j", "Enter", "j", "Enter")
    try expectScreen(driver.screen, "logs-opened-\(size.columns)x\(size.rows)")
  }

  @Test("Records of no span that is here stand with the first one, and are said to")
  func stray() throws {
    var driver = opened(Size(rows: 24, columns: 80))
    driver.press("g", "8", "Tab")
    try expectScreen(driver.screen, "logs-stray-80x24")
  }

  @Test(
    "Records that arrive while a trace is looked at show at once, and a span without any says so")
  func arriving() {
    var driver = ScreenDriver(
      Gateway.traces + [Gateway.incident], size: Size(rows: 24, columns: 80))
    driver.press("/")
    driver.type("root.name=\"POST /v1/chat/completions\" dur>7s")
    driver.press("Enter", "Enter", "e", "8")
    #expect(driver.screen.contains("this span has no logs"))
    driver.receive(logs: Self.records)
    #expect(driver.screen.contains("≡3E"))
    #expect(driver.screen.contains("8 logs"))
  }
}
