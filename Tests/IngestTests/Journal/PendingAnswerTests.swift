import Glibc
import Support
import Synchronization
import Testing

@testable import Ingest

@Suite("Answers that wait for the journal")
struct PendingAnswerTests {
  @Test("A gRPC call is answered once its request is settled, and not before")
  func grpc() throws {
    let journal = HeldJournal()
    let test = try TestCollector(journal: journal)
    let address = try test.address(.grpc)
    let answers = Log<Int>()
    inParallel([
      {
        guard let client = try? CollectorClient(address) else { return }
        defer { client.close() }
        for number in 1...3 where (try? client.exportTraces(MessageBytes([7]))) != nil {
          answers.append(number)
        }
      },
      {
        for number in 1...3 {
          journal.bodies.wait("request \(number) is appended") { $0.count == number }
          usleep(20_000)
          #expect(answers.all.count == number - 1)
          journal.settle(UInt64(number))
          answers.wait("answer \(number)") { $0.count == number }
        }
      },
    ])
  }

  @Test("HTTP requests behind each other are answered in order, each once it is settled")
  func pipelined() throws {
    let journal = HeldJournal()
    let test = try TestCollector(journal: journal)
    let peer = RawPeer(port: try test.port(.http))
    peer.send(["one", "two", "three"].map { HTTPServerTests.post($0) }.joined())
    journal.bodies.wait("the first is appended") { $0.count == 1 }
    usleep(20_000)
    // The second is not looked at before the first is answered.
    #expect(journal.bodies.all.count == 1)
    for number in 1...3 {
      journal.bodies.wait("request \(number) is appended") { $0.count == number }
      journal.settle(UInt64(number))
      #expect(peer.read { $0 == HTTPServerTests.accepted } == HTTPServerTests.accepted)
    }
    // And it is still read from.
    peer.send(HTTPServerTests.post("bad"))
    #expect(peer.read { $0.hasSuffix("byte 0: bad") }.hasPrefix("HTTP/1.1 400"))
    #expect(test.bodies.all == ["one", "two", "three"].map { Array($0.utf8) })
  }

  @Test("What is not HTTP behind a request does not take its answer away")
  func brokenBehind() throws {
    let journal = HeldJournal()
    let test = try TestCollector(journal: journal)
    let peer = RawPeer(port: try test.port(.http))
    peer.send(HTTPServerTests.post("one") + "\u{1}\u{2}\r\n\r\n")
    // An answer that does not have to wait may go before what is behind the request is looked at.
    journal.waits.wait("its answer waits") { $0.contains(1) }
    journal.settle(1)
    #expect(peer.readToEnd() == HTTPServerTests.accepted)
  }

