import Ingest
import Store
import Support

/// Log records of all shapes, made from a seed.
struct RandomLogs {
  var random: SplitMix64

  init(_ random: SplitMix64) { self.random = random }

  /// A record of a trace; every field may be absent.
  mutating func record(trace: UInt64, span: UInt64) -> LogRecord {
    LogRecord(
      traceID: TraceID(high: 0xACE, low: trace), spanID: SpanID(span),
      time: UnixNanos(random.chance(80) ? random.number(1...UInt64.max) : 0),
      observed: UnixNanos(random.number(1...UInt64.max)),
      severity: LogSeverity(
        rawValue: random.chance(90) ? random.number(0...24) : random.number(.min ... .max)),
      severityText: random.pick(["", "INFO", "Fehler 💥", "warn"]), body: value(3),
      attributes: attributes(), droppedAttributes: random.chance(10) ? 7 : 0,
      flags: random.number(0...3), eventName: random.chance(20) ? "gen_ai.choice" : "",
      resource: random.pick([
        Resource(), Resource(attributes: [Attribute("service.name", .string("tools"))]),
        Resource(
          attributes: [Attribute("service.name", .string("agent"))], droppedAttributes: 2,
          schemaURL: "https://opentelemetry.io/schemas/1.30.0"),
      ]),
      scope: random.pick([
        Scope(), Scope(name: "app"),
        Scope(
          name: "app.db", version: "2", attributes: [Attribute("k", .int(1))],
          droppedAttributes: 1, schemaURL: "s"),
      ]))
  }

  private mutating func attributes() -> [Attribute] {
    (0..<random.number(0...4)).map { _ in
      Attribute(random.pick(["", "code.line", "thread", "a.b", "schlüssel"]), value(2))
    }
  }

  private mutating func value(_ depth: Int) -> AttributeValue {
    switch random.number(0...(depth > 0 ? 7 : 5)) {
    case 0: return .empty
    case 1: return .string(random.pick(["", "connection reset", "über", "{\"a\":1}"]))
    case 2: return .bool(random.chance(50))
    case 3: return .int(random.number(.min ... .max))
    case 4: return .double(Double(random.number(-1_000...1_000 as ClosedRange<Int>)) / 8)
    case 5: return .bytes([0, 255, random.number(0...255)])
    case 6: return .array((0..<random.number(0...3)).map { _ in value(depth - 1) })
    default:
      return .keyValues((0..<random.number(0...3)).map { Attribute("m\($0)", value(depth - 1)) })
    }
  }
}

/// A store with a receiver in front of it, as one event loop has it.
final class LogScene {
  let store: Store
  let receiver: StoreReceiver

  init(budgetBytes: Int = 256 << 20, rules: RuleBook? = nil) {
    store = Store(budgetBytes: budgetBytes)
    receiver = StoreReceiver(store: store, rules: rules)
  }

  /// One span of each trace.
  func receiveSpans(of traces: some Sequence<UInt64>, span: UInt64 = 1) {
    var encoder = TraceRequestEncoder()
    let spans = traces.map {
      SpanRecord(
        traceID: TraceID(high: 0xACE, low: $0), spanID: SpanID(span), name: "work",
        start: UnixNanos(1_000), end: UnixNanos(2_000))
    }
    receiver.receive(MessageBytes(encoder.encode(spans)))
  }

  @discardableResult
  func receive(_ records: [LogRecord]) -> ExportOutcome {
    receiver.receive(logs: MessageBytes(LogRequestEncoder.encode(records)))
  }

  var snapshot: Snapshot { store.settledSnapshot() }
  var statistics: StoreStatistics { snapshot.statistics }

  func logs(ofTrace trace: UInt64) -> [LogRecord] {
    let snapshot = snapshot
    return snapshot.find(TraceID(high: 0xACE, low: trace)).map { snapshot.logRecords(of: $0) } ?? []
  }

  /// By time, and of one moment in the order given.
  static func inOrder(_ records: [LogRecord]) -> [LogRecord] {
    records.enumerated().sorted {
      let (a, b) = ($0.element.moment, $1.element.moment)
      return a != b ? a < b : $0.offset < $1.offset
    }.map(\.element)
  }
}

extension StoreStatistics {
  /// Whether every record that came is accounted for.
  var logsAddUp: Bool {
    logsReceived == logsHeld + logsDuplicate + logsEvicted + logsExpired + logsWithoutTrace
  }
}
