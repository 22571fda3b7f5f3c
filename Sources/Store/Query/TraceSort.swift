/// What the traces of a query are sorted by, and which way round.
public struct TraceSort: Hashable, Sendable {
  /// What a trace, or a whole request, has one value of.
  public enum Column: UInt8, CaseIterable, Sendable {
    case time, verdict, tenant, user, session, service, name, route, model, provider
    case duration, spans, errors, tokens, cost, timeToFirstToken

    /// Whether its values are words.
    public var isText: Bool { dimension != nil || self == .service || self == .name }

    /// The dimension that it shows.
    var dimension: Dimension? {
      switch self {
      case .tenant: .tenant
      case .user: .user
      case .session: .session
      case .route: .route
      case .model: .model
      case .provider: .provider
      default: nil
      }
    }
  }

  public var column: Column
  /// Whether the smallest value, the oldest or the first word comes first, and not the largest.
  public var isAscending: Bool

  public init(_ column: Column, isAscending: Bool = false) {
    self.column = column
    self.isAscending = isAscending
  }

  public static let newestFirst = TraceSort(.time)
}
