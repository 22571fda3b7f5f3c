/// A question about traces, parsed: which of the traces held are meant. Docs/Query.md has the
/// language.
///
/// The shape, for those who evaluate it:
///
///     tenant.id=acme status=error      .and([.predicate, .predicate])
///     a=1 or b=2                       .or([.predicate, .predicate])
///     not timeout                      .not(.text)
///     { role=filter dur>200ms }        .spans(.matching(.and(…)))
///     { a=1 } >> { b=2 }               .spans(.related(left, .descendant, right))
///     { a=1 } | count() > 3            .count(.matching(…), .greater, 3)
///
/// `Predicate` is a `Field`, a `Test` and the columns it was typed at. A `Field` says where to look
/// (an intrinsic, a dimension, an attribute key with its place) and, by `level`, whether a trace or
/// a span has it. A `Test` compares: `test.matches(text:)`, `matches(integer:)`, … in
/// `Comparison.swift` are the one definition of what equals what; kernels and the naive evaluator
/// both call them.
///
/// **Over a trace** a predicate holds when any span satisfies `test.positive`; where
/// `test.isNegated` (`!=`, `!~`) the result is turned round, so `a!=1` is `not a=1`. `not`, `and`
/// and `or` combine the answers for the whole trace. **Over one span** (inside braces) the test is
/// asked as it stands: `{ a!=1 }` needs a span that has `a`, with another value.
///
/// Made through `all(of:)`, `any(of:)` and `negated`, which keep it in the parser's form: `and` and
/// `or` have two parts at least, and none of them is the same connective. No filter at all (`nil`)
/// means every trace.
public indirect enum Filter: Equatable, Sendable {
  /// One key compared.
  case predicate(Predicate)
  /// A bare word or quoted phrase: somewhere in a name, a service or a value.
  case text(TextSearch)
  case not(Filter)
  case and([Filter])
  case or([Filter])
  /// Some span is in the set: braces, alone or related to other braces.
  case spans(SpanSet)
  /// The number of spans in the set compares so.
  case count(SpanSet, Operator, UInt64)

  /// All of the parts: one part stands for itself, nested conjunctions are opened. Nil for none.
  public static func all(of parts: [Filter]) -> Filter? {
    let flat = parts.flatMap { part in if case .and(let inner) = part { inner } else { [part] } }
    return flat.count > 1 ? .and(flat) : flat.first
  }

  /// Any of the parts: one part stands for itself, nested alternatives are opened. Nil for none.
  public static func any(of parts: [Filter]) -> Filter? {
    let flat = parts.flatMap { part in if case .or(let inner) = part { inner } else { [part] } }
    return flat.count > 1 ? .or(flat) : flat.first
  }

  /// The opposite. Twice negated is not simplified: what was typed can be printed again.
  public var negated: Filter { .not(self) }
}

extension Filter {
  /// Spans of one trace, chosen span by span (what braces say).
  public indirect enum SpanSet: Equatable, Sendable {
    /// Spans that satisfy the filter, each by itself; nil is `{ }`, every span.
    case matching(Filter?)
    /// Spans of the right set that stand in the relation to some span of the left set.
    case related(SpanSet, Relation, SpanSet)
  }

  /// How the right span stands to the left one; the raw value is how it is written.
  public enum Relation: String, CaseIterable, Sendable {
    /// Any number of levels below.
    case descendant = ">>"
    /// One level below.
    case child = ">"
    /// Another span under the same parent.
    case sibling = "~"
    /// Any number of levels above.
    case ancestor = "<<"
    /// One level above.
    case parent = "<"
  }
}
