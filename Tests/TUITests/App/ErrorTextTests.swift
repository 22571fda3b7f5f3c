import Store
import Support
import Testing

@testable import TUI

@Suite("What a span says went wrong")
struct ErrorTextTests {
  private func text(_ node: SpanNode) -> String? {
    ErrorText.of(TraceBuilder { node }.spans[0])
  }

  @Test("The status message comes first, then messages, then the HTTP status")
  func order() {
    let attributes: KeyValuePairs<String, AttributeValue> = [
      "http.status_code": 504, "error.message": "upstream timeout",
    ]
    #expect(text(root("a").attributes(attributes).status(.error, "gave up")) == "gave up")
    #expect(text(root("a").attributes(attributes)) == "HTTP 504  upstream timeout")
    #expect(text(root("a").attributes(["http.status_code": "503"])) == "HTTP 503")
    #expect(text(root("a").attributes(["http.status_code": "200", "error": "false"])) == nil)
  }

  @Test("An event's message is told with who said it")
  func events() {
    let rejected = root("llm").event(
      "client error from filter chain",
      ["agent": "content_guard", "status": "400", "body": "blocked"])
    #expect(text(rejected) == "content_guard: blocked")
    let thrown = root("a").event(
      "exception", ["exception.type": "Timeout", "exception.message": "8 s"])
    #expect(text(thrown) == "8 s")
  }

  @Test("Of a JSON body the words are told, wherever in the message it stands")
  func bodies() {
    #expect(
      text(root("a").status(.error, #"HTTP 503: {"error": "agent down"}"#))
        == "HTTP 503: agent down")
    #expect(
      text(
        root("a").attributes([
          "error.message": #"{"detail":{"error":"out_of_scope","message":"Not of our services"}}"#
        ])) == "out_of_scope: Not of our services")
    #expect(text(root("a").status(.error, #"{"retries": 3}"#)) == #"{"retries": 3}"#)
    #expect(text(root("a").status(.error, "unexpected }")) == "unexpected }")
  }

  @Test("A denial by a control names the control")
  func control() {
    let denied = root("cpex.control.result").attributes([
      "cpex.control.name": "secrets-scan", "cpex.control.result.reason": "aws_key pattern",
    ])
    #expect(text(denied) == "secrets-scan: aws_key pattern")
  }

  @Test("Evidence is told in words, most telling first")
  func evidence() {
    #expect(Evidence([]).text == nil)
    #expect(
      Evidence([.errorAttribute, .statusError, .filterRejected]).text
        == "a filter rejected the request, span status ERROR, error=true")
    #expect((0..<16).allSatisfy { Evidence(rawValue: 1 << $0).text != nil })
  }
}
