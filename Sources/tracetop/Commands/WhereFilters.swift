import Store

/// All `--where` of a command as one filter; each must select a trace.
enum WhereFilters {
  /// As the filter language has them; one that is empty selects everything.
  static func joined(_ filters: [String]) throws(Failure) -> String? {
    try joined(filters.filter { !$0.allSatisfy(\.isWhitespace) }, "") { text throws(FilterError) in
      try WherePair.languageFilter(text)
    }
  }

  /// As `planoai trace` has them, and beyond that the filter language.
  static func joinedAsPairs(_ filters: [String]) throws(Failure) -> String? {
    let bad = filters.filter(isNoFilter)
    guard bad.isEmpty else {
      throw Failure(
        "Invalid --where filter(s): \(bad.joined(separator: ", ")). Use key=value.")
    }
    return try joined(filters, " Use key=value.") { text throws(FilterError) in
      try WherePair.filter(text)
    }
  }

  private static func joined(
    _ filters: [String], _ advice: String, _ read: (String) throws(FilterError) -> String
  ) throws(Failure) -> String? {
    var parts: [String] = []
    for filter in filters {
      do throws(FilterError) {
        parts.append("(\(try read(filter)))")
      } catch {
        throw Failure("Invalid --where filter \"\(filter)\": \(error).\(advice)")
      }
    }
    return parts.isEmpty ? nil : parts.joined(separator: " and ")
  }

  /// Nothing, or a word with no operator. The filter language would take all or search for it;
  /// `planoai trace` refuses it.
  private static func isNoFilter(_ text: String) -> Bool {
    text.allSatisfy(\.isWhitespace)
      || !text.contains { "=<>!~?{}()\"'".contains($0) || $0.isWhitespace }
  }

  /// What is wrong with the first that is right only as a pair of planoai's; nil where none is.
  static func slip(of filters: [String]) -> Failure? {
    for filter in filters {
      guard let error = WherePair.slip(filter) else { continue }
      return Failure("Invalid --where filter \"\(filter)\": \(error).")
    }
    return nil
  }

  /// The filter for traces that have a key at all, whether what stands before its first point is a place
  /// or a part of it.
  static func having(_ key: String) -> String {
    let whole = "\(Filter.inQuotes(key))?"
    let bare = "\(key)?"
    guard Filter.hasPlace(key), (try? FilterParser.parse(bare)) != nil else { return whole }
    return "\(whole) or \(bare)"
  }
}
