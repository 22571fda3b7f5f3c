import Testing

@testable import Ingest

@Suite("Sending again what did not get through")
struct PatientSenderTests {
  /// A receiver that does as it is told, one answer after the other.
  private final class Receiver: RequestSender {
    enum Deed {
      case take
      case fail(IngestError)
      /// The connection breaks while the request is under way.
      case breakOff
    }

    let script: Script
    var isConnected = true

    init(_ script: Script) { self.script = script }

    func send(_ kind: RequestKind, _ body: MessageBytes) throws(IngestError) -> RequestAnswer {
      script.sent.append(String(decoding: body.bytes, as: UTF8.self))
      switch script.deeds.isEmpty ? .take : script.deeds.removeFirst() {
      case .take: return (0, "")
      case .fail(let error): throw error
      case .breakOff:
        isConnected = false
        throw IngestError(.notRunning, "the connection was closed", retry: IngestError.Retry())
      }
    }

    func close() { script.closed += 1 }
  }

  private final class Script {
    var deeds: [Receiver.Deed]
    var sent: [String] = []
    var closed = 0
    var connected = 0
    var slept: [Int] = []
    var waits: [String?] = []

    init(_ deeds: [Receiver.Deed]) { self.deeds = deeds }

    func sender(patience: Int) -> PatientSender {
      PatientSender(
        Receiver(self), patienceMilliseconds: patience,
        connect: { () throws(IngestError) in
          self.connected += 1
          return Receiver(self)
        }, onWaiting: { self.waits.append($0?.reason) }, sleep: { self.slept.append($0) })
    }
  }

  private static func busy(_ milliseconds: Int?) -> IngestError {
    IngestError(
      .notRunning, "busy", retry: IngestError.Retry(afterMilliseconds: milliseconds))
  }

  private static func body(_ text: String) -> MessageBytes { MessageBytes(text.utf8) }

  @Test("A receiver that says when is asked again then, on the same connection")
  func busy() throws {
    let script = Script([.fail(Self.busy(3_000)), .fail(Self.busy(100)), .take])
    let sender = script.sender(patience: 60_000)
    _ = try sender.send(.spans, Self.body("a"))
    _ = try sender.send(.spans, Self.body("b"))
    #expect(script.sent == ["a", "a", "a", "b"])
    // Never sooner than asked, and never faster and faster.
    #expect(script.slept == [3_000, 500])
    #expect(script.waits == ["busy", "busy", nil])
    #expect((script.connected, script.closed) == (0, 0))
  }

  @Test("A connection that breaks is made anew, and only what was not acknowledged goes again")
  func broken() throws {
    let script = Script([.take, .breakOff, .take, .take])
    let sender = script.sender(patience: 60_000)
    for text in ["a", "b", "c"] { _ = try sender.send(.spans, Self.body(text)) }
    #expect(script.sent == ["a", "b", "b", "c"])
    #expect((script.connected, script.closed) == (1, 1))
  }

  @Test("Waits grow, and come to an end")
  func bounded() {
    let script = Script(Array(repeating: .fail(Self.busy(nil)), count: 100))
    let sender = script.sender(patience: 20_000)
    #expect(throws: IngestError(.notRunning, "gave up after 17 seconds: busy")) {
      try sender.send(.logs, Self.body("a"))
    }
    #expect(script.slept == [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000])
  }

  @Test(
    "A wait that is longer than the patience is not begun, and without patience nothing is tried")
  func impatient() {
    let long = Script([.fail(Self.busy(61_000))])
    #expect(throws: IngestError(.notRunning, "gave up after 0 seconds: busy")) {
      try long.sender(patience: 60_000).send(.spans, Self.body("a"))
    }
    #expect(long.slept == [])
    let none = Script([.fail(Self.busy(nil))])
    #expect(throws: Self.busy(nil)) {
      try none.sender(patience: 0).send(.spans, Self.body("a"))
    }
  }

  @Test("What is refused for good is not tried again")
  func refused() {
    let error = IngestError(.refused, "malformed")
    let script = Script([.fail(error)])
    #expect(throws: error) { try script.sender(patience: 60_000).send(.spans, Self.body("a")) }
    #expect(script.sent == ["a"])
  }
}
