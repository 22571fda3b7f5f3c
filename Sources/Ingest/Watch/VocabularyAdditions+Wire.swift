import Store

/// What a collector's vocabulary has beyond the standard one, as a viewer is told of it
/// (`tracetop.v1.VocabularyAdditions`). Words are those of the configuration; a viewer that does not
/// know one, because it is older, passes it over.
extension VocabularyAdditions {
  func write(to writer: inout WireWriter) {
    for dimension in Dimension.allCases {
      Self.write(1, dimension.name, dimensions[dimension], to: &writer)
    }
    for measure in KeyMeaning.Measure.allCases {
      Self.write(2, measure.rawValue, measures[measure], to: &writer)
    }
    for clue in KeyMeaning.Clue.allCases {
      Self.write(3, clue.rawValue, clues[clue], to: &writer)
    }
    for rule in roles {
      Self.write(4, [rule.role.name, rule.source.rawValue, rule.pattern], to: &writer)
    }
    for rule in events { Self.write(5, [rule.name] + rule.evidence.names, to: &writer) }
  }

  private static func write(
    _ field: Int, _ word: String, _ keys: [String]?, to writer: inout WireWriter
  ) {
    if let keys { write(field, [word] + keys, to: &writer) }
  }

  private static func write(_ field: Int, _ texts: [String], to writer: inout WireWriter) {
    writer.message(field) { (writer: inout WireWriter) in
      for text in texts { writer.string(1, text) }
    }
  }

  init(_ reader: WireReader) throws(WireError) {
    self.init()
    var reader = reader
    while !reader.isAtEnd {
      let tag = try reader.tag()
      guard tag & 7 == 2, (1...5).contains(tag >> 3) else {
        try reader.skip(tag, depth: WireReader.maximumDepth)
        continue
      }
      let texts = try Self.texts(reader.nested(try reader.bytes()))
      if let word = texts.first { take(Int(tag >> 3), word, Array(texts.dropFirst())) }
    }
  }

  private mutating func take(_ field: Int, _ word: String, _ rest: [String]) {
    switch field {
    case 1:
      if let dimension = Dimension(name: word) { dimensions[dimension] = rest }
    case 2:
      if let measure = KeyMeaning.Measure(rawValue: word) { measures[measure] = rest }
    case 3:
      if let clue = KeyMeaning.Clue(rawValue: word) { clues[clue] = rest }
    case 4:
      guard let role = Role(name: word), rest.count == 2,
        let source = Vocabulary.RoleRule.Source(rawValue: rest[0])
      else { return }
      roles.append(Vocabulary.RoleRule(source, rest[1], role))
    default:
      let evidence = Evidence.words.filter { rest.contains($0.name) }
        .reduce(into: Evidence()) { $0.formUnion($1.evidence) }
      events.append(Vocabulary.EventRule(word, evidence))
    }
  }

  private static func texts(_ reader: WireReader) throws(WireError) -> [String] {
    var texts: [String] = []
    var reader = reader
    while !reader.isAtEnd {
      let tag = try reader.tag()
      if tag == 1 << 3 | 2 {
        texts.append(try reader.bytes().text)
      } else {
        try reader.skip(tag, depth: WireReader.maximumDepth)
      }
    }
    return texts
  }
}
