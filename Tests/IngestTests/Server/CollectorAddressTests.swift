import Testing

@testable import Ingest

@Suite("CollectorAddress")
struct CollectorAddressTests {
  @Test(
    "Addresses are read and written",
    arguments: [
      ("127.0.0.1:4317", CollectorAddress.tcp(host: "127.0.0.1", port: 4317), true),
      ("[::1]:4317", .tcp(host: "::1", port: 4317), true),
      ("localhost:0", .tcp(host: "localhost", port: 0), true),
      ("0.0.0.0:1", .tcp(host: "0.0.0.0", port: 1), false),
      ("127.evil.example:1", .tcp(host: "127.evil.example", port: 1), false),
      ("collector.example:65535", .tcp(host: "collector.example", port: 65_535), false),
      ("unix:/run/t.sock", .unix(path: "/run/t.sock"), true), ("off", .off, true),
    ])
  func parse(_ text: String, _ address: CollectorAddress, _ isLoopback: Bool) throws {
    #expect(try CollectorAddress(text) == address)
    #expect(address.description == text)
    #expect(address.isLoopback == isLoopback)
  }

  @Test(
    "What is no address says what is expected",
    arguments: [
      ("4317", "\"4317\" is not an address; expected host:port such as 127.0.0.1:4317"),
      (":4317", "\":4317\" is not an address; expected host:port such as 127.0.0.1:4317"),
      ("host:", "\"host:\" is not an address; expected host:port such as 127.0.0.1:4317"),
      ("host:-1", "\"host:-1\" is not an address; expected host:port such as 127.0.0.1:4317"),
      ("host:70000", "\"host:70000\" has a port above 65535"),
      ("host:99999999999999999999", "\"host:99999999999999999999\" has a port above 65535"),
      ("::1:4317", "\"::1:4317\" needs brackets around the address, such as [::1]:4317"),
      ("unix:", "unix: needs a path, such as unix:/tmp/t.sock"),
    ])
  func refuse(_ text: String, _ message: String) {
    #expect(throws: IngestError(.invalid, message)) { try CollectorAddress(text) }
  }

  @Test("Endpoints read as in the ready lines")
  func endpoints() {
    #expect(Endpoint(.http, .tcp(host: "::1", port: 4318)).description == "http [::1]:4318")
    #expect(Endpoint(.unix, .unix(path: "/a b")).description == "unix /a b")
  }
}
