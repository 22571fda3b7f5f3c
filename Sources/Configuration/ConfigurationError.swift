internal import Yams

/// Why a configuration file is refused: which file, where in it, and what to do about it.
public struct ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  public var file: String
  /// From 1; nil where the file as a whole is meant.
  public var line: Int?
  public var reason: String

  public init(file: String, line: Int?, reason: String) {
    self.file = file
    self.line = line
    self.reason = reason
  }

  public var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return "\(place): \(reason)"
  }

  /// What the YAML parser has to say, in one line.
  init(_ error: any Error, in file: String, text: String) {
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let before = context.map { "\($0.text) in line \($0.mark.line): " } ?? ""
      self.init(file: file, line: mark.line, reason: "not YAML: \(before)\(problem)")
    case .reader(let problem, let offset, _, _):
      let before = text.utf8.prefix(offset ?? 0)
      let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
      self.init(file: file, line: line, reason: "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { "\"\($0)\"" }.joined(separator: ", ")
      self.init(file: file, line: context.mark.line, reason: "\(names) stands here more than once")
    default:
      self.init(file: file, line: nil, reason: "not YAML: \(error)")
    }
  }
}
