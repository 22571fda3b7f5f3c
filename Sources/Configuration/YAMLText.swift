internal import Yams

enum Probe {
  static func node(_ text: String) throws -> Node? { try Yams.compose(yaml: text) }
}
