extension FilterParser.Parsing {
  /// What an unquoted key names. Nil where it names nothing; the scanner stands behind the key and,
  /// after a place, behind a quoted rest (`span."a b"`).
  mutating func placedField(_ key: String) throws(FilterError) -> Filter.Field? {
    if let field = Filter.Field(name: key) { return field }
    if isInSpanSet, key.hasPrefix("."), key != "." { return .attribute(String(key.dropFirst())) }
    guard let place = Filter.Place(prefixOf: key) else { return .attribute(key) }
    var rest = String(key.dropFirst(place.rawValue.count + 1))
    if rest.isEmpty {
      // A word that ends with a full stop: "root."
      guard scanner.isAtQuote else { return nil }
      rest = try scanner.quotation()
    }
    return .attribute(rest, in: place)
  }
}

extension Filter.Field {
  /// Names of other languages for the same intrinsics (TraceQL).
  private static let synonyms: [String: Filter.Intrinsic] = [
    "duration": .duration, "traceDuration": .traceDuration, "rootName": .rootName,
    "rootServiceName": .rootService, "span:duration": .duration, "span:name": .name,
    "span:kind": .kind, "span:status": .status, "span:id": .id, "trace:duration": .traceDuration,
    "trace:rootName": .rootName, "trace:rootService": .rootService, "trace:id": .trace,
    "event:name": .eventName, "instrumentation:name": .scopeName,
    "instrumentation:version": .scopeVersion,
  ]

  /// The intrinsic or dimension of this name; nil for every other key.
  public init?(name: String) {
    if let intrinsic = Filter.Intrinsic(rawValue: name) ?? Self.synonyms[name] {
      self = .intrinsic(intrinsic)
    } else if let dimension = Filter.DimensionKey(rawValue: name) {
      self = .dimension(dimension)
    } else {
      return nil
    }
  }
}

extension Filter.Place {
  /// The place that a key begins with, as in `resource.host.name`.
  init?(prefixOf key: String) {
    guard let dot = key.firstIndex(of: "."), dot != key.startIndex,
      let place = Filter.Place(rawValue: String(key[..<dot]))
    else { return nil }
    self = place
  }
}
