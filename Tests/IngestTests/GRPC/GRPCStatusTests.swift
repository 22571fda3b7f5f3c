import NIOCore
import Testing

@testable import Ingest

@Suite("GRPCStatus")
struct GRPCStatusTests {
  @Test(
    "Messages are percent-encoded and come back",
    arguments: [
      ("plain text", "plain text"), ("100%", "100%25"), ("a\nb", "a%0Ab"), ("schön", "sch%C3%B6n"),
      ("", ""),
    ])
  func encoding(_ plain: String, _ encoded: String) {
    #expect(GRPCStatus(.internal, plain).encodedMessage == encoded)
    #expect(GRPCStatus(code: "13", encodedMessage: encoded) == GRPCStatus(.internal, plain))
  }

  @Test("Unknown codes and broken escapes are taken as they are")
  func broken() {
    #expect(GRPCStatus(code: "99", encodedMessage: "50%") == GRPCStatus(.unknown, "50%"))
    #expect(GRPCStatus(code: "x", encodedMessage: "%zz") == GRPCStatus(.unknown, "%zz"))
    #expect(GRPCStatus(code: "5", encodedMessage: "%+1") == GRPCStatus(.notFound, "%+1"))
  }
}

@Suite("GRPCResponseMachine")
struct GRPCResponseMachineTests {
  typealias Step = GRPCResponseMachine.Step
  static let opening = GRPCResponseMachine.Head(httpStatus: "200", contentType: "application/grpc")
  static let ok = GRPCResponseMachine.Head(grpcStatus: "0")

  /// Everything that comes out now.
  static func drain(_ machine: inout GRPCResponseMachine) -> [Step] {
    var steps: [Step] = []
    while true {
      let step = machine.next()
      if step == .wait { return steps }
      steps.append(step)
    }
  }

  @Test("Messages come out whole however the data was cut", arguments: 1...14)
  func cut(_ size: Int) {
    let bytes =
      GRPCRequestMachineTests.framed("one") + GRPCRequestMachineTests.framed("")
      + GRPCRequestMachineTests.framed("three")
    var machine = GRPCResponseMachine(maximumBytes: 100)
    machine.receiveHead(Self.opening, isLast: false)
    var steps: [Step] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      machine.receiveData(
        ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]), isLast: false)
      steps += Self.drain(&machine)
    }
    machine.receiveHead(Self.ok, isLast: true)
    steps += Self.drain(&machine)
    #expect(
      steps == [
        .message(ByteBuffer(string: "one")), .message(ByteBuffer()),
        .message(ByteBuffer(string: "three")), .end(.ok),
      ])
  }

  @Test("Trailers without a message are the end")
  func trailersOnly() {
    var machine = GRPCResponseMachine(maximumBytes: 100)
    var head = Self.opening
    head.grpcStatus = "12"
    head.grpcMessage = "unknown service"
    machine.receiveHead(head, isLast: true)
    #expect(Self.drain(&machine) == [.end(GRPCStatus(.unimplemented, "unknown service"))])
    #expect(machine.next() == .wait)
  }

  @Test("A server that speaks something else is told from one that does not answer")
  func foreign() {
    var html = GRPCResponseMachine(maximumBytes: 100)
    html.receiveHead(.init(httpStatus: "200", contentType: "text/html"), isLast: true)
    #expect(Self.drain(&html) == [.end(GRPCStatus(.unknown, "the server does not speak gRPC"))])
    var missing = GRPCResponseMachine(maximumBytes: 100)
    missing.receiveHead(.init(httpStatus: "404"), isLast: true)
    #expect(
      Self.drain(&missing) == [.end(GRPCStatus(.unimplemented, "the server answered HTTP 404"))])
    var gone = GRPCResponseMachine(maximumBytes: 100)
    gone.receiveClose(GRPCStatus(.unavailable, "gone"))
    #expect(Self.drain(&gone) == [.end(GRPCStatus(.unavailable, "gone"))])
  }

  @Test("Who answers in the server's place, and when to try again, is understood")
  func proxies() {
    func end(_ head: GRPCResponseMachine.Head) -> GRPCStatus? {
      var machine = GRPCResponseMachine(maximumBytes: 100)
      machine.receiveHead(head, isLast: true)
      guard case .end(let status)? = Self.drain(&machine).last else { return nil }
      return status
    }
    for (status, wait, delay) in [
      ("503", "7", 7_000), ("429", nil, nil), ("503", "Wed, 21 Oct 2026 07:28:00 GMT", nil),
      ("502", "-1", 0),
    ] as [(String, String?, Int?)] {
      let found = end(.init(httpStatus: status, retryAfter: wait))
      #expect(
        found
          == GRPCStatus(
            .unavailable, "the server answered HTTP \(status)", retryDelayMilliseconds: delay))
      #expect(found?.retry == IngestError.Retry(afterMilliseconds: delay))
    }
    #expect(end(.init(httpStatus: "403", retryAfter: "7"))?.retry == nil)
  }

  @Test("The delay that a status asks for comes back as it was sent")
  func retryInfo() {
    for delay in [0, 1, 999, 1_000, 61_234] {
      let status = GRPCStatus(.resourceExhausted, "full", retryDelayMilliseconds: delay)
      var head = Self.opening
      head.grpcStatus = "8"
      head.grpcMessage = "full"
      head.grpcDetails = ExportResponse.details(of: status)
      var machine = GRPCResponseMachine(maximumBytes: 100)
      machine.receiveHead(head, isLast: true)
      #expect(Self.drain(&machine) == [.end(status)])
    }
    for text in ["", "!", "AAAA", "CA4SBGdvbmU", "\u{FF}"] {
      #expect(ExportResponse.retryDelay(inDetails: text) == nil)
    }
    // Too long a request stays too long.
    #expect(GRPCStatus(.resourceExhausted, "too long").retry == nil)
    #expect(GRPCStatus(.invalidArgument, "no").retry == nil)
  }

  @Test("A message over the limit ends the call")
  func tooLong() {
    var machine = GRPCResponseMachine(maximumBytes: 3)
    machine.receiveHead(Self.opening, isLast: false)
    machine.receiveData(ByteBuffer(bytes: [0, 0, 0, 0, 4]), isLast: false)
    #expect(
      Self.drain(&machine)
        == [.end(GRPCStatus(.resourceExhausted, "the server sent a message of 4 bytes, over 3"))])
  }
}
