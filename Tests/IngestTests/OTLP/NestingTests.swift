import Store
import Testing

@Suite("How deep messages may nest")
struct NestingTests {
  /// A place in a request where values nest, as the fields from the request down to the value.
  enum Place: String, CaseIterable {
    case resource, scope, span, event, link

    /// Field numbers of the messages around the `AnyValue`, outermost first.
    var fields: [Int] {
      switch self {
      // resource_spans, resource, attributes, value
      case .resource: [1, 1, 1, 2]
      // resource_spans, scope_spans, scope, attributes, value
      case .scope: [1, 2, 1, 3, 2]
      // resource_spans, scope_spans, spans, attributes, value
      case .span: [1, 2, 2, 9, 2]
      // … spans, events, attributes, value
      case .event: [1, 2, 2, 11, 3, 2]
      case .link: [1, 2, 2, 13, 4, 2]
      }
    }
  }

  /// What the values are nested in: arrays, key-value lists, or both in turn.
  enum Kind: CaseIterable { case array, keyValues, mixed }

  /// Field numbers of `count` messages inside an `AnyValue`.
  private func inner(_ count: Int, _ kind: Kind) -> [Int] {
    var fields: [Int] = []
    var level = 0
    while fields.count < count {
      let isArray = kind == .array || kind == .mixed && level % 2 == 0
      // array_value, values; or kvlist_value, values, value.
      fields += isArray ? [5, 1] : [6, 1, 2]
      level += 1
    }
    return Array(fields.prefix(count))
  }

  /// `depth` messages inside one another, the request itself the first, and the offset of the
  /// innermost one.
  private func request(_ place: Place, _ kind: Kind, depth: Int) -> (body: [UInt8], innermost: Int)
  {
    let fields = place.fields + inner(depth - 1 - place.fields.count, kind)
    var body: [UInt8] = []
    for (index, field) in fields.enumerated().reversed() {
      var writer = WireWriter()
      if index == 2, fields.starts(with: [1, 2, 2]) {
        // A span is refused for its ids before anybody looks at its values.
        var span = WireWriter()
        span.bytes(1, [UInt8](repeating: 1, count: 16))
        span.bytes(2, [UInt8](repeating: 2, count: 8))
        body = span.bytes + body
      }
      writer.bytes(field, body)
      body = writer.bytes
    }
    // The innermost message is empty, so it stands at the end of the body.
    return (body, body.count)
  }

  @Test(
    "A hundred messages inside one another are held as swift-protobuf reads them",
    arguments: Place.allCases, Kind.allCases)
  func hundred(place: Place, kind: Kind) throws {
    var proof = DecoderProof()
    for depth in [99, 100] {
      #expect(try proof.prove(request(place, kind, depth: depth).body) == .equal, "\(depth)")
    }
  }

  @Test(
    "One more is refused, by both, at the byte where it begins",
    arguments: Place.allCases, Kind.allCases)
  func hundredAndOne(place: Place, kind: Kind) throws {
    let (body, innermost) = request(place, kind, depth: 101)
    var proof = DecoderProof()
    #expect(try proof.prove(body) == .refused)
    #expect(proof.error(of: body) == WireError(.nestedTooDeeply, offset: innermost))
  }

  /// Groups that nobody knows inside one another, at the top of a request.
  private func groups(_ depth: Int) -> [UInt8] {
    var writer = WireWriter()
    for _ in 0..<depth { writer.tag(100, 3) }
    for _ in 0..<depth { writer.tag(100, 4) }
    return writer.bytes
  }

  @Test("Unknown groups nest as deep as swift-protobuf follows them, and no deeper")
  func unknownGroups() throws {
    var proof = DecoderProof()
    // The request is the first of the hundred.
    #expect(try proof.prove(groups(99)) == .equal)
    #expect(try proof.prove(groups(100)) == .refused)
    // Behind the tag of the group that is one too many; a tag of field 100 has two bytes.
    #expect(proof.error(of: groups(100)) == WireError(.nestedTooDeeply, offset: 100 * 2))
  }
}
