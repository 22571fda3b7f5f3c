extension TraceTree {
  /// What goes together in a tree besides parents and children; made by whoever knows what the spans
  /// mean.
  public struct Grouping: Equatable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
      /// Filters of one chain, on the way in or out.
      case filtersIn, filtersOut
      /// Controls that were posted after the fact.
      case controls
      /// Alike spans one after the other.
      case run
    }

    /// Something that is told of without a span of its own: a step that only events tell of, a line
    /// that says more of its owner.
    public struct Extra: Equatable, Sendable {
      /// The group it belongs to; nil where it stands alone.
      public var kind: Kind?
      public var start: UnixNanos
      public var end: UnixNanos
      /// Whether it counts as an error when one is looked for.
      public var isFailure: Bool

      public init(kind: Kind?, start: UnixNanos, end: UnixNanos, isFailure: Bool = false) {
        self.kind = kind
        self.start = start
        self.end = end
        self.isFailure = isFailure
      }
    }

    /// The spans that go into groups with their neighbours of the same kind.
    public var members: [SpanID: Kind] = [:]
    /// What a span is called where its name does not tell it from its neighbours.
    public var labels: [SpanID: String] = [:]
    /// By owner, in the order of their start.
    public var extras: [SpanID: [Extra]] = [:]
    /// Spans that failed without evidence of their own.
    public var failures: Set<SpanID> = []
    /// Spans that head their children like a group does.
    public var heads: Set<SpanID> = []

    public init() {}

    /// From this many alike spans on they are a run.
    public static let shortestRun = 4
  }

  /// A row that stands for the rows below it.
  public struct Group: Equatable, Sendable {
    public var kind: Grouping.Kind
    /// Rows directly below, those in runs one by one.
    public var count: Int
    public var start: UnixNanos
    public var end: UnixNanos
    /// Of the spans of a run: together, and the middle and the slowest but one in a hundred.
    public var total = Nanoseconds.zero
    public var median = Nanoseconds.zero
    public var p99 = Nanoseconds.zero
    /// Of a run, its first span in ``TraceTree/spans``.
    public var example: Int?
  }
}
