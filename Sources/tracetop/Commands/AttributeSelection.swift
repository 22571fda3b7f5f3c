import Ingest
import Store

/// The attributes that `trace --filter` keeps: keys with commas between them, `*` for any text in one.
struct AttributeSelection {
  let patterns: [(text: String, glob: Glob)]

  init(_ text: String) {
    patterns = text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let key = Self.trimmed(part)
      let literals = key.split(separator: "*", omittingEmptySubsequences: false)
        .map { Glob.Piece.literal(Array($0.utf8)) }
      return (key, Glob(Array(literals.map { [$0] }.joined(separator: [.any]))))
    }
  }

  /// Refuses what is no list of keys, in Plano's words.
  static func check(_ text: String) throws(Failure) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !trimmed($0).isEmpty }) else {
      throw Failure("Filter contains empty tokens.")
    }
  }

  /// Whether any key is there to be kept. Warns of those that are not; where none is, all attributes stay.
  func isFound(in traces: FetchedTraces?) -> Bool {
    guard let traces, !traces.isEmpty else { return false }
    var missing = patterns
    for document in traces.documents where !missing.isEmpty {
      for attribute in document.spans.lazy.flatMap(\.record.attributes) {
        missing.removeAll { $0.glob.matches(attribute.key) }
      }
    }
    let names = missing.map(\.text).joined(separator: ", ")
    guard missing.count < patterns.count else {
      StandardError.say("Filter key(s) not found: \(names). Returning unfiltered traces.")
      return false
    }
    if !missing.isEmpty { StandardError.say("Filter key(s) not found: \(names).") }
    return true
  }

  /// Leaves the attributes out that nobody asked for.
  func apply(to document: inout TraceDocument) {
    document.keepAttributes { key in patterns.contains { $0.glob.matches(key) } }
  }

  private static func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}
