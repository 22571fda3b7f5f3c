import Testing

@testable import Store

@Suite("Request keys")
struct RequestKeyTests {
  private func key(_ text: String) -> RequestKey? {
    var text = text
    return text.withUTF8 { RequestKey(requestID: unsafe WireBytes(UnsafeRawBufferPointer($0))) }
  }

  @Test(
    "Ids that differ only in how a UUID is written, or in Envoy's sampling digit, are one",
    arguments: [
      // Seen: brightstaff's request_id, and Envoy's x-request-id on the way out.
      ("371ec4fd-7f38-4b82-9d1c-2f7a5f0c1b2e", "371ec4fd-7f38-9b82-9d1c-2f7a5f0c1b2e"),
      ("371ec4fd-7f38-4b82-9d1c-2f7a5f0c1b2e", "371EC4FD-7F38-BB82-9D1C-2F7A5F0C1B2E"),
      ("371ec4fd-7f38-4b82-9d1c-2f7a5f0c1b2e", "371ec4fd7f384b829d1c2f7a5f0c1b2e"),
      ("corr-0", "corr-0"),
    ])
  func same(_ left: String, _ right: String) {
    #expect(key(left) != nil)
    #expect(key(left) == key(right))
  }

  @Test(
    "Other ids are others",
    arguments: [
      ("371ec4fd-7f38-4b82-9d1c-2f7a5f0c1b2e", "371ec4fd-7f38-4b83-9d1c-2f7a5f0c1b2e"),
      ("371ec4fd-7f38-4b82-9d1c-2f7a5f0c1b2e", "371ec4fd-7f39-4b82-9d1c-2f7a5f0c1b2e"),
      ("371ec4fd-7f38-4b82-9d1c-2f7a5f0c1b2e", "371ec4fd-7f38-4b82-9d1c-2f7a5f0c1b2f"),
      // No UUIDs: their 15th character means nothing.
      ("371ec4fd-7f38-4b82-9d1c-2f7a5f0c1b2g", "371ec4fd-7f38-9b82-9d1c-2f7a5f0c1b2g"),
      ("my-own-request-1", "my-own-request-2"), ("corr-0", "CORR-0"),
      ("req-00000001", "req-00000001-"), ("abcdefg1", "1abcdefg"),
    ])
  func different(_ left: String, _ right: String) {
    #expect(key(left) != nil)
    #expect(key(left) != key(right))
  }

  @Test(
    "What names no single request joins nothing",
    arguments: [
      "", "-", "0", "none", "None", "null", "unknown", "undefined", "anonymous", "12345",
      "00000000-0000-0000-0000-000000000000", "00000000", "------1", "111111",
      "health-check", String(repeating: "a1", count: 101),
    ])
  func nothing(_ text: String) {
    #expect(key(text) == nil)
  }

  @Test("A span id that was counted is no key, one that was drawn is")
  func spans() {
    #expect(RequestKey(span: 7) == nil)
    #expect(RequestKey(span: 0xFFFF_FFFF) == nil)
    #expect(RequestKey(span: 0x53C2_A0F1_0000_0007) != nil)
  }
}
