/// The parts of the language beyond its core that a parser takes. What is not taken is said to be
/// unsupported, at its column.
public struct FilterForms: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// `{ … }`, relations between them, `count()`, and TraceQL's names inside.
  public static let spanSets = FilterForms(rawValue: 1 << 0)
  /// `span.` `resource.` `event.` `scope.` `root.` `trace.` before a key.
  public static let places = FilterForms(rawValue: 1 << 1)
  public static let all: FilterForms = [.spanSets, .places]

  /// What live queries evaluate, and so what the parser takes unless told otherwise.
  public static let supported: FilterForms = .all
}
