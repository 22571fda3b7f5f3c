internal import CYaml

/// Composes a document from libyaml's events: anchors resolved, keys unique, no rules for scalars.
@safe struct YAMLReader: ~Copyable {
  /// Deeper than any configuration, and no deeper than the stack is.
  private static let maximumDepth = 64

  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private var anchors: [String: YAMLNode] = [:]

  /// The text's only document; nil where there is none.
  static func root(of text: String) throws(YAMLError) -> YAMLNode? {
    let bytes = Array(text.utf8)
    return try unsafe bytes.withUnsafeBufferPointer { (bytes) throws(YAMLError) in
      var reader = unsafe YAMLReader(bytes)
      return try reader.document()
    }
  }

  private init(_ bytes: UnsafeBufferPointer<UInt8>) {
    unsafe parser = .allocate(capacity: 1)
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      fatalError("the system has no memory left")
    }
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
  }

  // MARK: - Composing

  private mutating func document() throws(YAMLError) -> YAMLNode? {
    _ = try next()
    guard case .documentStart = try next().kind else { return nil }
    let root = try node(from: try next(), depth: 0)
    _ = try next()
    let after = try next()
    guard case .streamEnd = after.kind else {
      throw YAMLError(
        line: after.line,
        reason: "not YAML: expected a single document in the stream in line \(root.line): "
          + "but found another document")
    }
    return root
  }

  private mutating func node(from event: Event, depth: Int) throws(YAMLError) -> YAMLNode {
    guard depth < Self.maximumDepth else {
      throw YAMLError(line: event.line, reason: "nested too deeply")
    }
    let node: YAMLNode
    switch event.kind {
    case .alias(let name):
      guard let known = anchors[name] else {
        throw YAMLError(line: event.line, reason: "not YAML: found undefined alias '\(name)'")
      }
      return known
    case .scalar(let scalar): node = .scalar(scalar, line: event.line)
    case .sequenceStart:
      var elements: [YAMLNode] = []
      var inner = try next()
      while inner.kind != .end {
        elements.append(try self.node(from: inner, depth: depth + 1))
        inner = try next()
      }
      node = .sequence(elements, line: event.line)
    case .mappingStart: node = .mapping(try members(of: event, depth), line: event.line)
    case .documentStart, .streamEnd, .end, .other:
      throw YAMLError(line: event.line, reason: "not YAML: a value is missing")
    }
    if let anchor = event.anchor { anchors[anchor] = node }
    return node
  }

  private mutating func members(
    of mapping: Event, _ depth: Int
  ) throws(YAMLError) -> [YAMLNode.Member] {
    var members: [YAMLNode.Member] = []
    var seen: Set<String> = []
    var event = try next()
    while event.kind != .end {
      let key = try node(from: event, depth: depth + 1)
      if let text = key.scalar?.text, !seen.insert(text).inserted {
        throw YAMLError(line: mapping.line, reason: "\"\(text)\" stands here more than once")
      }
      members.append(
        YAMLNode.Member(key: key, value: try node(from: try next(), depth: depth + 1)))
      event = try next()
    }
    return members
  }

  // MARK: - Events

  private struct Event {
    enum Kind: Equatable {
      case documentStart, streamEnd, sequenceStart, mappingStart, end, other
      case scalar(YAMLNode.Scalar)
      case alias(String)
    }

    var kind: Kind
    var anchor: String?
    var line: Int
  }

  private func next() throws(YAMLError) -> Event {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { unsafe yaml_event_delete(&event) }
    let line = unsafe Int(event.start_mark.line) + 1
    switch unsafe event.type {
    case YAML_DOCUMENT_START_EVENT: return Event(kind: .documentStart, line: line)
    case YAML_STREAM_END_EVENT: return Event(kind: .streamEnd, line: line)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return Event(kind: .end, line: line)
    case YAML_SEQUENCE_START_EVENT:
      let anchor = unsafe Self.text(event.data.sequence_start.anchor)
      return Event(kind: .sequenceStart, anchor: anchor, line: line)
    case YAML_MAPPING_START_EVENT:
      let anchor = unsafe Self.text(event.data.mapping_start.anchor)
      return Event(kind: .mappingStart, anchor: anchor, line: line)
    case YAML_ALIAS_EVENT:
      let name = unsafe Self.text(event.data.alias.anchor) ?? ""
      return Event(kind: .alias(name), line: line)
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      return Event(
        kind: .scalar(
          YAMLNode.Scalar(
            text: unsafe String(decoding: bytes, as: UTF8.self),
            tag: unsafe Self.text(scalar.tag),
            isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE)),
        anchor: unsafe Self.text(scalar.anchor), line: line)
    default: return Event(kind: .other, line: line)
    }
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe String(cString: pointer)
  }

  /// What the parser has to say, in one line.
  private func failure() -> YAMLError {
    let parser = unsafe parser.pointee
    let problem = unsafe parser.problem.map { unsafe String(cString: $0) } ?? "cannot be read"
    if unsafe parser.error == YAML_READER_ERROR {
      return YAMLError(line: unsafe Int(parser.mark.line) + 1, reason: "not YAML: \(problem)")
    }
    var before = ""
    if let context = unsafe parser.context {
      before = unsafe "\(String(cString: context)) in line \(parser.context_mark.line + 1): "
    }
    return YAMLError(
      line: unsafe Int(parser.problem_mark.line) + 1, reason: "not YAML: \(before)\(problem)")
  }
}
