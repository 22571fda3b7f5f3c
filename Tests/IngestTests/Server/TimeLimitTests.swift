import NIOCore
import Testing

@testable import Ingest

@Suite("Limits of time and number")
struct TimeLimitTests {
  private static func limits(_ change: (inout ReceivingLimits) -> Void) -> ReceivingLimits {
    var limits = ReceivingLimits()
    change(&limits)
    return limits
  }

  @Test("An HTTP head that does not come to its end is given up, however slowly it drips")
  func slowHead() throws {
    let test = try TestCollector(limits: Self.limits { $0.headMilliseconds = 200 })
    let silent = RawPeer(port: try test.port(.http))
    let slow = RawPeer(port: try test.port(.http))
    slow.send("POST /v1/traces HTTP/1.1\r\nHo")
    let good = RawPeer(port: try test.port(.http))
    good.send(HTTPServerTests.post("spans"))
    #expect(good.read { $0 == HTTPServerTests.accepted } == HTTPServerTests.accepted)
    for peer in [silent, slow] {
      #expect(peer.readToEnd().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
    }
    test.collector.statistics.waitUntil { $0.requestsTimedOut == 2 }
    // Who has sent a request may be silent afterwards, and go on.
    good.send(HTTPServerTests.post("more"))
    #expect(good.read { $0 == HTTPServerTests.accepted } == HTTPServerTests.accepted)
    // A second head has to come to its end too.
    good.send("POST /v1/tr")
    #expect(good.readToEnd().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
  }

  @Test("An HTTP body that stalls is given up")
  func stalledBody() throws {
    let test = try TestCollector(limits: Self.limits { $0.stallMilliseconds = 200 })
    let peer = RawPeer(port: try test.port(.http))
    peer.send(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + "Content-Length: 100\r\n\r\nsome")
    let answer = peer.readToEnd()
    #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
    #expect(answer.hasSuffix(#"{"code":4,"message":"the body did not arrive in time"}"#))
    test.collector.statistics.waitUntil { $0.requestsTimedOut == 1 }
  }

  @Test("A body that drips is given up once it takes too long as a whole")
  func drippingBody() throws {
    let test = try TestCollector(
      limits: Self.limits {
        $0.stallMilliseconds = 5_000
        $0.requestMilliseconds = 300
      })
    let peer = RawPeer(port: try test.port(.http))
    peer.send(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
        + "Content-Length: 100000\r\n\r\n")
    test.collector.statistics.waitUntil {
      peer.send("x")
      return $0.requestsTimedOut == 1
    }
  }

  @Test("A gRPC connection that says nothing, and a call that stalls, are given up")
  func stalledCall() throws {
    let test = try TestCollector(
      limits: Self.limits {
        $0.headMilliseconds = 200
        $0.stallMilliseconds = 200
      })
    let silent = RawPeer(port: try test.port(.grpc))
    let stalled = RawPeer(port: try test.port(.grpc))
    stalled.send(
      RawHTTP2.preface + RawHTTP2.export() + RawHTTP2.data([0, 0, 0, 0, 9, 1], isLast: false))
    #expect(!silent.readToEnd().contains("grpc-status"))
    test.collector.statistics.waitUntil { $0.requestsTimedOut == 2 }
    // The connection of the stalled call lives on.
    stalled.send(
      RawHTTP2.headers(
        [
          (":method", "POST"), (":scheme", "http"), (":path", GRPCMethod.exportTraces.rawValue),
          ("content-type", "application/grpc"),
        ], stream: 3) + RawHTTP2.data(RawHTTP2.message(Array("next".utf8)), stream: 3))
    test.bodies.wait("the next body arrives") { $0 == [Array("next".utf8)] }
  }

  @Test(
    "A connection without a request is closed in the end", arguments: [Endpoint.Kind.http, .grpc])
  func idle(_ kind: Endpoint.Kind) throws {
    let test = try TestCollector(limits: Self.limits { $0.idleMilliseconds = 200 })
    let peer = RawPeer(port: try test.port(kind))
    if kind == .http {
      peer.send(HTTPServerTests.post("spans"))
    } else {
      peer.send(
        RawHTTP2.preface + RawHTTP2.export() + RawHTTP2.data(RawHTTP2.message([1, 2, 3])))
    }
    // Ends because the collector hangs up.
    #expect(!peer.readToEnd().isEmpty)
    #expect(test.collector.statistics.counts.requests == 1)
    #expect(test.collector.statistics.counts.requestsTimedOut == 0)
  }

