import Store
import Testing

@Suite("Why a filter said no, in words")
struct DenialWordsTests {
  @Test(
    "Of a JSON body what it says, of anything else all of it",
    arguments: [
      (#"{"detail":"no context"}"#, "no context"),
      (
        #"{"detail":{"error":"out_of_scope","message":"I only \"answer\"\n that"}}"#,
        "out_of_scope: I only \"answer\"\n that"
      ),
      (#"{"error": "no", "message" : "no"}"#, "no"), (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"c"}}"#),
      (#"{"error":{"id":"x"},"code":7}"#, #"{"error":{"id":"x"},"code":7}"#),
      (#"{"error":["list"]}"#, #"{"error":["list"]}"#), ("plain", "plain"), ("", ""), ("{", "{"),
      ("{}", "{}"), (#"{"error":"not closed}"#, #"{"error":"not closed}"#),
      (#"{"error":"\u00e9"}"#, "é"), (#"{"error":"\u"}"#, #"{"error":"\u"}"#),
      (#"{"message":""}"#, #"{"message":""}"#),
      (
        "Error executing tool input_guards: out of scope",
        "Error executing tool input_guards: out of scope"
      ),
    ])
  func words(_ reason: String, _ words: String) {
    #expect(Denial.words(of: reason) == words)
  }
}
