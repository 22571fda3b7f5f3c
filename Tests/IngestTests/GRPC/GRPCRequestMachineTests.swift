import NIOCore
import Testing

@testable import Ingest

@Suite("GRPCRequestMachine")
struct GRPCRequestMachineTests {
  typealias Action = GRPCRequestMachine.Action

  static let head = GRPCRequestHead(
    path: GRPCMethod.exportTraces.rawValue, contentType: "application/grpc", te: "trailers")

  /// A message with its prefix.
  static func framed(_ text: String, flag: UInt8 = 0) -> [UInt8] {
    [flag, 0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8)
  }

  /// Feeds a head and portions of data, the last with the end of the stream; returns every action.
  static func run(
    _ head: GRPCRequestHead, _ portions: [[UInt8]], maximumBytes: Int = 100,
    maximumCompressedBytes: Int = 50
  ) -> [Action] {
    var machine = GRPCRequestMachine(
      maximumBytes: maximumBytes, maximumCompressedBytes: maximumCompressedBytes)
    var buffers = BodyBuffers()
    var actions = [machine.receiveHead(head, isLast: portions.isEmpty)]
    for (index, portion) in portions.enumerated() {
      actions.append(
        machine.receiveData(
          ByteBuffer(bytes: portion), isLast: index == portions.count - 1, buffers: &buffers))
    }
    return actions
  }