  @Test("Neither a head nor a body under way counts as a connection without a request")
  func idleUnderWay() throws {
    let test = try TestCollector(limits: Self.limits { $0.idleMilliseconds = 100 })
    let whole = HTTPServerTests.post("spans")
    let port = try test.port(.http)
    // What comes of each end is sent later; two of each, one for each event loop.
    let beginnings = [whole.dropLast(2), whole.dropLast(2), whole.prefix(20), whole.prefix(20)]
    let slow = beginnings.map { beginning in
      let peer = RawPeer(port: port)
      peer.send(String(beginning))
      return peer
    }
    let idle = [RawPeer(port: port), RawPeer(port: port)]
    for peer in idle { peer.send(whole) }
    // These end later than those under way would, did those count as idle.
    for peer in idle { #expect(peer.readToEnd() == HTTPServerTests.accepted) }
    for (peer, beginning) in zip(slow, beginnings) {
      peer.send(String(whole.dropFirst(beginning.count)))
      #expect(peer.read { $0 == HTTPServerTests.accepted } == HTTPServerTests.accepted)
    }
    #expect(test.collector.statistics.counts.requestsTimedOut == 0)
  }

  @Test("One connection too many is closed, and counted")
  func connections() throws {
    let test = try TestCollector(limits: Self.limits { $0.connections = 1 })
    let first = RawPeer(port: try test.port(.http))
    first.send(HTTPServerTests.post("one"))
    #expect(first.read { $0 == HTTPServerTests.accepted } == HTTPServerTests.accepted)
    let second = RawPeer(port: try test.port(.grpc))
    #expect(second.readToEnd().isEmpty)
    test.collector.statistics.waitUntil { $0.connectionsRefused == 1 }
    #expect(
      test.lines.all == ["refused, connection refused: there are 1 connections already"])
  }

  @Test("One request too many is told to come back, with 429")
  func requestsInFlight() throws {
    let test = try TestCollector(limits: Self.limits { $0.requestsInFlight = 0 })
    let peer = RawPeer(port: try test.port(.http))
    peer.send(HTTPServerTests.post("spans"))
    let answer = peer.readToEnd()
    #expect(answer.hasPrefix("HTTP/1.1 429 Too Many Requests\r\n"))
    #expect(answer.contains("Retry-After: 1\r\n"))
    let client = try TestCalls(try test.address(.grpc))
    #expect(
      client.call(.exportTraces, [1])
        == .init(
          status: GRPCStatus(
            .resourceExhausted, "0 requests are under way already", retryDelayMilliseconds: 1_000)))
    #expect(test.collector.statistics.counts.requestsOverloaded == 2)
    #expect(test.bodies.all.isEmpty)
  }

  @Test("Bodies under way take no more memory than they may, and short ones go through")
  func bytesInFlight() throws {
    let test = try TestCollector(limits: Self.limits { $0.bytesInFlight = 256 << 10 })
    let long = [UInt8](repeating: 7, count: 600_000)
    let peer = RawPeer(port: try test.port(.http))
    peer.send(
      "POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
        + "Content-Length: 600000\r\n\r\n")
    peer.send(long)
    #expect(peer.readToEnd().hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    let client = try TestCalls(try test.address(.grpc))
    #expect(
      client.call(.exportTraces, long).status
        == GRPCStatus(
          .unavailable, "bodies of 262144 bytes are under way already",
          retryDelayMilliseconds: 1_000))
    #expect(client.call(.exportTraces, [1, 2, 3]) == .init(message: [], status: .ok))
    #expect(test.collector.statistics.counts.requestsOverloaded == 2)
  }
}

extension CollectorStatistics {
  /// Waits until the figures satisfy the condition; records an issue after ten seconds.
  func waitUntil(
    sourceLocation: SourceLocation = #_sourceLocation, _ condition: (Counts) -> Bool
  ) {
    Log<Void>().wait("the figures", sourceLocation: sourceLocation) { _ in condition(counts) }
  }
}
