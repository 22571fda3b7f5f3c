/// The rules for attributes that are on where spans come in, and how often each acted.
public struct RuleReport: Equatable, Sendable {
  public struct Rule: Equatable, Sendable {
    public var name: String
    /// The file and line it stands in.
    public var source: String
    /// The spans that it changed.
    public var spans: UInt64

    public init(name: String, source: String, spans: UInt64) {
      self.name = name
      self.source = source
      self.spans = spans
    }
  }

  public var rules: [Rule]
  /// The percentage of traces that Plano keeps; nil where nobody said.
  public var planoSampling: Int?

  public init(rules: [Rule] = [], planoSampling: Int? = nil) {
    self.rules = rules
    self.planoSampling = planoSampling
  }

  /// Takes how many spans each rule has changed by now. Two requests at once may tell out of order.
  public mutating func count(_ spans: [UInt64]) {
    for (place, count) in spans.enumerated() where rules.indices.contains(place) {
      rules[place].spans = max(rules[place].spans, count)
    }
  }

  public var isEmpty: Bool { rules.isEmpty && planoSampling == nil }

  /// What the status line says: that rules are on, and that what comes is a share.
  var marks: [(text: String, isShare: Bool)] {
    var marks: [(text: String, isShare: Bool)] = []
    if let planoSampling, planoSampling < 100 {
      marks.append(
        (planoSampling == 0 ? "Plano keeps none" : "Plano keeps \(planoSampling)%", true))
    }
    if !rules.isEmpty { marks.append(("\(rules.count) rule\(rules.count == 1 ? "" : "s")", false)) }
    return marks
  }

  /// What Plano's own sampling means for what is counted here.
  public static func samplingText(_ percent: Int) -> String {
    switch percent {
    case 0: "Plano's tracing is off: its traces do not come"
    case 100: "Plano keeps every trace"
    default: "Plano keeps \(percent)% of traces: rates are a share"
    }
  }

  /// Rows for the help screen: how often, and which rule.
  var rows: [(keys: String, help: String)] {
    let sampling = planoSampling.map { ("sampling", Self.samplingText($0)) }
    return [sampling].compactMap(\.self)
      + rules.map { rule in
        (
          rule.spans == 1 ? "1 span" : "\(Format.grouped(rule.spans)) spans",
          "\(rule.name) (\(rule.source))"
        )
      }
  }
}
