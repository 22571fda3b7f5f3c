import NIOCore
import Store
import Testing

@testable import Ingest

@Suite("Messages of tracetop.v1")
struct WatchMessagesTests {
  @Test(
    "Requests come back as they were",
    arguments: [
      WatchRequest(), WatchRequest(since: UnixNanos(1 << 60), spans: 200),
      WatchRequest(filter: "tenant.id=ä", limit: 300, follow: false),
    ])
  func request(_ request: WatchRequest) throws {
    #expect(try WatchRequest(decoding: MessageBytes(request.encoded)) == request)
  }

  @Test("An empty request asks for everything held and does not follow")
  func emptyRequest() throws {
    #expect(try WatchRequest(decoding: MessageBytes([])) == WatchRequest(follow: false))
  }

  @Test("A request that is not protobuf says where")
  func brokenRequest() {
    #expect(throws: WireError(.truncated, offset: 2)) {
      try WatchRequest(decoding: MessageBytes([10, 9, 1]))
    }
  }

  static let frames: [WatchFrame] = [
    .exportRequest(MessageBytes(Array("body".utf8))), .exportRequest(MessageBytes([])),
    .exportLogs(MessageBytes(Array("logs".utf8))), .missedLogs(7),
    .missed(spans: 70_000), .caughtUp,
    .serverInfo(
      WatchFrame.ServerInfo(
        version: "0.1", started: UnixNanos(1_760_000_000_000_000_000),
        endpoints: ["grpc 127.0.0.1:4317", "unix /run/x.sock"])),
    .serverInfo(
      WatchFrame.ServerInfo(
        rules: [
          RuleUse(
            rule: RuleLabel(name: "transformations hash user.email", source: "p.yaml:8"),
            spans: 1 << 40),
          RuleUse(rule: RuleLabel(name: "static ü", source: ""), spans: 0),
        ], planoSampling: 0, vocabulary: VocabularyAdditions())),
    .serverInfo(
      WatchFrame.ServerInfo(
        planoSampling: 100,
        vocabulary: VocabularyAdditions(
          dimensions: [.tenant: ["acme.customer", "acme.account"], .modelAsked: []],
          measures: [.cost: ["acme.cost"], .tokensIn: ["acme.in"]], clues: [.error: ["acme.bad"]],
          roles: [
            Vocabulary.RoleRule(.name, "acme.tool.*", .tool),
            Vocabulary.RoleRule(.service, "guard", .filter),
          ], events: [Vocabulary.EventRule("guard refused", [.filterRejected, .clientGone])]))),
    .ruleCounts([]), .ruleCounts([0, 7, 1 << 63]),
    .pins(
      PinChange(traces: [TraceID(high: 1, low: .max), TraceID(high: .max, low: 2)], isPinned: true)),
    .pins(PinChange(traces: [], isPinned: false)), .status(MessageBytes("{}".utf8)),
  ]

  @Test("What is asked of a pin, and answered, comes back as it was")
  func pins() throws {
    for isPinned in [true, false] {
      let request = PinRequest(trace: TraceID(high: 0xABC, low: 9), isPinned: isPinned)
      #expect(try PinRequest(decoding: MessageBytes(request.encoded)) == request)
      let reply = PinReply(isHeld: isPinned)
      #expect(try PinReply(decoding: MessageBytes(reply.encoded)) == reply)
    }
    // No id, half an id, more than one: no trace, none, the first.
    #expect(try PinRequest(decoding: MessageBytes([])).trace.isZero)
    #expect(
      try PinRequest(decoding: MessageBytes([10, 8] + [UInt8](repeating: 7, count: 8))).trace.isZero
    )
    #expect(throws: WireError(.truncated, offset: 2)) {
      try PinRequest(decoding: MessageBytes([10, 16, 1]))
    }
  }

  @Test("Frames come back as they were", arguments: frames)
  func frame(_ frame: WatchFrame) throws {
    var bytes = frame.head
    bytes += frame.request?.bytes ?? []
    #expect(try WatchFrame.decode(ByteBuffer(bytes: bytes)) == frame)
  }

  @Test("A frame of a kind to come is passed over")
  func unknownFrame() throws {
    #expect(try WatchFrame.decode(ByteBuffer(bytes: [0x7A, 1, 7])) == nil)
  }

  @Test("Words of a vocabulary to come are passed over, the others are kept")
  func unknownWords() throws {
    let info: [UInt8] = [0x32, 22]
    // dimension "planet" with key "k"; dimension "user" with key "u.id".
    let words: [UInt8] =
      [0x0A, 8, 0x0A, 6] + Array("planet".utf8) + [0x0A, 10, 0x0A, 4] + Array("user".utf8) + [
        0x0A, 2,
      ] + Array("uu".utf8)
    let frame = try WatchFrame.decode(
      ByteBuffer(bytes: [0x22, UInt8(info.count + words.count)] + info + words))
    #expect(
      frame
        == .serverInfo(
          WatchFrame.ServerInfo(vocabulary: VocabularyAdditions(dimensions: [.user: ["uu"]]))))
  }
}
