import Testing

@testable import Ingest

@Suite("ViewerQueue")
struct ViewerQueueTests {
  static func body(_ count: Int) -> MessageBytes {
    MessageBytes([UInt8](repeating: 7, count: count))
  }

  @Test("What does not fit is counted where it would have stood")
  func overflow() {
    var queue = ViewerQueue(maximumBytes: 10)
    #expect(queue.append(Self.body(6), spans: 1) == true)
    #expect(queue.append(Self.body(5), spans: 2) == false)
    #expect(queue.append(Self.body(6), spans: 3) == false)
    #expect(queue.append(Self.body(4), spans: 4) == true)
    #expect(queue.byteCount == 10)
    #expect(queue.next() == .request(Self.body(6)))
    #expect(queue.next() == .missed(spans: 5))
    #expect(queue.next() == .request(Self.body(4)))
    #expect(queue.next() == nil)
    #expect(queue.isEmpty)
  }

  @Test("A loss is told even if nothing follows it")
  func lastLoss() {
    var queue = ViewerQueue(maximumBytes: 10)
    _ = queue.append(Self.body(10), spans: 1)
    _ = queue.append(Self.body(1), spans: 9)
    _ = queue.next()
    #expect(!queue.isEmpty)
    #expect(queue.next() == .missed(spans: 9))
    #expect(queue.next() == nil)
  }

  @Test("A request longer than the queue is taken when the queue is empty")
  func longRequest() {
    var queue = ViewerQueue(maximumBytes: 10)
    #expect(queue.append(Self.body(11), spans: 1) == true)
    #expect(queue.append(Self.body(1), spans: 1) == false)
  }
}

@Suite("ViewerFeed")
struct ViewerFeedTests {
  typealias Step = ViewerFeed.Step
  static let info = WatchFrame.ServerInfo(version: "1", endpoints: ["grpc 127.0.0.1:4317"])

  static func body(_ text: String) -> MessageBytes { MessageBytes(text.utf8) }

  @Test("First who, then what is held, then the mark, then what arrives")
  func order() {
    var feed = ViewerFeed(isFollowing: true, info: Self.info, maximumBytes: 100)
    #expect(feed.next() == .send(.serverInfo(Self.info)))
    #expect(feed.next() == .fetchHeld)
    #expect(feed.next() == .wait)
    #expect(feed.receive(Self.body("live"), spans: 1) == (true, true))
    #expect(feed.next() == .wait)
    #expect(feed.receiveHeld(Self.body("held")) == true)
    #expect(feed.next() == .send(.exportRequest(Self.body("held"))))
    #expect(feed.next() == .fetchHeld)
    #expect(feed.receiveHeld(nil) == false)
    #expect(feed.next() == .send(.caughtUp))
    #expect(feed.next() == .send(.exportRequest(Self.body("live"))))
    #expect(feed.next() == .wait)
  }

  @Test("A queue that is half full goes ahead of what is held")
  func pressure() {
    var feed = ViewerFeed(isFollowing: true, info: Self.info, maximumBytes: 10)
    _ = feed.next()
    #expect(feed.next() == .fetchHeld)
    _ = feed.receive(Self.body("123"), spans: 1)
    #expect(feed.next() == .wait)
    _ = feed.receive(Self.body("4567"), spans: 1)
    #expect(feed.next() == .send(.exportRequest(Self.body("123"))))
    #expect(feed.next() == .wait)
  }

  @Test("The sender is woken once, and only while it waits")
  func wakes() {
    var feed = ViewerFeed(isFollowing: true, info: Self.info)
    #expect(feed.receive(Self.body("a"), spans: 1) == (true, false))
    _ = feed.next()
    _ = feed.next()
    #expect(feed.next() == .wait)
    #expect(feed.receive(Self.body("b"), spans: 1) == (true, true))
    #expect(feed.receive(Self.body("c"), spans: 1) == (true, false))
  }

  @Test("A viewer that does not follow ends with what is held")
  func once() {
    var feed = ViewerFeed(isFollowing: false, info: Self.info)
    _ = feed.next()
    _ = feed.next()
    _ = feed.receiveHeld(nil)
    #expect(feed.next() == .send(.caughtUp))
    #expect(feed.next() == .end(.ok))
  }

  @Test("An end goes before everything, and the first end counts")
  func end() {
    var feed = ViewerFeed(isFollowing: true, info: Self.info)
    let refusal = GRPCStatus(.invalidArgument, "column 1: expected a value")
    _ = feed.receiveEnd(refusal)
    _ = feed.receiveEnd(GRPCStatus(.unavailable))
    #expect(feed.next() == .end(refusal))
  }

  @Test("How often rules acted comes behind the spans they acted on, only the latest of it")
  func ruleCounts() {
    var feed = ViewerFeed(isFollowing: true, info: Self.info)
    _ = (feed.next(), feed.next(), feed.receiveHeld(nil), feed.next())
    #expect(feed.next() == .wait)
    #expect(feed.receive(Self.body("a"), spans: 1, ruleCounts: [1, 0]) == (true, true))
    _ = feed.receive(Self.body("b"), spans: 1)
    _ = feed.receive(Self.body("c"), spans: 1, ruleCounts: [2, 1])
    #expect(feed.next() == .send(.exportRequest(Self.body("a"))))
    #expect(feed.next() == .send(.ruleCounts([2, 1])))
    #expect(feed.next() == .send(.exportRequest(Self.body("b"))))
    #expect(feed.next() == .send(.exportRequest(Self.body("c"))))
    #expect(feed.next() == .wait)
  }

  @Test("How often rules acted on spans that were dropped is told, too")
  func ruleCountsOfDropped() {
    var feed = ViewerFeed(isFollowing: true, info: Self.info, maximumBytes: 2)
    _ = (feed.next(), feed.next(), feed.receiveHeld(nil), feed.next())
    _ = feed.receive(Self.body("ab"), spans: 1)
    #expect(feed.receive(Self.body("cd"), spans: 3, ruleCounts: [3]).isAdded == false)
    #expect(feed.next() == .send(.exportRequest(Self.body("ab"))))
    #expect(feed.next() == .send(.ruleCounts([3])))
    #expect(feed.next() == .send(.missed(spans: 3)))
    #expect(feed.next() == .wait)
  }
}
