/// How the traces of a filter split: the keys that tell them apart best, with their values.
public struct FacetTable: Equatable, Sendable {
  /// A value of a key and the traces that have it.
  public struct Value: Equatable, Sendable {
    /// Nil for traces that do not have the key.
    public var text: String?
    public var traces = 0
    /// Errors, denials, and clients gone.
    public var errors = 0

    public var errorShare: Double { traces > 0 ? Double(errors) / Double(traces) : 0 }

    public init(text: String?, traces: Int = 0, errors: Int = 0) {
      self.text = text
      self.traces = traces
      self.errors = errors
    }
  }

  /// A key and its values.
  public struct Facet: Equatable, Sendable {
    public var key: GroupKey
    /// Those that matter most, at most ``FacetReader/valuesShown``.
    public var values: [Value] = []
    /// How many values there are.
    public var distinct = 0
    /// Whether its values tell failing traces from others, beyond chance.
    public var tellsErrors = false
    /// How well it splits, from 0 to 1, by what it was ranked.
    public var score = 0.0

    public init(key: GroupKey) { self.key = key }
  }

  /// The best first; the verdict before all.
  public var facets: [Facet] = []
  /// The traces that were counted.
  public var traces = 0
  public var errors = 0
  /// How many entries of rows were looked at for this table: none that an earlier one looked at.
  public var rowsScanned: UInt64 = 0
  /// When a verdict changes by itself, without news; nil at rest.
  public var nextChange: UnixNanos?

  public init() {}
}
