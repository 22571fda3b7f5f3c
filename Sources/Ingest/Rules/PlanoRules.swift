/// What Plano's configuration says under `tracing`.
///
/// Semantics: Plano's own, crates/brightstaff/src/tracing/custom_attributes.rs. See Docs/Configuration.md
/// for what that means for spans instead of requests.
public struct PlanoRules: Equatable, Sendable {
  /// `span_attributes.header_prefixes`, in order: the first that matches decides, not the longest.
  public struct Prefix: Equatable, Sendable {
    public var text: String
    public var label: RuleLabel

    public init(_ text: String, label: RuleLabel) {
      self.text = text
      self.label = label
    }
  }

  /// `span_attributes.static`: keys are taken as they stand, values are always text.
  public struct Static: Equatable, Sendable {
    public var key: String
    public var value: String
    public var label: RuleLabel

    public init(key: String, value: String, label: RuleLabel) {
      self.key = key
      self.value = value
      self.label = label
    }
  }

  public var prefixes: [Prefix] = []
  public var statics: [Static] = []

  public init(prefixes: [Prefix] = [], statics: [Static] = []) {
    self.prefixes = prefixes
    self.statics = statics
  }

  public var isEmpty: Bool { prefixes.isEmpty && statics.isEmpty }

  // MARK: - Semantics

  /// The prefix that decides over a header and the attribute key it makes; nil where no prefix
  /// matches, or where nothing is left behind it.
  ///
  /// Prefixes are compared byte by byte, so one with capitals never matches. What is left loses all
  /// leading dashes, then each dash becomes a dot: `x-acme--a-b` is `a.b` behind `x-acme-`.
  public func attribute(ofHeader name: String) -> (prefix: Int, key: String)? {
    guard let prefix = prefixes.firstIndex(where: { name.utf8.starts(with: $0.text.utf8) })
    else { return nil }
    let rest = name.utf8.dropFirst(prefixes[prefix].text.utf8.count).drop {
      $0 == UInt8(ascii: "-")
    }
    guard !rest.isEmpty else { return nil }
    let key = rest.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: ".") : $0 }
    return (prefix, String(decoding: key, as: UTF8.self))
  }
}
