import Glibc
import Ingest
import Store
import Support
import Synchronization
import Testing

@testable import Configuration

/// A collector with rules and a viewer on its socket.
@Suite("Viewers of a collector with rules")
struct RuledViewerTests {
  @Test("No byte that a viewer is sent holds what a rule hashed, of what is held and what arrives")
  func nothingRaw() throws {
    let rules = try CustomizerConfiguration.rules(
      "transformations: [{field: user.email, operation: hash}]", file: "c")
    let book = RuleBook([.customizer(rules)], secret: RuleSecret(Array("sesame".utf8)))
    let store = Store(budgetBytes: 64 << 20)
    let collector = Collector(
      receiver: { StoreReceiver(store: store, rules: book) },
      held: { (request) throws(GRPCStatus) in
        try HeldTraces.answering(request, from: store.settledSnapshot(), now: UnixNanos(0))
      })
    let free = CollectorAddress.tcp(host: "127.0.0.1", port: 0)
    let server = IngestServer(
      service: collector,
      configuration: IngestConfiguration(grpc: free, http: .off, socketPath: nil))
    let address = try #require(try server.start().first).address
    defer { server.stop() }
    let sender = try CollectorClient(address)
    defer { sender.close() }
    try sender.exportTraces(Self.request(span: 1))

    let events = Mutex<[WatchConnection.Event]>([])
    let viewer = WatchConnection(address) { event in events.withLock { $0.append(event) } }
    defer { viewer.stop() }
    Self.wait("all that is held was sent") {
      events.withLock { $0.contains(.frame(.caughtUp)) }
    }
    try sender.exportTraces(Self.request(span: 2))
    func requests() -> [[UInt8]] {
      events.withLock { events in
        events.compactMap {
          if case .frame(.exportRequest(let body)) = $0 { body.bytes } else { nil }
        }
      }
    }
    Self.wait("what arrives was sent") { requests().count == 2 }
    let bodies = requests()
    #expect(bodies.count == 2)
    for body in bodies {
      let text = String(decoding: body, as: UTF8.self)
      #expect(!text.contains("alice"))
      #expect(text.contains("a9ba67454c750e7c7047d27fc310ffda"))
    }
  }

  @Test("A viewer is told which rules are on, and how often each acted before it came and since")
  func counted() throws {
    let rules = try CustomizerConfiguration.rules(
      "transformations: [{field: user.email, operation: uppercase}]\nremove_attributes: [gone]",
      file: "c.yaml")
    let book = RuleBook([.customizer(rules)])
    let store = Store(budgetBytes: 64 << 20)
    let collector = Collector(
      info: WatchFrame.ServerInfo(planoSampling: 5), rules: book,
      receiver: { StoreReceiver(store: store, rules: book) })
    let free = CollectorAddress.tcp(host: "127.0.0.1", port: 0)
    let server = IngestServer(
      service: collector,
      configuration: IngestConfiguration(grpc: free, http: .off, socketPath: nil))
    let address = try #require(try server.start().first).address
    defer { server.stop() }
    let sender = try CollectorClient(address)
    defer { sender.close() }
    try sender.exportTraces(Self.request(span: 1))
    let events = Mutex<[WatchConnection.Event]>([])
    let viewer = WatchConnection(address) { event in events.withLock { $0.append(event) } }
    defer { viewer.stop() }
    Self.wait("the mark came") { events.withLock { $0.contains(.frame(.caughtUp)) } }
    for span in 2...4 as ClosedRange<UInt64> { try sender.exportTraces(Self.request(span: span)) }
    Self.wait("the last count came") {
      events.withLock { $0.contains(.frame(.ruleCounts([4, 0]))) }
    }
    let infos = events.withLock { events in
      events.compactMap { if case .connected(let info) = $0 { info } else { nil } }
    }
    #expect(
      infos.map(\.rules) == [
        [
          RuleUse(
            rule: RuleLabel(name: "transformations uppercase user.email", source: "c.yaml:1"),
            spans: 1),
          RuleUse(rule: RuleLabel(name: "remove_attributes gone", source: "c.yaml:2"), spans: 0),
        ]
      ])
    #expect(infos.map(\.planoSampling) == [5])
  }

  /// Waits until the condition holds; records an issue after ten seconds.
  private static func wait(_ what: Comment, until condition: () -> Bool) {
    for _ in 0..<10_000 {
      if condition() { return }
      usleep(1_000)
    }
    Issue.record("never: \(what)")
  }

  private static func request(span: UInt64) -> MessageBytes {
    var record = RuledSpan.span([Attribute("user.email", .string("alice@acme.example"))])
    record.spanID = SpanID(span)
    var encoder = TraceRequestEncoder()
    return MessageBytes(encoder.encode([record]))
  }
}
