/// What traces are grouped by: a field of the filter language whose values are words.
public struct GroupKey: Hashable, Sendable, CustomStringConvertible {
  public let field: Filter.Field

  /// As it is typed, in a filter as well.
  public var description: String { "\(field)" }

  /// Fields that every trace has another value of, or that are amounts, group nothing.
  public init?(_ field: Filter.Field) {
    switch field {
    case .intrinsic(let intrinsic):
      switch intrinsic {
      case .name, .service, .kind, .status, .error, .role, .verdict, .rootName, .rootService,
        .scopeName:
        break
      case .duration, .start, .traceDuration, .spans, .errors, .depth, .id, .trace, .scopeVersion,
        .eventName:
        return nil
      }
    case .dimension(let dimension):
      guard dimension.vocabulary != nil else { return nil }
    case .attribute(let key, in: let place):
      guard place != .event, !key.isEmpty else { return nil }
    }
    self.field = field
  }

  /// Reads a key as filters have it: `tenant`, `service`, `team.name`, `resource.host.name`, `"a key"`.
  public init(_ text: String) throws(FilterError) {
    var field = Filter.Field.attribute(text)
    // What a filter would ask the presence of; a key that needs quotes there needs none here.
    if case .predicate(let predicate)? = (try? FilterParser.parse("\(text)?")) ?? nil,
      predicate.test == .exists
    {
      field = predicate.field
    }
    guard let key = GroupKey(field) else {
      throw FilterError(
        column: 1, length: text.count,
        message: "expected an attribute, a dimension or a word such as tenant, service or verdict,"
          + " found \"\(text)\"")
    }
    self = key
  }

  /// The attribute key that it looks for; nil where it is none.
  public var attributeKey: String? {
    if case .attribute(let key, in: _) = field { key } else { nil }
  }

  /// Whether a trace's own record says the values, so that no row is looked at for them.
  var isOfRecord: Bool {
    switch field {
    case .intrinsic(.verdict), .intrinsic(.error), .intrinsic(.rootName), .intrinsic(.rootService):
      true
    case .dimension, .attribute(_, in: .root): true
    default: false
    }
  }
}
