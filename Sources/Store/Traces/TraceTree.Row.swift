extension TraceTree {
  /// What stays the same about a row while spans arrive: folds and the selection are kept by it.
  ///
  /// A row that stands for a missing parent has the parent's id, so when the parent arrives it
  /// takes the row over.
  public struct RowKey: Hashable, Sendable {
    public var id: SpanID
    /// 0 for the first span with this id, 1 for the second …
    public var copy: Int
    /// What of the span the row is: itself, or something that stands below it without being a span.
    public var part: Part

    public init(_ id: SpanID, copy: Int = 0, part: Part = .span) {
      self.id = id
      self.copy = copy
      self.part = part
    }
  }

  /// What a row is, of the span whose id its key has.
  public enum Part: Hashable, Sendable {
    case span
    /// A group of its children: the number counts the groups of that kind below the span.
    case group(Grouping.Kind, Int)
    /// Something that is told of without a span of its own, by its number below the span.
    case extra(Int)
  }

  /// What is unusual about where a row stands.
  public enum Place: UInt8, Sendable {
    case ordinary
    /// The row stands for a parent that has not arrived; its children are the spans that name it.
    case missingParent
    /// The span's ancestors form a circle; it was cut here, at the earliest of them.
    case cycle
    /// Another span of the trace came first with the same id.
    case duplicate
    /// The row stands for another trace of the request: what is below it has no parent elsewhere.
    case otherTrace
    /// The row stands for several below the same parent; see ``Group``.
    case group
    /// The row stands for something that is told of without a span; see ``Grouping/Extra``.
    case extra
  }

  /// One row of the waterfall.
  public struct Row: Equatable, Sendable {
    public var key: RowKey
    /// Where the span is in ``TraceTree/spans``; nil for a row that is no span.
    public var span: Int?
    /// Where the group is in ``TraceTree/groups``, or what stands for it in ``TraceTree/extras``.
    public var item: Int?
    /// The row of the parent; nil at the top.
    public var parent: Int?
    /// 0 at the top.
    public var depth: Int
    /// The row after the last descendant.
    public var subtreeEnd: Int
    /// Rows directly below.
    public var childCount: Int
    public var place: Place

    public init(
      key: RowKey, span: Int?, parent: Int?, depth: Int, subtreeEnd: Int, childCount: Int,
      place: Place
    ) {
      self.key = key
      self.span = span
      self.parent = parent
      self.depth = depth
      self.subtreeEnd = subtreeEnd
      self.childCount = childCount
      self.place = place
      item = nil
    }
  }
}
