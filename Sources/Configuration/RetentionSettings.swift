public import Store

/// What tracetop's own configuration says of what is kept.
public struct RetentionSettings: Equatable, Sendable {
  /// The share of unremarkable requests that is kept.
  public var sample: Double?
  public var slow: RetentionPolicy.Slowness?

  public init() {}

  /// `10%` or `0.1`: a number needs no quotes.
  static func share(_ node: ConfigNode) throws(ConfigurationError) -> Double {
    let text: String? =
      switch node.scalar {
      case .string(let text): text
      case .integer(let number): "\(number)"
      case .double(let number): "\(number)"
      default: nil
      }
    guard let share = text.flatMap({ RetentionPolicy.share($0) }) else {
      throw node.error("sample: \(RetentionPolicy.expectedShare)")
    }
    return share
  }

  static func slowness(_ node: ConfigNode) throws(ConfigurationError) -> RetentionPolicy.Slowness {
    guard let slowness = RetentionPolicy.slowness(try node.string("slow")) else {
      throw node.error("slow: \(RetentionPolicy.expectedSlowness)")
    }
    return slowness
  }
}
