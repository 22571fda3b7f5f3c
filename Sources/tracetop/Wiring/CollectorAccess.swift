import Ingest
import Store
import Synchronization

/// A running collector and what commands ask of it.
struct CollectorAccess {
  let address: CollectorAddress
  private let client: CollectorClient

  private init(_ client: CollectorClient) {
    self.client = client
    address = client.address
  }

  // MARK: - Finding one

  /// The collector at the address, or the one that is found where collectors usually are.
  static func find(
    _ from: String?, _ security: ClientSecurity = .none
  ) throws(Failure) -> CollectorAccess {
    if let from { return try CollectorAccess(connect(to: parse(from), security)) }
    let places = usualPlaces
    for place in places {
      guard let client = try? CollectorClient(place, security: security) else { continue }
      // Anybody may listen on a port; only a collector knows the question.
      if case .unix = place { return CollectorAccess(client) }
      if (try? client.status()) != nil { return CollectorAccess(client) }
      client.close()
    }
    throw .noCollector(lookedAt: places.map(\.description))
  }

  /// The same with what a command's options say.
  static func find(_ source: SourceOptions) throws(Failure) -> CollectorAccess {
    try find(source.from, source.security.read())
  }

  /// A client of whoever takes OTLP at the address, or where collectors usually are.
  static func findReceiver(
    _ to: String?, _ security: ClientSecurity = .none
  ) throws(Failure) -> CollectorClient {
    if let to { return try connect(to: parse(to), security) }
    let places = usualPlaces
    for place in places {
      if let client = try? CollectorClient(place, security: security) { return client }
    }
    throw .noCollector(lookedAt: places.map(\.description))
  }

  /// The address of the socket where a collector listens on it; nil where none does.
  static func running(at path: String) -> CollectorAddress? {
    let address = CollectorAddress.unix(path: path)
    return CollectorClient.isRunning(at: address) ? address : nil
  }

  /// This user's socket, the port `planoai` would ask, the port of OTLP/gRPC.
  private static var usualPlaces: [CollectorAddress] {
    let plano = Environment.planoPort.flatMap { try? CollectorAddress("127.0.0.1:\($0)") }
    let standard = CollectorAddress.tcp(host: "127.0.0.1", port: 4317)
    let ports = plano.map { $0 == standard ? [$0] : [$0, standard] } ?? [standard]
    return [.unix(path: CollectorAddress.defaultSocketPath)] + ports
  }

  private static func parse(_ text: String) throws(Failure) -> CollectorAddress {
    // A path alone is a socket's.
    let text = text.hasPrefix("/") ? "unix:\(text)" : text
    do throws(IngestError) {
      let address = try CollectorAddress(text)
      guard address != .off else { throw IngestError(.invalid, "\"off\" is no address to ask") }
      return address
    } catch {
      throw Failure(error.message)
    }
  }

  private static func connect(
    to address: CollectorAddress, _ security: ClientSecurity
  ) throws(Failure) -> CollectorClient {
    do throws(IngestError) {
      return try CollectorClient(address, security: security)
    } catch {
      guard error.kind == .notRunning else { throw Failure(error.message) }
      throw .noCollector(lookedAt: [address.description])
    }
  }

  // MARK: - Asking

  func status() throws(Failure) -> CollectorStatus {
    try CollectorStatus(json: ask { (client) throws(IngestError) in try client.status() })
  }

  /// What the collector holds, grouped there.
  func groups(_ request: GroupsRequest) throws(Failure) -> GroupsReply {
    try ask { (client) throws(IngestError) in try client.groups(request) }
  }

  /// Ends the collector and waits until it is gone.
  func stop() throws(Failure) {
    let process = try status().pid
    try ask { (client) throws(IngestError) in try client.stop() }
    client.close()
    for _ in 0..<Self.stopAttempts {
      guard isThere(process) else { return }
      _ = Signals.wait(milliseconds: 20)
    }
    throw Failure("the collector at \(address) was asked to end and still runs")
  }

  /// Whether the collector that was asked to end lives. Its socket says nothing where systemd keeps it
  /// open, and to connect there would start the next one.
  private func isThere(_ process: Int32) -> Bool {
    guard case .unix(let path) = address, let isHeld = CollectorLock.isHeld(beside: path) else {
      return ProcessTable.isRunning(process)
    }
    return isHeld || ProcessTable.isRunning(process)
  }

  /// How often to look whether a stopped collector is gone, every 20 ms: for longer than it may drain.
  private static let stopAttempts = 500

  /// The traces a filter selects, all where it is empty, with a span that began at `since` or later; of
  /// those the `limit` touched last, all where that is nil. `isWhole` fetches with each the other traces
  /// of its request, as earlier ones. With `spans` only so many of each.
  func traces(
    filter: String, since: UnixNanos? = nil, limit: Int?, isWhole: Bool = false, spans: UInt64 = 0
  ) throws(Failure) -> FetchedTraces {
    let store = Store(
      budgetBytes: FetchedTraces.budgetBytes, vocabulary: RuleSetup.vocabularyBesideCollector)
    // Guards the receiver: the client's thread alone uses it, one frame after the other.
    let receiver = Mutex(StoreReceiver(store: store, limits: .held))
    let request = WatchRequest(
      filter: filter, since: since ?? UnixNanos(0), limit: UInt64(max(0, limit ?? 0)),
      isWhole: isWhole, spans: spans, follow: false)
    try ask { (client) throws(IngestError) in
      try client.watch(request) { frame in
        switch frame {
        case .serverInfo(let info):
          // The first frame: spans are to be read as the collector reads them.
          guard let additions = info.vocabulary,
            store.adopt(Vocabulary.standard.extended(by: additions))
          else { return true }
          receiver.withLock { $0 = StoreReceiver(store: store, limits: .held) }
        case .exportRequest(let body):
          receiver.withLock { _ = $0.receive(body, isHistory: true) }
        case .exportLogs(let body): receiver.withLock { _ = $0.receive(logs: body) }
        default: break
        }
        return true
      }
    }
    return FetchedTraces(store.settledSnapshot(), now: Environment.now)
  }

  /// Receives what a collector holds and, if asked to follow, what arrives, as ``CollectorClient`` does.
  func watch(
    _ request: WatchRequest, onFrame: @escaping @Sendable (WatchFrame) -> Bool
  ) throws(Failure) {
    try ask { (client) throws(IngestError) in try client.watch(request, onFrame: onFrame) }
  }

  /// Those patterns that no attribute of any span held has.
  func unheld(
    _ patterns: [AttributeSelection.Pattern]
  ) throws(Failure) -> [AttributeSelection.Pattern] {
    let traces = try traces(filter: "", limit: nil)
    return AttributeSelection([]).missing(from: traces.documents, of: patterns)
  }

  private func ask<Answer>(
    _ question: (CollectorClient) throws(IngestError) -> Answer
  ) throws(Failure) -> Answer {
    do throws(IngestError) {
      return try question(client)
    } catch {
      throw Failure(error.message)
    }
  }
}
