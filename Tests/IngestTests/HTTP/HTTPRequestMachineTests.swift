import NIOCore
import Testing

@testable import Ingest

@Suite("HTTPRequestMachine")
struct HTTPRequestMachineTests {
  typealias Action = HTTPRequestMachine.Action

  static let head = HTTPRequestHead(contentType: "application/x-protobuf", contentLength: 5)

  static func run(_ head: HTTPRequestHead, _ portions: [String]) -> [Action] {
    var machine = HTTPRequestMachine(maximumBytes: 20, maximumCompressedBytes: 10)
    var buffers = BodyBuffers()
    var actions = [machine.receiveHead(head, buffers: &buffers)]
    for portion in portions { actions.append(machine.receiveBody(ByteBuffer(string: portion))) }
    actions.append(machine.receiveEnd())
    return actions
  }

  @Test(
    "Each signal has its path, with or without a query",
    arguments: [
      ("/v1/traces", Signal.traces), ("/v1/logs", .logs), ("/v1/metrics", .metrics),
    ])
  func routes(_ path: String, _ signal: Signal) {
    var head = Self.head
    head.path = path
    #expect(
      Self.run(head, ["sp", "ans"])
        == [.wait, .wait, .wait, .call(.export(signal), ByteBuffer(string: "spans"), .identity)])
  }

  @Test("A chunked body has no length, and the limit holds all the same")
  func chunked() {
    var head = Self.head
    head.contentLength = nil
    #expect(
      Self.run(head, ["0123456789", "0123456789"]).last
        == .call(.export(.traces), ByteBuffer(string: "01234567890123456789"), .identity))
    let refused = HTTPAnswer.error(
      413, .resourceExhausted, "a body of 21 bytes or more is longer than 20")
    #expect(
      Self.run(head, ["0123456789", "0123456789", "x", "y"])
        == [.wait, .wait, .wait, .answer(refused), .wait, .close])
  }

  @Test("A body that is announced too long is refused before it is sent")
  func announced() {
    var head = Self.head
    head.contentLength = 11
    head.contentEncoding = "gzip"
    let refused = HTTPAnswer.error(
      413, .resourceExhausted, "a compressed body of 11 bytes or more is longer than 10")
    #expect(Self.run(head, []) == [.answer(refused), .close])
  }

  @Test("A peer that asks first is told to go on, or why not")
  func expectsContinue() {
    var head = Self.head
    head.expectsContinue = true
    #expect(Self.run(head, ["spans"])[0] == .proceed)
    head.path = "/"
    let refused = HTTPAnswer.error(
      404, .unimplemented, "no such path: /; OTLP goes to /v1/traces, /v1/logs or /v1/metrics")
    #expect(Self.run(head, ["spans"]) == [.answer(refused), .wait, .close])
  }

  struct Refusal: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var change: @Sendable (inout HTTPRequestHead) -> Void
    var status: Int
    var message: String
  }

  static let refusals: [Refusal] = [
    Refusal(
      testDescription: "GET", change: { $0.method = "GET" }, status: 405,
      message: "/v1/traces takes POST, not GET"),
    Refusal(
      testDescription: "POST health",
      change: { $0.path = "/healthz" }, status: 405,
      message: "/healthz takes GET, HEAD, not POST"),
    Refusal(
      testDescription: "path", change: { $0.path = "/v1/profiles" }, status: 404,
      message:
        "no such path: /v1/profiles; OTLP goes to /v1/traces, /v1/logs or /v1/metrics"),
    Refusal(
      testDescription: "text", change: { $0.contentType = "text/plain; charset=utf-8" },
      status: 415,
      message: "expected content-type application/x-protobuf or application/json, "
        + "found \"text/plain; charset=utf-8\""),
    Refusal(
      testDescription: "a page from elsewhere",
      change: {
        $0.method = "OPTIONS"
        $0.origin = "https://localhost.example"
        $0.requestedMethod = "POST"
      }, status: 403,
      message: "pages of https://localhost.example may not send to this machine"),
    Refusal(
      testDescription: "no type", change: { $0.contentType = nil }, status: 415,
      message: "expected content-type application/x-protobuf or application/json, found none"),
    Refusal(
      testDescription: "brotli", change: { $0.contentEncoding = "br" }, status: 415,
      message: "content-encoding br is not supported; "
        + "send one of identity, gzip, deflate, zstd"),
  ]

  @Test(
    "A refused request is read to its end, then answered, and the next is served",
    arguments: refusals)
  func refuse(_ refusal: Refusal) throws {
    var head = Self.head
    refusal.change(&head)
    var machine = HTTPRequestMachine()
    var buffers = BodyBuffers()
    #expect(machine.receiveHead(head, buffers: &buffers) == .wait)
    #expect(machine.receiveBody(ByteBuffer(string: "spans")) == .wait)
    guard case .answer(let answer) = machine.receiveEnd() else {
      Issue.record("not answered")
      return
    }
    #expect(answer.status == refusal.status)
    let message = try MessageBytes(answer.body).field(2)
    #expect(String(decoding: message, as: UTF8.self) == refusal.message)
    #expect((answer.allow != nil) == (refusal.status == 405))
    #expect(machine.answered() == .wait)
    #expect(machine.receiveHead(Self.head, buffers: &buffers) == .wait)
    #expect(machine.state == .body)
  }

  @Test(
    "A refused request with a body that is announced too long is answered at its head",
    arguments: refusals)
  func refuseLong(_ refusal: Refusal) throws {
    var head = Self.head
    refusal.change(&head)
    head.contentLength = 21
    var machine = HTTPRequestMachine(maximumBytes: 20, maximumCompressedBytes: 10)
    var buffers = BodyBuffers()
    guard case .answer(let answer) = machine.receiveHead(head, buffers: &buffers) else {
      Issue.record("not answered")
      return
    }
    #expect(answer.status == refusal.status)
    let message = try MessageBytes(answer.body).field(2)
    #expect(String(decoding: message, as: UTF8.self) == refusal.message)
    #expect(!machine.keepsAlive)
    #expect(machine.answered() == .wait)
    #expect(machine.receiveBody(ByteBuffer(string: "0123456789")) == .wait)
    #expect(machine.receiveBody(ByteBuffer(string: "0123456789x")) == .wait)
    #expect(machine.receiveEnd() == .close)
  }

  @Test("A refused body without a length is answered once it is too long")
  func refuseChunked() {
    var head = Self.head
    head.contentLength = nil
    head.path = "/"
    let refused = HTTPAnswer.error(
      404, .unimplemented, "no such path: /; OTLP goes to /v1/traces, /v1/logs or /v1/metrics")
    #expect(
      Self.run(head, ["0123456789", "0123456789", "x", "y"])
        == [.wait, .wait, .wait, .answer(refused), .wait, .close])
  }

  @Test("What follows an early answer is dropped for four of the longest bodies, and no further")
  func drained() {
    var head = Self.head
    head.contentLength = 1 << 40
    var machine = HTTPRequestMachine()
    var buffers = BodyBuffers()
    guard case .answer = machine.receiveHead(head, buffers: &buffers) else {
      Issue.record("not answered")
      return
    }
    let part = ByteBuffer(repeating: 0, count: 1 << 20)
    #expect((0..<256).allSatisfy { _ in machine.receiveBody(part) == .wait })
    #expect(machine.receiveBody(part) == .close)
  }

  @Test("A refusal is in the encoding of its request")
  func refusalFormat() throws {
    var head = Self.head
    head.contentType = "application/json; charset=utf-8"
    head.path = "/v1/profiles"
    guard case .answer(let answer) = Self.run(head, ["{}"]).last else {
      Issue.record("not answered")
      return
    }
    #expect(answer.contentType == "application/json")
    #expect(
      String(decoding: answer.body, as: UTF8.self)
        == #"{"code":12,"message":"no such path: /v1/profiles; "#
        + #"OTLP goes to /v1/traces, /v1/logs or /v1/metrics"}"#)
  }

  @Test(
    "A page of this machine may ask whether it may send",
    arguments: [
      "http://localhost:3000", "https://127.0.0.1", "http://[::1]:80", "http://localhost",
    ])
  func preflight(_ origin: String) {
    var head = HTTPRequestHead(method: "OPTIONS", contentLength: 0)
    head.origin = origin
    head.requestedMethod = "POST"
    head.requestedHeaders = "content-type"
    let route = HTTPRoute.preflight(requestedHeaders: "content-type")
    #expect(Self.run(head, []) == [.wait, .call(route, ByteBuffer(), .identity)])
  }

  @Test(
    "Pages from elsewhere are not this machine's",
    arguments: [
      "null", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://localhost:",
      "http://localhost:80@evil.example", "file://localhost", "http://evil.example",
    ])
  func foreignOrigin(_ origin: String) {
    #expect(!LocalOrigin.contains(origin))
  }

  @Test("Health is asked with GET and HEAD", arguments: ["GET", "HEAD"])
  func health(_ method: String) {
    let head = HTTPRequestHead(method: method, path: "/healthz", contentLength: 0)
    #expect(Self.run(head, []) == [.wait, .call(.health, ByteBuffer(), .identity)])
  }

  @Test("A connection that is not kept alive closes behind its answer")
  func close() {
    var machine = HTTPRequestMachine()
    var buffers = BodyBuffers()
    var head = Self.head
    head.isKeepAlive = false
    _ = machine.receiveHead(head, buffers: &buffers)
    _ = machine.receiveEnd()
    #expect(machine.answered() == .close)
  }

  @Test("A server that stops closes what is idle, and the rest behind its answer")
  func stop() {
    var idle = HTTPRequestMachine()
    #expect(idle.stop() == .close)
    var busy = HTTPRequestMachine()
    var buffers = BodyBuffers()
    _ = busy.receiveHead(Self.head, buffers: &buffers)
    #expect(busy.stop() == .wait)
    _ = busy.receiveEnd()
    #expect(busy.answered() == .close)
  }
}
