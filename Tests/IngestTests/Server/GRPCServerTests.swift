import NIOCore
import Testing

@testable import Ingest

@Suite("gRPC over real sockets")
struct GRPCServerTests {
  @Test("Exports arrive over TCP and over the Unix socket")
  func export() throws {
    let folder = TemporaryFolder()
    let test = try TestCollector(socketPath: folder.path + "/c.sock")
    for kind in [Endpoint.Kind.grpc, .unix] {
      let client = try CollectorClient(try test.address(kind))
      defer { client.close() }
      let long = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)
      #expect(try client.exportTraces(MessageBytes(Array("spans".utf8))) == (0, ""))
      #expect(try client.exportTraces(MessageBytes(long)) == (0, ""))
      #expect(test.bodies.all.suffix(2) == [Array("spans".utf8), long])
    }
    #expect(test.collector.statistics.counts.requests == 4)
    #expect(test.collector.statistics.counts.spans == 4)
  }

  @Test("What the receiver says of a request reaches the sender")
  func outcomes() throws {
    let test = try TestCollector()
    let address = try test.address(.grpc)
    let client = try CollectorClient(address)
    defer { client.close() }
    #expect(
      try client.exportTraces(MessageBytes(Array("partial".utf8))) == (3, "three are bad"))
    #expect(
      throws: IngestError(.unfit, "the collector at \(address) refused: byte 0: bad")
    ) { try client.exportTraces(MessageBytes(Array("bad".utf8))) }
    #expect(
      throws: IngestError(
        .notRunning, "the collector at \(address) is not available: busy",
        retry: IngestError.Retry(afterMilliseconds: IngestLimits.retryDelayMilliseconds))
    ) { try client.exportTraces(MessageBytes(Array("busy".utf8))) }
    let counts = test.collector.statistics.counts
    #expect(counts.requests == 1)
    #expect(counts.badRequests == 1)
    #expect(counts.spansRejected == 3)
    #expect(counts.requestsOverloaded == 1)
  }

  @Test("Who is told to try again is told when")
  func retryDelay() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.grpc))
    peer.send(
      RawHTTP2.preface + RawHTTP2.export() + RawHTTP2.data(RawHTTP2.message(Array("busy".utf8))))
    // HPACK may shorten names and values; the length of what is in them tells enough here, and the
    // end-to-end tests read it with a client that others wrote.
    test.collector.statistics.waitUntil { $0.requestsOverloaded == 1 }
    let status = GRPCStatus(.unavailable, "busy", retryDelayMilliseconds: 1_500)
    #expect(
      ExportResponse.details(of: status)
        == "CA4SBGJ1c3kaNgoodHlwZS5nb29nbGVhcGlzLmNvbS9nb29nbGUucnBjLlJldHJ5SW5mbxIKCggIARCAyrXuAQ")
  }

  @Test("A request that comes byte by byte is a request")
  func byteByByte() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.grpc))
    let bytes =
      RawHTTP2.preface + RawHTTP2.export()
      + RawHTTP2.data(RawHTTP2.message(Array("slow".utf8)))
    for byte in bytes { peer.send([byte]) }
    test.bodies.wait("the body arrives") { $0 == [Array("slow".utf8)] }
  }

  @Test("gzip is taken, and what only claims to be gzip is refused")
  func gzip() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.grpc))
    peer.send(
      RawHTTP2.preface + RawHTTP2.export(encoding: "gzip")
        + RawHTTP2.data(RawHTTP2.message(InflaterTests.hello, flag: 1)))
    test.bodies.wait("the body arrives") { $0 == [Array("hello spans".utf8)] }
    let liar = RawPeer(port: try test.port(.grpc))
    liar.send(
      RawHTTP2.preface + RawHTTP2.export(encoding: "gzip")
        + RawHTTP2.data(RawHTTP2.message([1, 2, 3], flag: 1)))
    waitForBadRequests(1, test)
  }

  @Test("A message over the limit is refused before it is sent")
  func oversized() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.grpc))
    // 128 MiB are announced, and five bytes are sent.
    peer.send(
      RawHTTP2.preface + RawHTTP2.export() + RawHTTP2.data([0, 8, 0, 0, 0], isLast: false))
    waitForBadRequests(1, test)
    // The connection lives on.
    peer.send(
      RawHTTP2.headers(
        [
          (":method", "POST"), (":scheme", "http"), (":path", GRPCMethod.exportTraces.rawValue),
          ("content-type", "application/grpc"),
        ], stream: 3) + RawHTTP2.data(RawHTTP2.message(Array("next".utf8)), stream: 3))
    test.bodies.wait("the next body arrives") { $0 == [Array("next".utf8)] }
  }

  @Test("Something that is not gRPC is counted as a bad request")
  func wrongContentType() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.grpc))
    peer.send(
      RawHTTP2.preface + RawHTTP2.export(contentType: "application/json")
        + RawHTTP2.data(Array("{}".utf8)))
    waitForBadRequests(1, test)
    #expect(test.bodies.all.isEmpty)
  }

  @Test("HTTP/1.1 on the gRPC port is hung up on, and others are served on")
  func notHTTP2() throws {
    let test = try TestCollector()
    let peer = RawPeer(port: try test.port(.grpc))
    peer.send("POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    _ = peer.readToEnd()
    let client = try CollectorClient(try test.address(.grpc))
    defer { client.close() }
    #expect(try client.status() == Array("{\"requests\":0}".utf8))
  }

  @Test("Health, logs and metrics are answered")
  func otherServices() throws {
    let test = try TestCollector()
    let client = try TestCalls(try test.address(.grpc))
    #expect(client.call(.healthCheck, []) == .init(message: [8, 1], status: .ok))
    let name = Array("grpc.health.v1.Health".utf8)
    let known: [UInt8] = [10, UInt8(name.count)] + name
    #expect(client.call(.healthCheck, known) == .init(message: [8, 1], status: .ok))
    #expect(
      client.call(.healthCheck, [10, 1, 120])
        == .init(status: GRPCStatus(.notFound, "unknown service x")))
    // One resource, one scope, two records.
    let logs: [UInt8] = [10, 6, 18, 4, 18, 0, 18, 0]
    #expect(client.call(.exportLogs, logs) == .init(message: [], status: .ok))
    #expect(
      client.call(.exportLogs, [10])
        == .init(status: GRPCStatus(.invalidArgument, "byte 1: the message ends inside a field")))
    let metrics: [UInt8] = [10, 8, 18, 6, 18, 4, 42, 2, 10, 0]
    #expect(client.call(.exportMetrics, metrics) == .init(message: [], status: .ok))
    let counts = test.collector.statistics.counts
    #expect((counts.logs, counts.metrics, counts.badRequests) == (2, 1, 1))
  }

  @Test("Stop is answered over the Unix socket only")
  func stop() throws {
    let folder = TemporaryFolder()
    let test = try TestCollector(socketPath: folder.path + "/c.sock")
    let remote = try CollectorClient(try test.address(.grpc))
    defer { remote.close() }
    #expect(
      throws: IngestError(
        .refused,
        "the collector at \(remote.address) refused: "
          + "Stop is answered on the collector's Unix socket only")
    ) { try remote.stop() }
    #expect(test.stops.all.isEmpty)
    let local = try CollectorClient(try test.address(.unix))
    defer { local.close() }
    try local.stop()
    test.stops.wait("the collector is told to stop") { $0.count == 1 }
  }

  private func waitForBadRequests(_ count: UInt64, _ test: TestCollector) {
    Log<Void>().wait("\(count) bad requests") { _ in
      test.collector.statistics.counts.badRequests == count
    }
  }
}

/// Calls of any method, each waiting for its end.
final class TestCalls {
  struct Outcome: Equatable {
    var message: [UInt8]?
    var status: GRPCStatus
  }

  private let group = IngestThreads.start(1)
  private let connection: ClientConnection

  init(_ address: CollectorAddress) throws {
    connection = try ClientConnection.connect(to: address, on: group.any()).wait()
  }

  deinit { try? group.syncShutdownGracefully() }

  func call(_ method: GRPCMethod, _ message: [UInt8]) -> Outcome {
    let messages = Log<[UInt8]>()
    let ends = Log<GRPCStatus>()
    connection.start(
      GRPCClientCall(
        path: method.rawValue, message: ByteBuffer(bytes: message),
        onMessage: { message in
          messages.append(Array(message.readableBytesView))
          return nil
        },
        onEnd: { ends.append($0) }))
    let status = ends.wait("the call ends") { !$0.isEmpty }.first
    return Outcome(message: messages.all.first, status: status ?? GRPCStatus(.unknown))
  }
}
