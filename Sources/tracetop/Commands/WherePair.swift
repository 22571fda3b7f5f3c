import Store

/// One `--where`, which may be `key=value` as `planoai trace` takes it or any filter.
///
/// planoai compares all that follows the `=` with the attribute's text, spaces included. The filter
/// language ends a value at a space, and knows keys of its own. Where the two readings of a pair
/// differ, planoai's is always among what is selected.
struct WherePair: Equatable {
  var key: String
  var value: String

  /// Reads a pair by planoai's own rule: one `=`, a key of letters, digits and `_.:-`, a value.
  init?(_ text: String) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    key = Self.trimmed(parts[0])
    value = Self.trimmed(parts[1])
    guard !key.isEmpty, !value.isEmpty, key.unicodeScalars.allSatisfy(Self.isOfKey) else {
      return nil
    }
  }

  /// The filter that a `--where` of `trace` means.
  static func filter(_ text: String) throws(FilterError) -> String {
    guard let pair = WherePair(text), !pair.hasMoreThanAValue else {
      _ = try FilterParser.parse(text)
      return text
    }
    guard !pair.isSpaced, (try? FilterParser.parse(text)) != nil else { return pair.exact }
    return pair.widened(text)
  }

  /// The filter that a `--where` of another command means: what the filter language says, and an
  /// attribute called like a name of it.
  static func languageFilter(_ text: String) throws(FilterError) -> String {
    _ = try FilterParser.parse(text)
    guard let pair = WherePair(text), !pair.isSpaced else { return text }
    return pair.widened(text)
  }

  /// Why the filter language has no such pair, where its key is a name of the language: a slip, unless
  /// some attribute is called so.
  static func slip(_ text: String) -> FilterError? {
    guard let pair = WherePair(text), !pair.isSpaced, pair.isNamed || pair.isPattern else {
      return nil
    }
    do throws(FilterError) {
      _ = try FilterParser.parse(text)
      return nil
    } catch {
      return error
    }
  }

  private func widened(_ text: String) -> String {
    // A name of the filter language may be an attribute's too.
    isNamed || boolean != nil ? "(\(text)) or \(exact)" : text
  }

  // MARK: - Readings

  /// The attribute with exactly this text.
  private var exact: String {
    let key = Filter.inQuotes(key)
    let texts = [Filter.inQuotes(value)] + [boolean].compactMap(\.self)
    return texts.map { "\(key)=\($0)" }.joined(separator: " or ")
  }

  /// What planoai, a Python program, writes as `True` and `False`.
  private var boolean: String? {
    switch value {
    case "True": "true"
    case "False": "false"
    default: nil
    }
  }

  /// Whether the filter language has a field of this name, or a prefix that begins so.
  private var isNamed: Bool {
    Filter.Field(name: key) != nil || Filter.quotedKey(key) != key
  }

  /// Whether the value was meant for a regular expression.
  private var isPattern: Bool { value.hasPrefix("~") }

  /// Whether the value is several words.
  private var isSpaced: Bool { value.contains(where: \.isWhitespace) }

  /// Whether the value is several words and something that only a filter has: `acme and dur>2s`, but
  /// not `code generation`.
  private var hasMoreThanAValue: Bool {
    let words = value.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
    return words.count > 1
      && (words.contains { ["and", "or", "not", "in"].contains($0) }
        || value.contains { "<>!~&|\"'{}".contains($0) })
  }

  private static func isOfKey(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", ".", ":", "-": true
    default: false
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    String(
      text.trimmingPrefix { $0.isWhitespace }.reversed().trimmingPrefix { $0.isWhitespace }
        .reversed())
  }
}
