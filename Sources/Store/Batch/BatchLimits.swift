/// How much one request may bring, so that no request makes a batch take much more memory than the
/// request's own bytes: an attribute of eight bytes on the wire is 24 here, a resource of two is 120.
public struct BatchLimits: Equatable, Sendable {
  /// Spans of one request.
  public var spans = 1 << 17
  /// Attributes of one request: of all its spans, resources and scopes.
  public var attributes = 1 << 21
  /// Resources of one request, and scopes of one request.
  public var origins = 1 << 16
  /// Attributes of one span, resource or scope that are kept.
  public var attributesPerSpan = 1 << 10
  /// Bytes of one value that are kept.
  public var valueBytes = 1 << 20

  public init() {}

  /// For what another collector holds: it went through the limits of that one, which may be wider, and
  /// nothing is taken away from it again.
  public static var held: BatchLimits {
    var limits = BatchLimits()
    limits.attributesPerSpan = Int.max
    limits.valueBytes = Int.max
    return limits
  }
}

/// What ``SpanBatch/cut(to:)`` took away.
public struct BatchCuts: Equatable, Sendable {
  public var attributesDropped = 0
  public var valuesCut = 0

  public init() {}

  public var isEmpty: Bool { attributesDropped == 0 && valuesCut == 0 }
}