  @Test("A connection whose answer waits is not one without a request")
  func idle() throws {
    let journal = HeldJournal()
    var limits = ReceivingLimits()
    limits.idleMilliseconds = 100
    let test = try TestCollector(limits: limits, journal: journal)
    let port = try test.port(.http)
    let waiting = RawPeer(port: port)
    waiting.send(HTTPServerTests.post("one"))
    journal.waits.wait("its answer waits") { $0.contains(1) }
    // Two, one for each event loop; health is not journaled.
    let idle = [RawPeer(port: port), RawPeer(port: port)]
    for peer in idle { peer.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") }
    for peer in idle { #expect(peer.readToEnd().hasSuffix("ok\n")) }
    journal.settle(1)
    #expect(waiting.read { $0 == HTTPServerTests.accepted } == HTTPServerTests.accepted)
  }

  @Test("A body that begins behind an answer that waits has to come to its end, too")
  func stalledBehind() throws {
    let journal = HeldJournal()
    var limits = ReceivingLimits()
    limits.stallMilliseconds = 200
    let test = try TestCollector(limits: limits, journal: journal)
    let peer = RawPeer(port: try test.port(.http))
    peer.send(HTTPServerTests.post("one") + HTTPServerTests.post("more").dropLast(2))
    journal.waits.wait("its answer waits") { $0.contains(1) }
    journal.settle(1)
    #expect(
      peer.readToEnd().hasPrefix(
        HTTPServerTests.accepted + "HTTP/1.1 408 Request Timeout\r\n"))
    #expect(test.collector.statistics.counts.requestsTimedOut == 1)
  }

  @Test("A sender that leaves before its answer leaves nothing behind")
  func leaves() throws {
    let journal = HeldJournal()
    let test = try TestCollector(journal: journal)
    for port in [try test.port(.http), try test.port(.grpc)] {
      let isHTTP = port == (try test.port(.http))
      var peer: RawPeer? = RawPeer(port: port)
      peer?.send(
        isHTTP
          ? Array(HTTPServerTests.post("gone").utf8)
          : RawHTTP2.preface + RawHTTP2.export()
            + RawHTTP2.data(RawHTTP2.message(Array("gone".utf8))))
      let count = isHTTP ? 1 : 2
      journal.bodies.wait("it is appended") { $0.count == count }
      peer = nil
      usleep(20_000)
      journal.settle(UInt64(count))
    }
    let client = try CollectorClient(try test.address(.grpc))
    defer { client.close() }
    journal.settle(100)
    #expect(try client.exportTraces(MessageBytes([7])) == (0, ""))
  }

  @Test(
    "A journal that is behind refuses before anything is stored, and the sender is told when to come again"
  )
  func behind() throws {
    let journal = HeldJournal()
    let test = try TestCollector(journal: journal)
    journal.refusal.withLock { $0 = "the journal is behind" }
    let peer = RawPeer(port: try test.port(.http))
    peer.send(HTTPServerTests.post("one"))
    let answer = peer.read { $0.contains("RetryInfo") }
    #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    #expect(answer.contains("Retry-After: 1\r\n"))
    #expect(test.bodies.all.isEmpty)
    #expect(journal.bodies.all.isEmpty)
    #expect(test.collector.statistics.counts.requestsOverloaded == 1)
  }

  @Test("Refused requests are neither journaled nor made to wait")
  func refused() throws {
    let journal = HeldJournal()
    let test = try TestCollector(journal: journal)
    let peer = RawPeer(port: try test.port(.http))
    peer.send(HTTPServerTests.post("bad"))
    #expect(peer.read { $0.hasSuffix("byte 0: bad") }.hasPrefix("HTTP/1.1 400"))
    #expect(journal.bodies.all.isEmpty)
  }
}

/// A journal that settles what it is told to.
final class HeldJournal: RequestJournal {
  let bodies = Log<[UInt8]>()
  let refusal = Mutex<String?>(nil)
  /// How many requests were appended, each time that the last of them was asked for and not settled.
  let waits = Log<UInt64>()
  private let count = Atomic<UInt64>(0)
  private let settledCount = Atomic<UInt64>(0)
  private let wakes = Mutex<[@Sendable () -> Void]>([])

  var appended: UInt64 { count.load(ordering: .acquiring) }
  var settled: UInt64 {
    let (settled, appended) = (settledCount.load(ordering: .acquiring), appended)
    if settled < appended { waits.append(appended) }
    return min(settled, appended)
  }

  func refusal(ofBytes count: Int) -> String? { refusal.withLock { $0 } }

  func append(_ kind: JournalKind, _ body: UnsafeRawBufferPointer, items: Int) {
    // Counted first: whoever sees the body may settle it.
    count.add(1, ordering: .releasing)
    bodies.append(unsafe Array(body))
  }

  func observe(_ wake: @escaping @Sendable () -> Void) { wakes.withLock { $0.append(wake) } }

  func settle(_ number: UInt64) {
    settledCount.store(number, ordering: .releasing)
    for wake in wakes.withLock({ $0 }) { wake() }
  }
}
