/// Errors of other modules as one line.
enum VisibleMessage {
  static func of(_ error: any Error) -> String {
    String(describing: error).split(separator: "\n").joined(separator: " ")
  }
}
