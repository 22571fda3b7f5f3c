/// What is asked of each row of a segment by itself, and never changes once the row is there.
enum RowQuestion {
  /// An attribute under a key: on the span, its resource, its scope, all of them, or its events.
  case attribute(String, Filter.Place, Filter.Test)
  /// A dimension: an attribute of the span or its resource under any of its aliases.
  case dimension([String], Filter.Test)
  /// An amount of the span itself: as lists of aliases; see ``Vocabulary/aliases(ofAmount:)``.
  case amount([[String]], Filter.DimensionKey, Filter.Test)
  case intrinsic(Filter.Intrinsic, Filter.Test)
  case text(TextSearch)
  /// The span says that it has no parent.
  case isRoot

  /// The question that a predicate asks of one span, its test as it stands; nil where only the trace
  /// or the span's ancestors can answer.
  init?(_ predicate: Filter.Predicate, test: Filter.Test, _ vocabulary: Vocabulary) {
    switch predicate.field {
    case .intrinsic(.depth): return nil
    case .intrinsic(let intrinsic):
      if predicate.field.level == .trace { return nil }
      self = .intrinsic(intrinsic, test)
    case .dimension(let dimension):
      if let aliases = dimension.vocabulary.flatMap({ vocabulary.dimensions[$0] }) {
        self = .dimension(aliases, test)
      } else {
        self = .amount(vocabulary.aliases(ofAmount: dimension), dimension, test)
      }
    case .attribute(let key, in: let place):
      if predicate.field.level == .trace { return nil }
      self = .attribute(key, place, test)
    }
  }

  /// How dear it is to ask, cheap ones first: in a conjunction they leave fewer rows to the others.
  var cost: Int {
    switch self {
    case .intrinsic(.kind, _), .intrinsic(.status, _), .intrinsic(.role, _), .isRoot: 0
    case .intrinsic(.service, _), .intrinsic(.scopeName, _), .intrinsic(.scopeVersion, _): 0
    case .intrinsic(.error, _), .intrinsic(.duration, _), .intrinsic(.start, _): 1
    case .attribute(_, .resource, _), .attribute(_, .scope, _): 1
    case .intrinsic(.name, _): 2
    case .attribute(_, .event, _), .intrinsic(.eventName, _): 6
    case .attribute(_, _, let test), .dimension(_, let test): test.exactText == nil ? 4 : 3
    case .intrinsic: 4
    case .amount: 5
    case .text: 7
    }
  }
}

extension Vocabulary {
  /// The aliases of an amount; where it may be a sum, those of the whole and then of its two parts.
  func aliases(ofAmount dimension: Filter.DimensionKey) -> [[String]] {
    let wanted: [KeyMeaning.Measure] =
      switch dimension {
      case .tokens: [.tokens, .tokensIn, .tokensOut]
      case .tokensIn: [.tokensIn]
      case .tokensOut: [.tokensOut]
      case .cost: [.cost]
      case .timeToFirstToken: [.timeToFirstToken]
      default: []
      }
    return wanted.map { measures[$0] ?? [] }
  }
}

/// The amount that a span has under a measure's aliases, as its trace's sums count it.
enum SpanAmount {
  /// Whether a number that was sent counts: no amount is negative.
  static func counts(_ number: Double) -> Bool { number.isFinite && number >= 0 }

  /// Tokens are whole; what is beyond any count is cut.
  static func count(_ number: Double) -> UInt64 {
    UInt64(exactly: min(number, 1e15).rounded(.down)) ?? 0
  }

  /// Gateways write milliseconds.
  static func duration(_ number: Double) -> Nanoseconds {
    Nanoseconds(UInt64(min(number, 1e12) * 1e6))
  }

  /// Whether the numbers found, one for each list of aliases (nil for none), satisfy a test.
  static func satisfies(
    _ numbers: [Double?], _ dimension: Filter.DimensionKey, _ test: Filter.Test
  ) -> Bool {
    // What a span says of the whole goes before the sum of its parts.
    let whole = dimension == .tokens ? numbers.first?.map { [$0] } : nil
    let found = whole ?? numbers.compactMap { $0 }
    guard let first = found.first else { return false }
    return switch dimension {
    case .cost: test.matches(double: first)
    case .timeToFirstToken: test.matches(duration: duration(first))
    default: test.matches(count: found.reduce(0) { $0 + count($1) })
    }
  }
}
