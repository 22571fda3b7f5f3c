import Store
import Synchronization
import Testing

@testable import Ingest

@Suite("Watching a collector")
struct WatchTests {
  /// Chunks that are held.
  final class Chunks: HeldSpans {
    /// Guards what is left; the worker takes from it.
    private let left: Mutex<[[UInt8]]>
    init(_ texts: [String]) { left = Mutex(texts.map { Array($0.utf8) }) }
    func nextChunk() -> [UInt8]? { left.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
  }

  static func body(_ text: String) -> MessageBytes { MessageBytes(Array(text.utf8)) }
  static func frame(_ text: String) -> WatchFrame { .exportRequest(body(text)) }

  @Test("A look at what is held ends by itself")
  func once() throws {
    let requests = Log<WatchRequest>()
    let test = try TestCollector(held: { (request) throws(GRPCStatus) in
      requests.append(request)
      return Chunks(["a", "b"])
    })
    let client = try CollectorClient(try test.address(.grpc))
    defer { client.close() }
    let frames = Log<WatchFrame>()
    let request = WatchRequest(filter: "tenant.id=x", limit: 7, follow: false)
    try client.watch(request) { frame in
      frames.append(frame)
      return true
    }
    let info = WatchFrame.ServerInfo(
      version: "test", endpoints: test.endpoints.map(\.description))
    #expect(frames.all == [.serverInfo(info), Self.frame("a"), Self.frame("b"), .caughtUp])
    #expect(requests.all == [request])
    Log<Void>().wait("the viewer is gone") { _ in test.collector.statistics.counts.viewers == 0 }
  }

  @Test("A filter the collector does not understand is told to the viewer")
  func refusedFilter() throws {
    let test = try TestCollector(held: { (_) throws(GRPCStatus) in
      throw GRPCStatus(.invalidArgument, "column 3: expected a value")
    })
    let address = try test.address(.grpc)
    let client = try CollectorClient(address)
    defer { client.close() }
    #expect(
      throws: IngestError(
        .unfit, "the collector at \(address) refused: column 3: expected a value")
    ) { try client.watch(WatchRequest(filter: "a=")) { _ in true } }
  }

  @Test("A watch may be left at any frame")
  func leave() throws {
    let test = try TestCollector(held: { (_) throws(GRPCStatus) in Chunks(["a", "b"]) })
    let client = try CollectorClient(try test.address(.grpc))
    defer { client.close() }
    try client.watch(WatchRequest()) { $0 != Self.frame("a") }
    Log<Void>().wait("the viewer is gone") { _ in test.collector.statistics.counts.viewers == 0 }
    // The connection is as good as before.
    #expect(try client.status() == Array("{\"requests\":0}".utf8))
  }

  @Test("Two viewers see what is held and what arrives")
  func twoViewers() throws {
    let folder = TemporaryFolder()
    let test = try TestCollector(
      socketPath: folder.path + "/c.sock",
      held: { (_) throws(GRPCStatus) in Chunks(["held"]) })
    let logs = [Log<WatchConnection.Event>(), Log<WatchConnection.Event>()]
    let viewers = [
      WatchConnection(try test.address(.grpc)) { if !$0.isStatus { logs[0].append($0) } },
      WatchConnection(try test.address(.unix)) { if !$0.isStatus { logs[1].append($0) } },
    ]
    defer { for viewer in viewers { viewer.stop() } }
    for log in logs { log.wait("it has caught up") { $0.last == .frame(.caughtUp) } }
    #expect(test.collector.statistics.counts.viewers == 2)
    let sender = try CollectorClient(try test.address(.grpc))
    defer { sender.close() }
    let long = String(repeating: "x", count: 200_000)
    for text in ["one", "bad", long] { _ = try? sender.exportTraces(Self.body(text)) }
    let info = WatchFrame.ServerInfo(
      version: "test", endpoints: test.endpoints.map(\.description))
    for log in logs {
      let expected: [WatchConnection.Event] = [
        .connected(info), .frame(Self.frame("held")), .frame(.caughtUp),
        .frame(Self.frame("one")), .frame(Self.frame(long)),
      ]
      #expect(log.wait("everything arrives") { $0.count == 5 } == expected)
    }
  }

