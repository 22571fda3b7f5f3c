/// What stands at one place of a YAML document.
indirect enum YAMLNode: Sendable {
  struct Scalar: Equatable, Sendable {
    var text: String
    /// The tag that the file gives it; nil where it gives none.
    var tag: String?
    var isPlain: Bool
  }

  struct Member: Sendable {
    var key: YAMLNode
    var value: YAMLNode
  }

  case scalar(Scalar, line: Int)
  case sequence([YAMLNode], line: Int)
  case mapping([Member], line: Int)

  /// Where it begins, from 1.
  var line: Int {
    switch self {
    case .scalar(_, let line), .sequence(_, let line), .mapping(_, let line): line
    }
  }

  var scalar: Scalar? {
    if case .scalar(let scalar, _) = self { scalar } else { nil }
  }
}

/// Why a text is no YAML, or not YAML that a configuration can be.
struct YAMLError: Error {
  /// From 1.
  var line: Int
  var reason: String
}