  @Test("A request in one frame is a call when the stream ends")
  func whole() {
    #expect(
      Self.run(Self.head, [Self.framed("spans")])
        == [.wait, .call(.exportTraces, ByteBuffer(string: "spans"), .identity)])
  }

  @Test("A request may be cut anywhere", arguments: 1...9)
  func split(at cut: Int) {
    let bytes = Self.framed("spans")
    let actions = Self.run(Self.head, [Array(bytes[..<cut]), Array(bytes[cut...])])
    #expect(
      actions == [.wait, .wait, .call(.exportTraces, ByteBuffer(string: "spans"), .identity)])
  }

  @Test("A request may come byte by byte, and end with an empty frame")
  func byteByByte() {
    let portions = Self.framed("spans").map { [$0] } + [[]]
    #expect(
      Self.run(Self.head, portions).last
        == .call(.exportTraces, ByteBuffer(string: "spans"), .identity))
  }

  @Test("A long request is collected in a buffer that is used again")
  func longBody() throws {
    let text = String(repeating: "x", count: 100_000)
    var bytes: [UInt8] = [0, 0, 1, 0x86, 0xA0]
    bytes += Array(text.utf8)
    var buffers = BodyBuffers()
    for _ in 0..<2 {
      var machine = GRPCRequestMachine()
      _ = machine.receiveHead(Self.head, isLast: false)
      let first = machine.receiveData(
        ByteBuffer(bytes: bytes[..<70_000]), isLast: false, buffers: &buffers)
      #expect(first == .wait)
      #expect(machine.missingBytes == 30_005)
      let last = machine.receiveData(
        ByteBuffer(bytes: bytes[70_000...]), isLast: true, buffers: &buffers)
      guard case .call(.exportTraces, let body, .identity) = last else {
        Issue.record("not a call: \(last)")
        return
      }
      #expect(body == ByteBuffer(string: text))
      buffers.giveBack(body)
    }
  }

  @Test("An empty message is a message")
  func empty() {
    #expect(
      Self.run(Self.head, [[0, 0, 0, 0, 0]])
        == [.wait, .call(.exportTraces, ByteBuffer(), .identity)])
  }

  @Test("A message that says it is compressed is handed on with its encoding")
  func compressed() {
    var head = Self.head
    head.encoding = "gzip"
    #expect(
      Self.run(head, [Self.framed("zzz", flag: 1)]).last
        == .call(.exportTraces, ByteBuffer(string: "zzz"), .gzip))
    #expect(
      Self.run(head, [Self.framed("plain")]).last
        == .call(.exportTraces, ByteBuffer(string: "plain"), .identity))
  }

  // MARK: - Refusals

  struct Refusal: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var change: @Sendable (inout GRPCRequestHead) -> Void = { _ in }
    var portions: [[UInt8]] = [framed("spans")]
    var expected: Action
  }

  static let refusals: [Refusal] = [
    Refusal(
      testDescription: "unknown service", change: { $0.path = "/a.B/C" },
      expected: .refuse(GRPCStatus(.unimplemented, "unknown service a.B"), isPeerSending: true)),
    Refusal(
      testDescription: "unknown method", change: { $0.path = "/grpc.health.v1.Health/List" },
      expected: .refuse(
        GRPCStatus(.unimplemented, "unknown method /grpc.health.v1.Health/List"),
        isPeerSending: true)),
    Refusal(
      testDescription: "GET", change: { $0.method = "GET" },
      expected: .refuseHTTP(
        405, GRPCStatus(.unknown, "gRPC calls are POST, not GET"), isPeerSending: true)),
    Refusal(
      testDescription: "no content-type", change: { $0.contentType = nil },
      expected: .refuseHTTP(
        415, GRPCStatus(.unknown, "expected content-type application/grpc, found none"),
        isPeerSending: true)),
    Refusal(
      testDescription: "grpc-web", change: { $0.contentType = "application/grpc-web" },
      expected: .refuseHTTP(
        415,
        GRPCStatus(
          .unknown, "expected content-type application/grpc, found \"application/grpc-web\""),
        isPeerSending: true)),
    Refusal(
      testDescription: "te", change: { $0.te = "gzip" },
      expected: .refuse(
        GRPCStatus(.internal, "expected te: trailers, found \"gzip\""), isPeerSending: true)),
    Refusal(
      testDescription: "snappy", change: { $0.encoding = "snappy" },
      expected: .refuse(
        GRPCStatus(
          .unimplemented,
          "grpc-encoding snappy is not supported; "
            + "send one of identity, gzip, deflate, zstd"),
        isPeerSending: true)),
    Refusal(
      testDescription: "no message", portions: [],
      expected: .refuse(
        GRPCStatus(.internal, "the request ended before its message"), isPeerSending: false)),
    Refusal(
      testDescription: "half a prefix", portions: [[0, 0, 0]],
      expected: .refuse(
        GRPCStatus(.internal, "the request ended before its message"), isPeerSending: false)),
    Refusal(
      testDescription: "half a message", portions: [[0, 0, 0, 0, 9, 1, 2]],
      expected: .refuse(
        GRPCStatus(.internal, "the request ended after 2 of 9 bytes"), isPeerSending: false)),
    Refusal(
      testDescription: "two messages", portions: [framed("a") + framed("b")],
      expected: .refuse(
        GRPCStatus(.internal, "the request has 6 bytes after its only message"),
        isPeerSending: false)),
    Refusal(
      testDescription: "too long", portions: [[0, 0, 0, 0, 101], []],
      expected: .refuse(
        GRPCStatus(.resourceExhausted, "a message of 101 bytes is longer than 100"),
        isPeerSending: true)),
    Refusal(
      testDescription: "too long compressed", change: { $0.encoding = "gzip" },
      portions: [[1, 0, 0, 0, 51], []],
      expected: .refuse(
        GRPCStatus(.resourceExhausted, "a compressed message of 51 bytes is longer than 50"),
        isPeerSending: true)),
    Refusal(
      testDescription: "compressed without encoding", portions: [framed("z", flag: 1)],
      expected: .refuse(
        GRPCStatus(.internal, "the message is compressed, but there is no grpc-encoding"),
        isPeerSending: false)),
    Refusal(
      testDescription: "flag 2", portions: [framed("z", flag: 2)],
      expected: .refuse(
        GRPCStatus(.internal, "the message's compressed flag is 2"), isPeerSending: false)),
  ]

  @Test("What is not acceptable is refused once, and the rest dropped", arguments: refusals)
  func refuse(_ refusal: Refusal) {
    var head = Self.head
    refusal.change(&head)
    let actions = Self.run(head, refusal.portions).filter { $0 != .wait }
    #expect(actions == [refusal.expected])
  }

  @Test(
    "Parameters and +proto are still gRPC",
    arguments: ["application/grpc+proto", "application/grpc;charset=utf-8"])
  func contentTypes(_ type: String) {
    var head = Self.head
    head.contentType = type
    #expect(Self.run(head, [Self.framed("s")]).count == 2)
    #expect(Self.run(head, [Self.framed("s")])[0] == .wait)
  }

  // MARK: - Answers

  @Test("A unary answer has headers, one message and trailers")
  func answer() {
    var machine = GRPCRequestMachine()
    var buffers = BodyBuffers()
    #expect(machine.send() == .nothing)
    _ = machine.receiveHead(Self.head, isLast: false)
    _ = machine.receiveData(
      ByteBuffer(bytes: Self.framed("x")), isLast: true, buffers: &buffers)
    #expect(machine.send() == .headersAndMessage)
    #expect(machine.finish() == .trailers)
    #expect(machine.send() == .nothing)
    #expect(machine.finish() == .nothing)
  }

  @Test("A stream may be ended before its first message, and not after it was broken off")
  func streaming() {
    var head = Self.head
    head.path = GRPCMethod.watch.rawValue
    var buffers = BodyBuffers()
    var machine = GRPCRequestMachine()
    _ = machine.receiveHead(head, isLast: false)
    _ = machine.receiveData(
      ByteBuffer(bytes: Self.framed("")), isLast: true, buffers: &buffers)
    var broken = machine
    #expect(machine.finish() == .trailersOnly)
    #expect(broken.send() == .headersAndMessage)
    #expect(broken.send() == .message)
    broken.receiveClose()
    #expect(broken.send() == .nothing)
    #expect(broken.finish() == .nothing)
  }
}
