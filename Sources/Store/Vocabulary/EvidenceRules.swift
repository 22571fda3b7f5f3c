/// What single values are evidence of. Which keys they stand under is the vocabulary's table.
enum EvidenceRules {
  /// A status code as a number or as text: both reach the wire.
  static func httpStatus(_ code: Int64) -> Evidence {
    switch code {
    case 500..<600: .httpServerError
    case 400..<500: .httpClientError
    default: []
    }
  }

  static func httpStatus(_ text: WireBytes) -> Evidence {
    guard text.count == 3 else { return [] }
    var code: Int64 = 0
    for index in 0..<3 {
      guard case UInt8(ascii: "0")...UInt8(ascii: "9") = text[index] else { return [] }
      code = code * 10 + Int64(text[index] - UInt8(ascii: "0"))
    }
    return httpStatus(code)
  }

  /// Envoy's `response_flags`: DC is the client's going, the others are the upstream's failing.
  static func responseFlags(_ text: WireBytes) -> Evidence {
    if text.elementsEqual("-") { return [] }
    var found: Evidence = []
    for word in text.text.split(separator: ",") {
      for (flag, evidence) in Vocabulary.responseFlags where word == flag {
        found.formUnion(evidence)
      }
    }
    return found
  }

  static func isTrue(_ text: WireBytes) -> Bool {
    text.elementsEqual("true") || text.elementsEqual("True")
  }

  static func isFalse(_ text: WireBytes) -> Bool {
    text.elementsEqual("false") || text.elementsEqual("False")
  }

  static func quality(_ text: WireBytes) -> Evidence {
    Vocabulary.poorQualities.contains { text.elementsEqual($0) } ? .poorQuality : []
  }

  /// The class of an error, with or without its module before it.
  static func errorType(_ text: WireBytes) -> Evidence {
    text.hasSuffix(Vocabulary.violationType) ? [.errorType, .violationError] : .errorType
  }

  /// A message that says that a plugin refused (`<hook> blocked by plugin <NAME>: <CODE> - <reason>`).
  static func message(_ text: WireBytes) -> Evidence {
    text.hasText(Vocabulary.violationMark, within: 512) ? .violationError : []
  }

  static func name(_ name: WireBytes) -> Evidence {
    name.hasSuffix(Vocabulary.nameFlag) ? .flagInName : []
  }
}
