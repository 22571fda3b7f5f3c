import Testing

@testable import Ingest

@Suite("AccessTokens")
struct AccessTokensTests {
  static func tokens(_ text: String) throws(IngestError) -> AccessTokens {
    try AccessTokens(SecretFile(path: "tokens", bytes: Array(text.utf8)))
  }

  @Test("Blank lines and comments are passed over, blanks around a token too")
  func lines() throws {
    let tokens = try Self.tokens("# who\r\n\n  first-token-0123456789\t\r\n#x\nshort\nlast")
    #expect(tokens.count == 3)
    #expect(tokens.guessableLines == [5, 6])
    for token in ["first-token-0123456789", "short", "last"] {
      #expect(tokens.accept(authorization: "Bearer \(token)"))
    }
    for token in ["", "# who", "first-token-0123456789\t", "first", "shorter", "LAST"] {
      #expect(!tokens.accept(authorization: "Bearer \(token)"), "\(token)")
    }
  }

  @Test(
    "Only the scheme Bearer counts, in any case",
    arguments: [
      ("Bearer abc", true), ("bearer abc", true), ("BEARER   abc", true), ("Basic abc", false),
      ("abc", false), ("Bearer", false), ("Bearer ", false), ("", false), (" Bearer abc", false),
      ("Bearer abc ", false), ("Bearer abc,Bearer abc", false), ("Bearer\tabc", false),
      ("Bearer " + String(repeating: "a", count: 100_000), false),
    ])
  func scheme(_ header: String, _ isAccepted: Bool) throws {
    #expect(try Self.tokens("abc").accept(authorization: header) == isAccepted)
  }

  @Test(
    "What is no token is said with its line and never with its text",
    arguments: [
      ("", "tokens: there is no token in it; write one a line"),
      ("#\n \n", "tokens: there is no token in it; write one a line"),
      ("a\nb c", "tokens:2: a token is one word of visible ASCII; a comment begins with #"),
      ("é", "tokens:1: a token is one word of visible ASCII; a comment begins with #"),
      (
        String(repeating: "x", count: 4_097), "tokens:1: a token has at most 4096 characters"
      ),
      (
        String(repeating: "x\n", count: 101), "tokens: 101 tokens; at most 100 are taken"
      ),
    ])
  func wrong(_ text: String, _ message: String) {
    #expect(throws: IngestError(.invalid, message)) { try Self.tokens(text) }
  }

  @Test("A description has no secret")
  func description() throws {
    let tokens = try Self.tokens("abcdefgh")
    #expect("\(tokens)" == "1 tokens")
    #expect("\(SecretFile(path: "p", bytes: Array("abcdefgh".utf8)))" == "p")
  }
}

@Suite("ListenerSecurity")
struct ListenerSecurityTests {
  static func security(_ text: String = "abc") throws -> ListenerSecurity {
    ListenerSecurity(tokens: try AccessTokensTests.tokens(text))
  }

  @Test("Without tokens everybody may call; with them only who shows one")
  func refusals() throws {
    #expect(ListenerSecurity.none.refusal(authorization: nil) == nil)
    let security = try Self.security()
    #expect(
      security.refusal(authorization: nil)
        == GRPCStatus(.unauthenticated, "a token is asked for: authorization: Bearer TOKEN"))
    #expect(
      security.refusal(authorization: "Bearer abd")
        == GRPCStatus(.unauthenticated, "the token is not known here"))
    #expect(security.refusal(authorization: "Bearer abc") == nil)
  }

  @Test("New tokens are in force at once; what was not on cannot be put on")
  func replace() throws {
    let security = try Self.security()
    security.replace(tls: nil, tokens: try AccessTokensTests.tokens("new"))
    #expect(security.refusal(authorization: "Bearer abc") != nil)
    #expect(security.refusal(authorization: "Bearer new") == nil)
    let open = ListenerSecurity()
    open.replace(tls: nil, tokens: try AccessTokensTests.tokens("new"))
    #expect(open.refusal(authorization: nil) == nil)
  }

  @Test("Loopback, or a person's word, needs neither TLS nor a token")
  func addresses() throws {
    let remote = CollectorAddress.tcp(host: "192.0.2.1", port: 1)
    for address in ["127.0.0.1:1", "localhost:1", "[::1]:1", "unix:/tmp/x"] {
      let address = try CollectorAddress(address)
      #expect(ListenerSecurity.none.problem(with: address, name: "x", allowsRemote: false) == nil)
    }
    #expect(ListenerSecurity.none.problem(with: remote, name: "x", allowsRemote: true) == nil)
    #expect(ListenerSecurity.none.problem(with: remote, name: "x", allowsRemote: false) != nil)
    let problem = try Self.security().problem(with: remote, name: "--grpc", allowsRemote: false)
    #expect(
      problem?.message
        == "--grpc 192.0.2.1:1 is not loopback, and tokens would cross the network for all to "
        + "read: add --tls-cert and --tls-key, or allow it with --insecure-remote")
  }

  @Test("Over HTTP health and a browser's question are for all")
  func routes() throws {
    func answer(
      _ path: String, _ method: String, _ change: (inout HTTPRequestHead) -> Void = { _ in }
    )
      throws -> HTTPRequestMachine.Action
    {
      var machine = HTTPRequestMachine(security: try Self.security())
      var buffers = BodyBuffers()
      var head = HTTPRequestHead()
      (head.path, head.method) = (path, method)
      head.contentType = "application/json"
      change(&head)
      let action = machine.receiveHead(head, buffers: &buffers)
      return action == .wait ? machine.receiveEnd() : action
    }
    func status(_ action: HTTPRequestMachine.Action) -> Int {
      switch action {
      case .answer(let answer): answer.status
      case .call: 200
      default: 0
      }
    }
    #expect(status(try answer("/healthz", "GET")) == 200)
    #expect(status(try answer("/metrics", "GET")) == 401)
    #expect(status(try answer("/v1/traces", "POST")) == 401)
    #expect(status(try answer("/v1/traces", "POST") { $0.authorization = "Bearer abc" }) == 200)
    #expect(status(try answer("/nowhere", "POST")) == 404)
    #expect(
      status(
        try answer("/v1/traces", "OPTIONS") {
          $0.origin = "http://localhost"
          $0.requestedMethod = "POST"
        }) == 200)
    guard case .answer(let refused) = try answer("/v1/logs", "POST") else {
      Issue.record("not refused")
      return
    }
    #expect(refused.refusal.kind == .unauthenticated)
    #expect(refused.contentType == "application/json")
    #expect(String(decoding: refused.body, as: UTF8.self).contains("\"code\":16"))
  }
}
