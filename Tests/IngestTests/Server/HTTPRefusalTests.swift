import Testing

@testable import Ingest

@Suite("Requests over HTTP that are refused before they are whole")
struct HTTPRefusalTests {
  private static func collector(
    security: ListenerSecurity = .none, _ change: (inout ReceivingLimits) -> Void = { _ in }
  ) throws -> TestCollector {
    var limits = ReceivingLimits()
    limits.setBodyBytes(1_000)
    change(&limits)
    return try TestCollector(limits: limits, security: security)
  }

  private static func answer(_ status: String, _ code: Int, _ message: String) -> String {
    let body = #"{"code":\#(code),"message":"\#(message)"}"#
    return "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n"
  }

  @Test("A long request without a token is answered at its head, and the answer survives its body")
  func unauthenticated() throws {
    let tokens = try AccessTokensTests.tokens("first-token-0123456789")
    let test = try Self.collector(security: ListenerSecurity(tokens: tokens))
    let peer = RawPeer(port: try test.port(.http))
    peer.send(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + "Content-Length: 4000000\r\n\r\n")
    let message = "a token is asked for: authorization: Bearer TOKEN"
    let expected =
      Self.answer("401 Unauthorized", 16, message) + "WWW-Authenticate: Bearer\r\n\r\n"
      + #"{"code":16,"message":"\#(message)"}"#
    #expect(peer.read { $0 == expected } == expected)
    peer.send([UInt8](repeating: 7, count: 4_000_000))
    // It ends behind the body, and with no word more.
    #expect(peer.readToEnd() == "")
    let counts = test.collector.statistics.counts
    #expect((counts.requestsUnauthenticated, counts.badRequests) == (1, 0))
    #expect(test.lines.all == ["refused, unauthenticated: \(message)"])
  }

  @Test("A long request to nowhere is answered also where too much is under way")
  func overloaded() throws {
    let test = try Self.collector { $0.requestsInFlight = 0 }
    let peer = RawPeer(port: try test.port(.http))
    peer.send(
      "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + "Content-Length: 2000\r\n\r\n")
    peer.send([UInt8](repeating: 7, count: 2_000))
    let message = "no such path: /nowhere; OTLP goes to /v1/traces, /v1/logs or /v1/metrics"
    #expect(
      peer.readToEnd()
        == Self.answer("404 Not Found", 12, message) + "\r\n"
        + #"{"code":12,"message":"\#(message)"}"#)
    let counts = test.collector.statistics.counts
    #expect((counts.badRequests, counts.requestsOverloaded) == (1, 0))
  }

  @Test("A body that is announced too long is one refusal, also where its sender leaves then")
  func leavesBehindAnswer() throws {
    let test = try Self.collector()
    var peer: RawPeer? = RawPeer(port: try test.port(.http))
    peer?.send(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + "Content-Length: 70000000\r\n\r\n")
    let message = "a body of 70000000 bytes or more is longer than 1000"
    let end = #"{"code":8,"message":"\#(message)"}"#
    peer?.read { $0.hasSuffix(end) }
    peer = nil
    #expect(test.bodies.eventually { test.server.connections.count == 0 })
    let counts = test.collector.statistics.counts
    #expect((counts.badRequests, counts.requestsTooLarge) == (1, 1))
    #expect(test.lines.all == ["refused, too large: \(message)"])
  }

  @Test("What is no chunk behind an early answer is no second refusal")
  func brokenBehindAnswer() throws {
    let test = try Self.collector()
    let peer = RawPeer(port: try test.port(.http))
    peer.send(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n")
    peer.send([UInt8](repeating: 7, count: 1_001))
    let end = #"{"code":8,"message":"a body of 1001 bytes or more is longer than 1000"}"#
    peer.read { $0.hasSuffix(end) }
    peer.send("\r\nno chunk\r\n")
    #expect(peer.readToEnd() == "")
    #expect(test.bodies.eventually { test.server.connections.count == 0 })
    let counts = test.collector.statistics.counts
    #expect((counts.badRequests, counts.requestsTooLarge) == (1, 1))
  }

  @Test(
    "A sender that leaves in the middle of a request sent nothing malformed",
    arguments: [
      "POST /v1/tr", "POST /v1/traces HTTP/1.1\r\nHost: x\r\n",
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + "Content-Length: 1000\r\n\r\n{\"a",
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n9\r\n{\"a",
    ])
  func leavesInTheMiddle(_ beginning: String) throws {
    let test = try Self.collector()
    var peer: RawPeer? = RawPeer(port: try test.port(.http))
    // A request before it, so that the connection is known to be there.
    peer?.send(HTTPServerTests.post("spans") + beginning)
    peer?.read { $0 == HTTPServerTests.accepted }
    #expect(test.server.connections.count == 1)
    peer = nil
    #expect(test.bodies.eventually { test.server.connections.count == 0 })
    #expect(test.collector.statistics.counts.badRequests == 0)
    #expect(test.lines.all.isEmpty)
  }
}
