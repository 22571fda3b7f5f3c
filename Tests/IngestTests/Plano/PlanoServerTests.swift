import Testing

@testable import Ingest

@Suite("planoai over real sockets")
struct PlanoServerTests {
  /// HTTP/2 frames of a call of GetTraces, as planoai makes it.
  private static func call(stream: UInt8 = 1) -> [UInt8] {
    RawHTTP2.headers(
      [
        (":method", "POST"), (":scheme", "http"), (":path", "/plano.TraceQuery/GetTraces"),
        (":authority", "a"), ("content-type", "application/grpc"), ("te", "trailers"),
      ], stream: stream)
      + RawHTTP2.data(RawHTTP2.message([]), stream: stream)
  }

  @Test("The answer is the JSON itself, and calls of one connection are all answered")
  func answer() throws {
    let test = try TestCollector(planoTraces: { Array(#"{"traces":["one"]}"#.utf8) })
    let peer = RawPeer(port: try test.port(.grpc))
    peer.send(RawHTTP2.preface + Self.call() + Self.call(stream: 3))
    let read = peer.read { $0.ranges(of: #"{"traces":["one"]}"#).count == 2 }
    #expect(read.ranges(of: #"{"traces":["one"]}"#).count == 2)
  }

  @Test("A caller that leaves before its answer is made harms nobody")
  func leaver() throws {
    let asked = Log<Void>()
    let released = Log<Void>()
    let test = try TestCollector(planoTraces: {
      asked.append(())
      released.wait("the caller left") { !$0.isEmpty }
      return Array(#"{"traces":[]}"#.utf8)
    })
    do {
      let leaver = RawPeer(port: try test.port(.grpc))
      leaver.send(RawHTTP2.preface + Self.call())
      asked.wait("it asked") { $0.count == 1 }
    }
    released.append(())
    let peer = RawPeer(port: try test.port(.grpc))
    peer.send(RawHTTP2.preface + Self.call())
    #expect(peer.read { $0.contains(#"{"traces":[]}"#) }.contains("traces"))
  }
}
