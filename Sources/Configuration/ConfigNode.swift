/// A place in a configuration file: what stands there, and the line for what may be wrong with it.
///
/// Plain scalars mean what they mean to PyYAML, YAML 1.1, since both gateways' tools read their files
/// with it: `yes` is a truth value and `1e3` is text.
struct ConfigNode {
  private let node: YAMLNode
  let file: String

  /// The file's only document; nil where there is nothing in it.
  init?(_ text: String, file: String) throws(ConfigurationError) {
    do {
      guard let root = try YAMLReader.root(of: text) else { return nil }
      node = root
      self.file = file
    } catch {
      throw ConfigurationError(file: file, line: error.line, reason: error.reason)
    }
  }

  private init(_ node: YAMLNode, file: String) {
    self.node = node
    self.file = file
  }

  var line: Int { node.line }
  /// `FILE:LINE`, as errors and rules name a place.
  var source: String { "\(file):\(line)" }

  func error(_ reason: String) -> ConfigurationError {
    ConfigurationError(file: file, line: line, reason: reason)
  }

  /// What kind of thing stands here, for messages.
  var kind: String {
    switch node {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar: scalar?.kind ?? "a value"
    }
  }

  // MARK: - Collections

  /// A member of a mapping.
  struct Member {
    var key: String
    /// Where the key stands.
    var place: ConfigNode
    var value: ConfigNode
  }

  /// The members of a mapping in order, those that `<<` brings in behind the mapping's own.
  func members(_ what: String) throws(ConfigurationError) -> [Member] {
    guard case .mapping(let mapping, _) = node else {
      throw error("expected \(what) to be a mapping, found \(kind)")
    }
    var members: [Member] = []
    var merged: [Member] = []
    for member in mapping {
      let place = ConfigNode(member.key, file: file)
      let value = ConfigNode(member.value, file: file)
      if member.key.scalar.map({ $0.text == "<<" && $0.isPlain }) == true {
        merged += try value.mergedMembers()
        continue
      }
      guard case .string(let key)? = place.keyScalar else {
        let kind = place.keyScalar?.kind ?? place.kind
        throw place.error("expected a name, found \(kind); put it in quotes")
      }
      members.append(Member(key: key, place: place, value: value))
    }
    for member in merged where !members.contains(where: { $0.key == member.key }) {
      members.append(member)
    }
    return members
  }

  private func mergedMembers() throws(ConfigurationError) -> [Member] {
    guard case .sequence(let sequence, _) = node else { return try members("what << names") }
    var merged: [Member] = []
    for element in sequence {
      merged += try ConfigNode(element, file: file).members("what << names")
    }
    return merged
  }

  func elements(_ what: String) throws(ConfigurationError) -> [ConfigNode] {
    guard case .sequence(let sequence, _) = node else {
      throw error("expected \(what) to be a list, found \(kind)")
    }
    return sequence.map { ConfigNode($0, file: file) }
  }

  // MARK: - Scalars

  /// What a scalar means; nil for a collection.
  var scalar: ConfigScalar? {
    guard let scalar = node.scalar else { return nil }
    switch scalar.tag {
    case nil: break
    case "!", "tag:yaml.org,2002:str": return .string(scalar.text)
    case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool",
      "tag:yaml.org,2002:null":
      return ConfigScalar(plain: scalar.text)
    case let tag?: return .other("the tag \(tag)")
    }
    return scalar.isPlain ? ConfigScalar(plain: scalar.text) : .string(scalar.text)
  }

  /// What a key means: whatever its tag, only the style counts.
  private var keyScalar: ConfigScalar? {
    guard let scalar = node.scalar else { return nil }
    return scalar.isPlain ? ConfigScalar(plain: scalar.text) : .string(scalar.text)
  }

  var isNull: Bool { scalar == .null }

  func string(_ what: String) throws(ConfigurationError) -> String {
    guard case .string(let text)? = scalar else {
      let hint = scalar == nil || isNull ? "" : "; put it in quotes"
      throw error("expected \(what) to be text, found \(kind)\(hint)")
    }
    return text
  }

  func strings(_ what: String) throws(ConfigurationError) -> [(text: String, place: ConfigNode)] {
    var strings: [(text: String, place: ConfigNode)] = []
    for element in try elements(what) {
      strings.append((try element.string("what stands in \(what)"), element))
    }
    return strings
  }

  func boolean(_ what: String) throws(ConfigurationError) -> Bool {
    guard case .boolean(let isTrue)? = scalar else {
      throw error("expected \(what) to be true or false, found \(kind)")
    }
    return isTrue
  }
}
