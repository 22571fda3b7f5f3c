/// How attribute names are changed: exact names first, then patterns with `*` in the order given.
public struct AttributeMapping: Equatable, Sendable {
  public struct Rule: Equatable, Sendable {
    public var source: String
    public var target: String
    public var label: RuleLabel

    public init(_ source: String, _ target: String, label: RuleLabel) {
      self.source = source
      self.target = target
      self.label = label
    }
  }

  /// The longest name in a rule, in code points.
  public static let longestName = 256

  public private(set) var rules: [Rule]
  /// Why no rule is in force although there are some: one that is not valid voids them all.
  public private(set) var fault: String?

  public init(_ rules: [Rule] = []) {
    self.rules = rules
    fault = rules.lazy.compactMap(Self.fault).first
  }

  private static func fault(_ rule: Rule) -> String? {
    if rule.source.isEmpty || rule.target.isEmpty {
      return "a name in attribute_mapping is empty"
    }
    if rule.target.utf8.starts(with: "otel.".utf8) {
      return "\"\(rule.target)\" begins with otel., which is reserved"
    }
    let longest = max(rule.source.unicodeScalars.count, rule.target.unicodeScalars.count)
    return longest > longestName ? "a name is longer than \(longestName) characters" : nil
  }

  /// The rule that renames an attribute and its new name; nil where it keeps its own.
  public func target(of key: String) -> (rule: Int, key: String)? {
    guard fault == nil else { return nil }
    if let exact = rules.firstIndex(where: { $0.source.utf8.elementsEqual(key.utf8) }) {
      return (exact, rules[exact].target)
    }
    for (number, rule) in rules.enumerated() where rule.source.utf8.contains(UInt8(ascii: "*")) {
      let pattern = Array(rule.source.unicodeScalars)
      guard Self.stars(in: rule.source) == Self.stars(in: rule.target),
        let captured = Self.captures(pattern, Array(key.unicodeScalars))
      else { continue }
      return (number, Self.filled(rule.target, with: captured))
    }
    return nil
  }

  private static func stars(in text: String) -> Int {
    text.utf8.count { $0 == UInt8(ascii: "*") }
  }

  /// What each `*` stands for, each one or more characters without a dot and as many as can be, as a
  /// regular expression `[^.]+` would find them; nil where the key does not match.
  ///
  /// A table instead of trying all ways: the cost is the product of the lengths, whatever is sent.
  private static func captures(
    _ pattern: [Unicode.Scalar], _ key: [Unicode.Scalar]
  ) -> [ArraySlice<Unicode.Scalar>]? {
    guard hasEnds(of: pattern, key) else { return nil }
    let width = key.count + 1
    // matches[p * width + k]: whether the pattern from p matches the key from k.
    var matches = [Bool](repeating: false, count: (pattern.count + 1) * width)
    matches[pattern.count * width + key.count] = true
    for p in pattern.indices.reversed() {
      for k in key.indices.reversed() {
        matches[p * width + k] =
          if pattern[p] == "*" {
            key[k] != "." && (matches[(p + 1) * width + k + 1] || matches[p * width + k + 1])
          } else {
            pattern[p] == key[k] && matches[(p + 1) * width + k + 1]
          }
      }
    }
    guard matches[0] else { return nil }
    var captured: [ArraySlice<Unicode.Scalar>] = []
    var k = 0
    for p in pattern.indices {
      let start = k
      k += 1
      guard pattern[p] == "*" else { continue }
      // The star takes one more for as long as the rest can still match behind it.
      while k < key.count, matches[p * width + k] { k += 1 }
      captured.append(key[start..<k])
    }
    return captured
  }

  /// Whether the key begins and ends as the pattern does around its stars, which most keys do not,
  /// and is no longer than a name may be.
  private static func hasEnds(of pattern: [Unicode.Scalar], _ key: [Unicode.Scalar]) -> Bool {
    guard key.count <= longestKey, key.count >= pattern.count else { return false }
    let head = pattern.prefix { $0 != "*" }
    let tail = pattern.reversed().prefix { $0 != "*" }
    return key.starts(with: head) && key.reversed().starts(with: tail)
  }

  /// A key that is longer than this, in code points, matches no pattern: no gateway writes one, and
  /// whoever does is not to make the table large.
  static let longestKey = 1_024

  private static func filled(
    _ target: String, with captured: [ArraySlice<Unicode.Scalar>]
  ) -> String {
    var filled = String.UnicodeScalarView()
    var next = captured.makeIterator()
    for scalar in target.unicodeScalars {
      if scalar == "*" {
        filled.append(contentsOf: next.next() ?? [])
      } else {
        filled.append(scalar)
      }
    }
    return String(filled)
  }
}
