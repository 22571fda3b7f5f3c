/// What figures count: whole requests, or where those stand apart the traces that they are made of.
enum CountUnit: Equatable, Sendable {
  case request, trace

  /// At the end of a rate.
  var short: String { self == .request ? "req" : "tr" }
  /// Over a column.
  var header: String { self == .request ? "REQ" : "TRACES" }

  func word(for count: Int) -> String {
    let word = self == .request ? "request" : "trace"
    return count == 1 ? word : word + "s"
  }
}
