import Ingest
import Store

/// The attributes that `trace --filter` keeps: keys with commas between them, `*` for any text in one.
struct AttributeSelection: Sendable {
  typealias Pattern = (text: String, glob: Glob)

  let patterns: [Pattern]

  init(_ texts: [String]) {
    patterns = texts.flatMap(Self.keys).map { key in
      let literals = key.split(separator: "*", omittingEmptySubsequences: false)
        .map { Glob.Piece.literal(Array($0.utf8)) }
      return (key, Glob(Array(literals.map { [$0] }.joined(separator: [.any]))))
    }
  }

  /// Refuses what is no list of keys, in Plano's words.
  static func check(_ texts: [String]) throws(Failure) {
    guard texts.flatMap(keys).allSatisfy({ !$0.isEmpty }) else {
      throw Failure("Filter contains empty tokens.")
    }
  }

  private static func keys(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      let start = part.drop { $0.isWhitespace }
      return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
  }

  // MARK: - Applying

  /// The patterns that no attribute of these traces has.
  func missing(
    from documents: some Sequence<TraceDocument>, of patterns: [Pattern]? = nil
  ) -> [Pattern] {
    var missing = patterns ?? self.patterns
    for document in documents where !missing.isEmpty {
      for attribute in document.spans.lazy.flatMap(\.record.attributes) {
        missing.removeAll { $0.glob.matches(attribute.key) }
      }
    }
    return missing
  }

  /// Whether to keep only these attributes. Warns of keys that no span held has, whichever traces were
  /// asked for; where that is all of them, every attribute stays.
  func isApplied(to traces: FetchedTraces, of collector: CollectorAccess) throws(Failure) -> Bool {
    var missing = missing(from: traces.documents)
    if !missing.isEmpty { missing = try collector.unheld(missing) }
    guard !missing.isEmpty else { return true }
    let names = missing.map(\.text).joined(separator: ", ")
    guard missing.count < patterns.count else {
      StandardError.say("Filter key(s) not found: \(names). Returning unfiltered traces.")
      return false
    }
    StandardError.say("Filter key(s) not found: \(names).")
    return true
  }

  /// Leaves the attributes out that nobody asked for.
  func apply(to document: inout TraceDocument) {
    document.keepAttributes { key in patterns.contains { $0.glob.matches(key) } }
  }
}
