import ArgumentParser
import Ingest
import Store
import Synchronization

/// `tracetop tail`: traces as lines, as they settle.
struct TailCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tail", abstract: "Print a line for each trace as it comes to its end.",
    discussion: """
      A trace is at its end when its root and every parent have come and a second went by without \
      another span; one with gaps after ten seconds. Ends with Ctrl-C, or when nobody reads any more.
      """)

  @Option(
    name: .customLong("where"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Only traces that this filter selects; repeat for AND.", valueName: "filter"))
  var filters: [String] = []

  @Flag(
    help: "Print JSON: for each trace one line, its id and what \"trace --json\" has in summary.")
  var json = false

  @Flag(name: .customLong("no-color"), help: "Use no colours; NO_COLOR does the same.")
  var hasNoColor = false

  @OptionGroup var source: SourceOptions

  func run() throws {
    let text = try WhereFilters.joined(filters)
    let filter = try text.flatMap { try FilterParser.parse($0) }
    Interruption.watch {}
    let collector = try CollectorAccess.find(source)
    let tail = try Tail(filter, json: json, ink: .standard(isRefused: hasNoColor))
    let printing = BackgroundThread { tail.print() }
    let since = Environment.now - Tail.reach
    defer {
      tail.end()
      printing?.join()
    }
    try collector.watch(WatchRequest(since: since, follow: true)) { tail.take($0) }
    throw Failure("the collector at \(collector.address) ended")
  }
}

/// What has come so far, and the thread that prints it.
private final class Tail: Sendable {
  /// Spans of requests that are under way may have come this long before.
  static let reach = Nanoseconds.seconds(60)
  /// What is kept of traces that were printed matters to nobody.
  private static let budgetBytes = 128 << 20

  private struct State {
    var isHistory = true
    var isEnded = false
  }

  private let store: Store
  private let bell: Doorbell
  private let filter: Filter?
  private let json: Bool
  private let line: TraceLine
  /// Guards the receiver: the client's thread alone uses it.
  private let receiver: Mutex<StoreReceiver>
  /// Guards how far the connection is: the client's thread writes, the printing one reads.
  private let state = Mutex(State())

  init(_ filter: Filter?, json: Bool, ink: Ink) throws(Failure) {
    store = Store(budgetBytes: Self.budgetBytes, vocabulary: RuleSetup.vocabularyBesideCollector)
    receiver = Mutex(StoreReceiver(store: store))
    bell = try Doorbell()
    self.filter = filter
    self.json = json
    line = TraceLine(ink: ink)
    let bell = bell
    store.observe { bell.ring() }
  }

  // MARK: - The client's thread

  func take(_ frame: WatchFrame) -> Bool {
    switch frame {
    case .exportRequest(let body):
      let isHistory = state.withLock { $0.isHistory }
      receiver.withLock { _ = $0.receive(body, isHistory: isHistory) }
    case .caughtUp:
      state.withLock { $0.isHistory = false }
      bell.ring()
    case .missed(let spans):
      StandardError.say("the collector could not send \(spans) spans: reading is too slow")
    case .serverInfo(let info):
      // The first frame: spans are to be read as the collector reads them.
      guard let additions = info.vocabulary,
        store.adopt(Vocabulary.standard.extended(by: additions))
      else { break }
      receiver.withLock { $0 = StoreReceiver(store: store) }
    // A line is printed when a request has settled, whether or not the collector keeps it then.
    case .ruleCounts, .decisions, .exportLogs, .missedLogs, .pins, .status: break
    }
    return true
  }

  func end() {
    state.withLock { $0.isEnded = true }
    bell.ring()
  }

  // MARK: - The printing thread

  func print() {
    var traces = SettledTraces(filter)
    var hasBegun = false
    var pause: Int?
    while true {
      bell.wait(milliseconds: pause)
      let state = state.withLock { $0 }
      guard !state.isHistory || state.isEnded else { continue }
      store.refresh()
      let snapshot = store.settledSnapshot()
      let now = Environment.now
      if hasBegun {
        for number in traces.take(from: snapshot, now: now, isLast: state.isEnded) {
          print(number, of: snapshot, now: now)
        }
      } else {
        hasBegun = true
        traces.begin(at: snapshot, now: now)
      }
      if state.isEnded { return }
      // News is looked at a few times a second and not for each request.
      let rest = traces.next(in: snapshot, now: now)?.since(now)
      pause = rest.map { max(Self.interval, Int(clamping: $0.rawValue / 1_000_000) + 1) }
    }
  }

  /// The shortest time between two looks, in milliseconds.
  private static let interval = 50

  private func print(_ number: TraceNumber, of snapshot: Snapshot, now: UnixNanos) {
    guard let trace = TraceDocument(of: number, in: snapshot, now: now) else { return }
    guard json else { return StandardOutput.write(line.text(of: trace)) }
    var writer = JSONWriter(isIndented: false)
    writer.summary(of: trace, withID: true)
    StandardOutput.write(writer.bytes + [UInt8(ascii: "\n")])
  }
}
