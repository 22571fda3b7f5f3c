import Testing

@testable import Ingest

@Suite("HTTP over real sockets")
struct HTTPServerTests {
  static func post(_ body: String, _ headers: String = "", path: String = "/v1/traces") -> String {
    "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n\(headers)"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  static let accepted =
    "HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"

  @Test("Requests follow each other on one connection, also without waiting")
  func keepAlive() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    peer.send(Self.post("one"))
    #expect(peer.read { $0 == Self.accepted } == Self.accepted)
    peer.send(Self.post("two") + Self.post("three"))
    let both = Self.accepted + Self.accepted
    #expect(peer.read { $0 == both } == both)
    #expect(test.bodies.all == ["one", "two", "three"].map { Array($0.utf8) })
  }

  @Test("A chunked body is one body")
  func chunked() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    peer.send(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
        + "Transfer-Encoding: chunked\r\n\r\n")
    for text in ["spa", "ns!"] { peer.send("3\r\n\(text)\r\n") }
    peer.send("0\r\n\r\n")
    #expect(peer.read { $0 == Self.accepted } == Self.accepted)
    #expect(test.bodies.all == [Array("spans!".utf8)])
  }

  @Test("gzip is taken")
  func gzip() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    peer.send(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
        + "Content-Encoding: gzip\r\nContent-Length: \(InflaterTests.hello.count)\r\n\r\n")
    peer.send(InflaterTests.hello)
    #expect(peer.read { $0 == Self.accepted } == Self.accepted)
    #expect(test.bodies.all == [Array("hello spans".utf8)])
  }

  @Test("Blanks around the value of a header are no part of it")
  func blanks() throws {
    let tokens = try AccessTokensTests.tokens("first-token-0123456789")
    let test = try TestCollector(security: ListenerSecurity(tokens: tokens))
    let peer = RawPeer(port: try test.port(.http))
    peer.send(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type:\tapplication/json\t \r\n"
        + "Content-Encoding:  gzip \r\nAuthorization: Bearer first-token-0123456789 \t\r\n"
        + "Expect: 100-continue \r\nContent-Length: \(InflaterTests.hello.count) \r\n\r\n")
    let told = peer.read { $0.hasSuffix("\r\n\r\n") }
    #expect(told == "HTTP/1.1 100 Continue\r\n\r\n")
    peer.send(InflaterTests.hello)
    let expected =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    #expect(peer.read { $0 == expected } == expected)
    #expect(test.bodies.all == [Array("hello spans".utf8)])
    // A length that is too long is seen at the head, blanks or not.
    peer.send(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + "Authorization: Bearer first-token-0123456789\r\nContent-Length: 99999999 \r\n\r\n")
    #expect(peer.read { $0.hasSuffix("}") }.hasPrefix("HTTP/1.1 413 Payload Too Large\r\n"))
  }

  @Test(
    "A target in absolute form means its path, as proxies are asked",
    arguments: [
      "http://localhost:4318/v1/traces", "HTTP://x/v1/traces?y=/z", "https://[::1]:1/v1/traces",
    ])
  func absoluteForm(_ target: String) throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    peer.send(Self.post("spans", path: target))
    #expect(peer.read { $0 == Self.accepted } == Self.accepted)
    #expect(test.bodies.all == [Array("spans".utf8)])
  }

  @Test(
    "A path that is not served is named without the host before it",
    arguments: [
      ("http://localhost:4318", "/"), ("http://x?/v1/traces", "/"), ("http://x/y", "/y"),
      ("/http://x/v1/traces", "/http://x/v1/traces"), ("ftp://x/v1/traces", "ftp://x/v1/traces"),
    ])
  func foreignTarget(_ target: String, _ path: String) throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    peer.send(Self.post("spans", path: target))
    let answer = peer.read { $0.contains("OTLP goes to /v1/traces, /v1/logs or /v1/metrics") }
    #expect(answer.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
    #expect(
      test.lines.all == [
        "refused, unsupported: no such path: \(path); "
          + "OTLP goes to /v1/traces, /v1/logs or /v1/metrics"
      ])
  }

  @Test("A sender that asks first is told to continue")
  func expectContinue() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    peer.send(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
        + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n")
    let told = peer.read { $0.hasSuffix("\r\n\r\n") }
    #expect(told == "HTTP/1.1 100 Continue\r\n\r\n")
    peer.send("spans")
    #expect(peer.read { $0 == Self.accepted } == Self.accepted)
  }

  @Test("A body that is too long is refused with 413 and the connection closed")
  func tooLong() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    peer.send(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
        + "Content-Length: 99999999\r\n\r\n")
    let answer = peer.read { $0.contains("is longer than 67108864") }
    #expect(answer.hasPrefix("HTTP/1.1 413 Payload Too Large\r\n"))
    #expect(answer.contains("Connection: close\r\n"))
    #expect(test.collector.statistics.counts.badRequests == 1)
  }

  @Test("Errors have a status, a reason and, for 405, what is allowed")
  func errors() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    peer.send("DELETE /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    let wrong = peer.read { $0.contains("not DELETE") }
    #expect(wrong.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
    #expect(wrong.contains("Allow: POST\r\n"))
    peer.send(Self.post("bad"))
    let malformed = peer.read { $0.hasSuffix("byte 0: bad") }
    #expect(malformed.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
    peer.send(Self.post("busy"))
    let busy = peer.read { $0.contains("RetryInfo") }
    #expect(busy.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    #expect(busy.contains("Retry-After: 1\r\n"))
    #expect(test.collector.statistics.counts.requestsOverloaded == 1)
    #expect(
      test.lines.all == [
        "refused, unsupported: /v1/traces takes POST, not DELETE",
        "refused, malformed: byte 0: bad", "refused, overloaded: busy",
      ])
  }

  @Test("A request in JSON is answered in JSON, whatever comes of it")
  func json() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    func answer(_ body: String, _ end: String) -> (status: Substring, body: Substring) {
      peer.send(
        "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
      let text = peer.read { $0.hasSuffix(end) }
      #expect(text.contains("Content-Type: application/json\r\n"))
      let lines = text.split(separator: "\r\n")
      return (lines.first ?? "", lines.last ?? "")
    }
    #expect(answer("spans", "{}") == ("HTTP/1.1 200 OK", "{}"))
    #expect(
      answer("partial", "}}")
        == (
          "HTTP/1.1 200 OK",
          #"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"three are bad"}}"#
        ))
    #expect(
      answer("bad", "}")
        == ("HTTP/1.1 400 Bad Request", #"{"code":3,"message":"byte 0: bad"}"#))
    #expect(
      answer("busy", "]}")
        == (
          "HTTP/1.1 503 Service Unavailable",
          #"{"code":14,"message":"busy","details":[{"@type":"#
            + #""type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1s"}]}"#
        ))
    // An empty list of logs, and metrics with a point.
    for (path, body) in [
      ("logs", #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{"x":[1]}]}]}]}"#),
      (
        "metrics",
        #"{"resource_metrics":[{"scopeMetrics":[{"metrics":[{"sum":{"dataPoints":[{}]}}]}]}]}"#
      ),
    ] {
      peer.send(
        "POST /v1/\(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
      #expect(peer.read { $0.hasSuffix("{}") }.hasPrefix("HTTP/1.1 200 OK\r\n"))
    }
    let counts = test.collector.statistics.counts
    #expect((counts.logs, counts.metrics) == (2, 1))
  }

  @Test("A page of this machine may send and read, and one from elsewhere may not")
  func pages() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    func ask(_ origin: String) -> String {
      peer.send(
        "OPTIONS /v1/traces HTTP/1.1\r\nHost: x\r\nOrigin: \(origin)\r\n"
          + "Access-Control-Request-Method: POST\r\n"
          + "Access-Control-Request-Headers: content-type\r\n\r\n")
      return peer.read { $0.contains("\r\n\r\n") }
    }
    #expect(
      ask("http://localhost:3000") == """
        HTTP/1.1 204 No Content\r
        Access-Control-Allow-Origin: http://localhost:3000\r
        Vary: Origin\r
        Access-Control-Allow-Methods: POST, GET, HEAD\r
        Access-Control-Allow-Headers: content-type\r
        Access-Control-Max-Age: 86400\r
        \r

        """)
    // An exporter in a page may read when to try again.
    for body in ["spans", "busy"] {
      peer.send(Self.post(body, "Origin: http://localhost:3000\r\n"))
      let answer = peer.read { $0.contains(body == "busy" ? "RetryInfo" : "\r\n\r\n") }
      #expect(
        answer.contains(
          """
          Access-Control-Allow-Origin: http://localhost:3000\r
          Vary: Origin\r
          Access-Control-Expose-Headers: Retry-After\r
          \r

          """))
      #expect(answer.contains("Retry-After: 1\r\n") == (body == "busy"))
    }
    let foreign = ask("https://evil.example")
    #expect(foreign.hasPrefix("HTTP/1.1 403 Forbidden\r\n"))
    #expect(!foreign.contains("Access-Control"))
  }

  @Test("The figures are there for Prometheus")
  func metrics() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    peer.send("GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    let answer = peer.readToEnd()
    #expect(answer.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
    #expect(answer.hasSuffix("\r\n\r\nrequests 0\n"))
  }

  @Test("Health is a line of text, and HEAD has no body")
  func health() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    peer.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    let head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\n"
    #expect(peer.read { $0.hasSuffix("ok\n") } == head + "ok\n")
    peer.send("HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    #expect(peer.readToEnd().hasSuffix("Connection: close\r\n\r\n"))
  }

  @Test("What is not HTTP is answered with 400 and hung up on")
  func notHTTP() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.http))
    peer.send("what is this\r\n\r\n")
    #expect(peer.readToEnd().hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
  }
}
