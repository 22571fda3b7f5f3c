import NIOCore
import Store
import Support
import Synchronization
import Testing

@testable import Ingest

@Suite("Pins of attached explorers")
struct PinTests {
  private static func id(_ number: UInt64) -> TraceID { TraceID(high: 0xACE, low: number) }

  /// A collector over a store with a few traces, which tells its viewers of pins.
  private static func scene() throws -> (test: TestCollector, store: Store) {
    let scene = LogScene()
    scene.receiveSpans(of: 1...3)
    let store = scene.store
    let test = try TestCollector(
      held: { (request) throws(GRPCStatus) in
        try HeldTraces.answering(request, from: store.settledSnapshot(), now: UnixNanos(5_000))
      }, pins: { store.setPinned($0.isPinned, $0.trace) })
    let collector = test.collector
    store.observePins { [weak collector] in collector?.pass($0) }
    return (test, store)
  }

  private static func isPinned(_ trace: UInt64, in store: Store) -> Bool {
    let snapshot = store.settledSnapshot()
    return snapshot.find(id(trace)).flatMap { snapshot.pinnedID(of: $0) } == id(trace)
  }

  @Test("A pin of one viewer is kept by the collector and told to all; so is its end")
  func told() throws {
    let (test, store) = try Self.scene()
    let frames = (Log<WatchFrame>(), Log<WatchFrame>())
    let address = try test.address(.grpc)
    let viewers = [frames.0, frames.1].map { log in
      WatchConnection(address) { if case .frame(let frame) = $0 { log.append(frame) } }
    }
    defer { for viewer in viewers { viewer.stop() } }
    for log in [frames.0, frames.1] {
      log.wait("the viewer has caught up") { $0.contains(.caughtUp) }
    }
    let answers = Log<Bool?>()
    for isPinned in [true, true, false] {
      viewers[0].pin(PinRequest(trace: Self.id(2), isPinned: isPinned)) {
        answers.append((try? $0?.get())?.isHeld)
      }
      let count = answers.all.count
      answers.wait("an answer") { $0.count > count || $0.count == 3 }
    }
    answers.wait("three answers") { $0.count == 3 }
    #expect(answers.all == [true, true, true])
    let expected = [true, false].map {
      WatchFrame.pins(PinChange(traces: [Self.id(2)], isPinned: $0))
    }
    for log in [frames.0, frames.1] {
      // What changes nothing is told to nobody.
      let all = log.wait("both changes") { $0.contains(expected[1]) }
      #expect(all.filter { if case .pins = $0 { true } else { false } } == expected)
    }
    #expect(!Self.isPinned(2, in: store))
  }

  @Test("A viewer that comes later is told what is pinned, behind its spans")
  func later() throws {
    let (test, store) = try Self.scene()
    #expect(store.setPinned(true, Self.id(3)))
    #expect(Self.isPinned(3, in: store))
    let client = try CollectorClient(try test.address(.grpc))
    defer { client.close() }
    let frames = Log<WatchFrame>()
    try client.watch(WatchRequest(follow: false)) {
      frames.append($0)
      return true
    }
    let all = frames.all
    #expect(all.count == 4)
    #expect(all[2] == .pins(PinChange(traces: [Self.id(3)], isPinned: true)))
    #expect(all[3] == .caughtUp)
  }

  @Test("A trace that is not held is not pinned, and the viewer is told so")
  func unknown() throws {
    let (test, _) = try Self.scene()
    let answers = Log<Bool?>()
    let connected = Log<Void>()
    let viewer = WatchConnection(try test.address(.grpc)) {
      if case .connected = $0 { connected.append(()) }
    }
    defer { viewer.stop() }
    connected.wait("connected") { !$0.isEmpty }
    viewer.pin(PinRequest(trace: Self.id(99), isPinned: true)) {
      answers.append((try? $0?.get())?.isHeld)
    }
    answers.wait("an answer") { $0.count == 1 }
    #expect(answers.all == [false])
  }

  @Test("A collector that is away is no answer at all")
  func away() throws {
    let folder = TemporaryFolder()
    let lost = Log<Void>()
    let viewer = WatchConnection(.unix(path: folder.path + "/none.sock")) {
      if case .disconnected = $0 { lost.append(()) }
    }
    defer { viewer.stop() }
    lost.wait("nobody there") { !$0.isEmpty }
    let answers = Log<Bool>()
    viewer.pin(PinRequest(trace: Self.id(1), isPinned: true)) { answers.append($0 == nil) }
    #expect(answers.all == [true])
  }
}

@Suite("How a collector stands, told to its viewers")
struct PushedStatusTests {
  @Test("A viewer is told at once and when something was refused; at rest nobody is told")
  func pushed() throws {
    let test = try TestCollector()
    let statuses = Log<String>()
    let viewer = WatchConnection(try test.address(.grpc)) {
      if case .frame(.status(let json)) = $0 {
        statuses.append(String(decoding: json.bytes, as: UTF8.self))
      }
    }
    defer { viewer.stop() }
    statuses.wait("the first") { $0 == [#"{"requests":0}"#] }
    let client = try CollectorClient(try test.address(.grpc))
    defer { client.close() }
    for _ in 0..<5 { try client.exportTraces(MessageBytes(Array("spans".utf8))) }
    statuses.wait("what five requests came to") { $0.last == #"{"requests":5}"# }
    // Five requests in less than the pause are told in one or two frames.
    #expect(statuses.all.count <= 3)
    _ = try? client.exportTraces(MessageBytes(Array("bad".utf8)))
    let count = statuses.all.count
    statuses.wait("a refusal") { $0.count > count }
  }

  @Test("The latest status goes ahead of what is held, and only the latest")
  func order() {
    let status = { (text: String) in MessageBytes(text.utf8) }
    var feed = ViewerFeed(
      isFollowing: true, info: ViewerFeedTests.info, status: status("a"), maximumBytes: 100)
    #expect(feed.next() == .send(.serverInfo(ViewerFeedTests.info)))
    #expect(feed.next() == .send(.status(status("a"))))
    #expect(feed.next() == .fetchHeld)
    #expect(feed.next() == .wait)
    #expect(feed.receive(status: status("b")) == true)
    #expect(feed.receive(status: status("c")) == false)
    #expect(feed.next() == .send(.status(status("c"))))
    #expect(feed.next() == .wait)
  }

  @Test("A viewer that is too slow for pins begins anew")
  func flood() {
    var feed = ViewerFeed(isFollowing: true, info: ViewerFeedTests.info, maximumBytes: 100)
    let change = PinChange(traces: [TraceID(high: 1, low: 1)], isPinned: true)
    for _ in 0..<4 { _ = feed.receive(change) }
    #expect(feed.next() == .send(.serverInfo(ViewerFeedTests.info)))
    _ = feed.receive(change)
    #expect(feed.next() == .end(GRPCStatus(.unavailable, "the viewer is too far behind")))
  }
}
