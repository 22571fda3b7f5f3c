import Configuration
import Ingest
import NIOCore
import Store

/// Everything of the program that reads bytes which somebody else wrote, each as a function of bytes.
///
/// None may trap, hang, or take memory without bound, whatever the bytes. `make test` calls them with
/// mutated captures from a seed, `make fuzz` with what libFuzzer makes of them.
public enum FuzzTarget: String, CaseIterable, Sendable {
  case traces, logs
  case tracesJSON = "traces-json"
  case logsJSON = "logs-json"
  case filter, configuration, plano, customizer
  /// What viewers and commands ask a collector.
  case watchRequest = "watch-request"
  /// What a collector answers them.
  case watchFrame = "watch-frame"
  /// Files in JSON, one request a line and in documents; with a length in front of each request; as
  /// Jaeger's user interface exports them. What a file is, it says itself.
  case jsonLines = "json-lines"
  case frames, jaeger
  /// Compressed bodies and files.
  case inflate
  /// Any bytes for the journal's file, and any bytes for a frame of a sound one.
  case journal
  case journalFrames = "journal-frames"

  /// The memory of the stores that take requests in: small, so that they evict all the time.
  static let budgetBytes = 8 << 20

  /// Whether each run makes files, which takes a thousand times as long.
  public var isSlow: Bool { self == .journal || self == .journalFrames }

  /// What one thread fuzzes with: receivers and a store that are used again, as an event loop does.
  public final class Bench {
    let store = Store(budgetBytes: FuzzTarget.budgetBytes)
    let receiver: StoreReceiver
    /// A few traces that filters are asked about.
    let sample: Snapshot
    var runs = 0
    lazy var files = FileBench(store: store)
    lazy var inflaters = InflaterBench()
    lazy var journals = JournalBench(receiver)

    public init() {
      receiver = StoreReceiver(store: store)
      let sampleStore = Store(budgetBytes: FuzzTarget.budgetBytes)
      let sampleReceiver = StoreReceiver(store: sampleStore)
      var traffic = DemoTraffic(seed: 5)
      var encoder = TraceRequestEncoder()
      for number in 0..<20 as Range<UInt64> {
        let spans = traffic.request(at: UnixNanos(1_760_000_000_000_000_000 + number)).spans
        sampleReceiver.receive(MessageBytes(encoder.encode(spans)))
        sampleReceiver.receive(
          logs: MessageBytes(LogRequestEncoder.encode(DemoLogs.records(of: spans))))
      }
      sample = sampleStore.settledSnapshot()
    }
  }

  /// Reads the bytes; returns where what must hold of them does not, in words.
  public func run(_ bytes: UnsafeRawBufferPointer, on bench: Bench) -> String? {
    bench.runs += 1
    switch self {
    case .traces: _ = unsafe bench.receiver.receive(bytes)
    case .tracesJSON: _ = unsafe bench.receiver.receive(json: bytes)
    case .logs: _ = unsafe bench.receiver.receive(logs: bytes)
    case .logsJSON: _ = unsafe bench.receiver.receive(jsonLogs: bytes)
    case .filter:
      return unsafe Self.readFilter(String(decoding: bytes, as: UTF8.self), bench.sample)
    case .configuration:
      _ = try? TracetopConfiguration(unsafe String(decoding: bytes, as: UTF8.self), file: "f")
      return nil
    case .plano:
      _ = try? PlanoConfiguration(unsafe String(decoding: bytes, as: UTF8.self), file: "f")
      return nil
    case .customizer:
      return unsafe Self.readCustomizer(String(decoding: bytes, as: UTF8.self))
    case .watchRequest:
      unsafe Self.readRequests(Array(bytes), bench.sample)
      return nil
    case .watchFrame:
      _ = try? WatchFrame.decode(unsafe ByteBuffer(bytes: bytes))
      _ = try? GroupsReply(decoding: MessageBytes(unsafe Array(bytes)))
      return nil
    case .jsonLines, .frames, .jaeger: unsafe bench.files.read(bytes)
    case .inflate: return unsafe bench.inflaters.read(bytes)
    case .journal:
      if let wrong = unsafe bench.journals.read(file: bytes) { return wrong }
    case .journalFrames:
      if let wrong = unsafe bench.journals.read(frame: bytes) { return wrong }
    }
    // What came in is read, too, now and then: a reader meets whatever a decoder let through.
    return bench.runs % 64 == 0 ? Self.readBack(bench.store.settledSnapshot()) : nil
  }

  // MARK: - What must hold

  private static func readBack(_ snapshot: Snapshot) -> String? {
    let held = snapshot.statistics
    guard
      held.spansReceived == held.spansHeld + held.spansEvicted + held.spansRejected
        + held.spansDuplicate
    else { return "spans do not add up: \(held)" }
    guard
      held.logsReceived == held.logsHeld + held.logsDuplicate + held.logsEvicted
        + held.logsExpired + held.logsWithoutTrace
    else { return "log records do not add up: \(held)" }
    guard held.memoryBytes <= budgetBytes + 4 << 20 else {
      return "\(held.memoryBytes) bytes are held"
    }
    for trace in snapshot.traceNumbers.suffix(8).map({ TraceNumber($0) }) {
      guard snapshot.summary(of: trace, now: UnixNanos(0)) != nil else { continue }
      _ = TraceDocument(of: trace, in: snapshot, now: UnixNanos(2_000_000_000_000_000_000)).map {
        var json = JSONWriter(isIndented: false)
        json.trace($0)
      }
      _ = TraceTree(snapshot.spans(of: trace))
    }
    return nil
  }

  /// A filter that can be read can be written and read again, and answers.
  private static func readFilter(_ text: String, _ snapshot: Snapshot) -> String? {
    guard let filter = try? FilterParser.parse(text) else { return nil }
    // What is written anew may be longer than what was typed, and too long to be typed.
    guard "\(filter)".utf8.count <= FilterParser.maximumLength else { return nil }
    guard let again = try? FilterParser.parse("\(filter)") else {
      return "\(text) was written as \(filter), which cannot be read"
    }
    guard again == filter else { return "\(text) was written as \(filter), which is \(again)" }
    _ = LiveQuery(filter: filter).update(to: snapshot, now: UnixNanos(1_760_000_000_000_000_000))
    return nil
  }

  /// Rules that can be read can be applied.
  private static func readCustomizer(_ text: String) -> String? {
    guard let rules = try? CustomizerConfiguration.rules(text, file: "f") else { return nil }
    let book = RuleBook([.customizer(rules)], secret: RuleSecret([1, 2, 3]))
    let store = Store(budgetBytes: budgetBytes)
    let receiver = StoreReceiver(store: store, rules: book)
    var traffic = DemoTraffic(seed: 3)
    var encoder = TraceRequestEncoder()
    let spans = traffic.request(at: UnixNanos(1_760_000_000_000_000_000)).spans
    receiver.receive(MessageBytes(encoder.encode(spans)))
    receiver.receive(logs: MessageBytes(LogRequestEncoder.encode(DemoLogs.records(of: spans))))
    return store.settledSnapshot().statistics.spansHeld == 0 ? "rules took spans away" : nil
  }

  /// The bytes as each of the requests that there are; what can be answered is.
  private static func readRequests(_ bytes: [UInt8], _ snapshot: Snapshot) {
    let message = MessageBytes(bytes)
    _ = try? WatchRequest(decoding: message)
    _ = try? PinRequest(decoding: message)
    guard let groups = try? GroupsRequest(decoding: message) else { return }
    _ = try? groups.answer(from: snapshot, now: UnixNanos(1_760_000_000_000_000_000))
  }
}