  @Test("A viewer that reads too slowly is told what it missed, and holds nobody up")
  func slowViewer() throws {
    let test = try TestCollector(viewerQueueBytes: 1 << 20)
    let frames = Log<WatchFrame>()
    let gate = Mutex<Void>(())
    let client = try CollectorClient(try test.address(.grpc))
    defer { client.close() }
    let requests = 400
    let viewer = WatchConnection(try test.address(.grpc)) { event in
      // While the gate is held the viewer reads nothing.
      gate.withLock { _ in }
      if case .frame(let frame) = event, !event.isStatus { frames.append(frame) }
    }
    defer { viewer.stop() }
    frames.wait("it has caught up") { $0 == [.caughtUp] }
    let long = MessageBytes([UInt8](repeating: 7, count: 100_000))
    try gate.withLock { _ in
      for _ in 0..<requests { try client.exportTraces(long) }
    }
    let all = frames.wait("every span is accounted for") { frames in
      Self.spans(frames) == (requests, true)
    }
    let missed = UInt64(requests - all.count { $0 == .exportRequest(long) })
    #expect(test.collector.statistics.counts.spansMissed == missed)
    #expect(test.bodies.all.count == requests)
  }

  /// Spans that arrived or are known to be missed, and whether some are missed.
  static func spans(_ frames: [WatchFrame]) -> (count: Int, hasMissed: Bool) {
    var count = 0
    var hasMissed = false
    for frame in frames {
      switch frame {
      case .exportRequest: count += 1
      case .missed(let spans):
        count += Int(spans)
        hasMissed = true
      default: break
      }
    }
    return (count, hasMissed)
  }

  @Test("A viewer comes back when its collector does")
  func reconnect() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/c.sock"
    let events = Log<WatchConnection.Event>()
    var test: TestCollector? = try TestCollector(
      socketPath: path, held: { (_) throws(GRPCStatus) in Chunks(["held"]) })
    let viewer = WatchConnection(.unix(path: path)) { events.append($0) }
    defer { viewer.stop() }
    events.wait("it has caught up") { $0.last == .frame(.caughtUp) }
    #expect(test?.endpoints.count == 3)
    test = nil
    events.wait("it is told") { events in
      if case .disconnected(let error) = events.last { return error.kind == .notRunning }
      return false
    }
    let seen = events.all.count
    test = try TestCollector(
      socketPath: path, held: { (_) throws(GRPCStatus) in Chunks(["again"]) })
    let back = events.wait("it is back") { $0.count > seen && $0.last == .frame(.caughtUp) }
    #expect(back.contains(.frame(Self.frame("again"))))
    test = nil
  }

  @Test("Nobody there is told from somebody else")
  func nobody() throws {
    let folder = TemporaryFolder()
    let path = CollectorAddress.unix(path: folder.path + "/none.sock")
    #expect(
      throws: IngestError(
        .notRunning, "no collector is running at \(path)", retry: IngestError.Retry())
    ) {
      _ = try CollectorClient(path)
    }
    let test = try TestCollector()
    // The HTTP port answers, but not gRPC.
    let client = try CollectorClient(try test.address(.http))
    defer { client.close() }
    #expect(throws: IngestError.self) { try client.status() }
  }

  @Test("Attempts grow apart, up to two seconds")
  func delays() {
    var delay = RetryDelay()
    var all: [Int64] = []
    for _ in 0..<5 {
      all.append(delay.milliseconds)
      delay.grow()
    }
    #expect(all == [250, 500, 1_000, 2_000, 2_000])
  }
}

extension WatchConnection.Event {
  /// Whether it says how the collector stands, which comes when it likes.
  fileprivate var isStatus: Bool {
    if case .frame(.status) = self { true } else { false }
  }
}
