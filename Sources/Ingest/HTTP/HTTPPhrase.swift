internal import NIOHTTP1

/// What HTTP calls its status codes.
public enum HTTPPhrase {
  /// The words for a code, such as `Service Unavailable`; for one that nobody registered its class, and
  /// nil where it is no code at all.
  public static func of(_ code: Int) -> String? {
    guard (100..<600).contains(code) else { return nil }
    let status = HTTPResponseStatus(statusCode: code)
    if case .custom = status { return classes[code / 100 - 1] }
    return status.reasonPhrase
  }

  private static let classes = [
    "Informational", "Success", "Redirection", "Client Error", "Server Error",
  ]
}
