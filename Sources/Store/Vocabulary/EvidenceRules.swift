/// What single values and events are evidence of. The rules of Docs/Vocabulary.md.
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
    var found: Evidence = []
    for flag in text.text.split(separator: ",") {
      switch flag {
      case "DC": found.insert(.clientGone)
      case "UT", "UF", "UC", "URX", "UH", "NR", "UO", "LR", "UR": found.insert(.upstreamFailure)
      default: break
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
    text.elementsEqual("poor") || text.elementsEqual("severe") ? .poorQuality : []
  }

  static func errorType(_ text: WireBytes) -> Evidence {
    text.elementsEqual("PluginViolationError") ? [.errorType, .violationError] : .errorType
  }

  /// What an event's name alone says.
  static func event(named name: WireBytes) -> Evidence {
    guard name.count >= 9 else { return [] }
    if name.elementsEqual("exception") { return .exceptionEvent }
    if name.elementsEqual("client error from agent")
      || name.elementsEqual("client error from filter chain")
    {
      return .filterRejected
    }
    if name.elementsEqual("agent chat error chain") || name.elementsEqual("root error") {
      return .errorEvent
    }
    if name.elementsEqual("receiver dropped") { return .clientGone }
    return []
  }

  /// Plano appends U+1F6A9 to the name of a span whose conversation went badly.
  static func name(_ name: WireBytes) -> Evidence {
    name.hasSuffix("\u{1F6A9}") ? .flagInName : []
  }
}
