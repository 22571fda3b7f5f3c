public import Store

extension WatchFrame {
  /// Who the collector is, and what it does to spans and takes them for (`tracetop.v1.ServerInfo`).
  public struct ServerInfo: Equatable, Sendable {
    public var version: String
    public var started: UnixNanos
    public var endpoints: [String]
    /// The rules that are on, with the spans that each had changed when the viewer came.
    public var rules: [RuleUse]
    /// The percentage of traces that Plano keeps, where the collector was told.
    public var planoSampling: Int?
    /// What the collector's vocabulary has beyond the standard one; nil where it does not say.
    public var vocabulary: VocabularyAdditions?
    /// The share of unremarkable requests that the collector keeps; nil where it keeps all.
    public var sampledShare: Double?

    public init(
      version: String = "", started: UnixNanos = UnixNanos(0), endpoints: [String] = [],
      rules: [RuleUse] = [], planoSampling: Int? = nil, vocabulary: VocabularyAdditions? = nil,
      sampledShare: Double? = nil
    ) {
      self.sampledShare = sampledShare
      self.version = version
      self.started = started
      self.endpoints = endpoints
      self.rules = rules
      self.planoSampling = planoSampling
      self.vocabulary = vocabulary
    }

    func write(to writer: inout WireWriter) {
      writer.string(1, version)
      writer.fixed64(2, started.rawValue)
      for endpoint in endpoints { writer.string(3, endpoint) }
      for use in rules {
        writer.message(4) { (writer: inout WireWriter) in
          writer.string(1, use.rule.name)
          writer.string(2, use.rule.source)
          writer.varint(3, use.spans)
        }
      }
      // One more than the percentage: none is not zero.
      if let planoSampling { writer.varint(5, UInt64(max(0, planoSampling)) + 1) }
      if let sampledShare { writer.fixed64(16, sampledShare.bitPattern) }
      if let vocabulary {
        writer.message(6) { (writer: inout WireWriter) in vocabulary.write(to: &writer) }
      }
    }

    init(_ reader: WireReader) throws(WireError) {
      self.init()
      var reader = reader
      while !reader.isAtEnd {
        switch try reader.tag() {
        case 1 << 3 | 2: version = try reader.bytes().text
        case 2 << 3 | 1: started = UnixNanos(try reader.fixed64())
        case 3 << 3 | 2: endpoints.append(try reader.bytes().text)
        case 4 << 3 | 2: rules.append(try Self.rule(reader.nested(try reader.bytes())))
        case 5 << 3:
          let number = try reader.varint()
          planoSampling = number == 0 ? nil : Int(min(number - 1, 100))
        case 16 << 3 | 1:
          let share = Double(bitPattern: try reader.fixed64())
          sampledShare = share > 0 && share <= 1 ? share : nil
        case 6 << 3 | 2:
          vocabulary = try VocabularyAdditions(reader.nested(try reader.bytes()))
        case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
    }

    private static func rule(_ reader: WireReader) throws(WireError) -> RuleUse {
      var use = RuleUse(rule: RuleLabel(name: "", source: ""), spans: 0)
      var reader = reader
      while !reader.isAtEnd {
        switch try reader.tag() {
        case 1 << 3 | 2: use.rule.name = try reader.bytes().text
        case 2 << 3 | 2: use.rule.source = try reader.bytes().text
        case 3 << 3: use.spans = try reader.varint()
        case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
      return use
    }
  }
}

extension WatchFrame {
  /// How many spans each rule has changed so far, in the order of ``ServerInfo/rules``.
  static func ruleCounts(_ reader: WireReader) throws(WireError) -> [UInt64] {
    var counts: [UInt64] = []
    var reader = reader
    while !reader.isAtEnd { counts.append(try reader.varint()) }
    return counts
  }
}
