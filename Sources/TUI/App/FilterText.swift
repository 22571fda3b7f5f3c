import Store

/// Filters made by keys, as text that a person could have typed.
enum FilterText {
  /// The filter and one more predicate: the key has the value, or it has not.
  ///
  /// Without a value the predicate is about the key alone: "only this" means that it is absent.
  static func adding(_ field: Filter.Field, _ value: String?, isOnly: Bool, to filter: Filter?)
    -> Filter
  {
    guard let value else {
      let exists = Filter.predicate(Filter.Predicate(field, .exists))
      return Filter.joining([filter, isOnly ? exists.negated : exists]) ?? exists
    }
    let operand = Filter.Operand(value)
    return Filter.adding(
      Filter.Predicate(field, .comparison(isOnly ? .equal : .notEqual, operand)), to: filter)
  }

  /// All of the filters must hold: those with several parts are put in parentheses.
  static func all(_ filters: [String]) -> String {
    let filters = filters.map(\.trimmed).filter { !$0.isEmpty }
    return filters.count > 1
      ? filters.map { "(\($0))" }.joined(separator: " ") : filters.first ?? ""
  }
}
