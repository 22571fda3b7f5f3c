/// How a body is compressed. Another compression is a case here and a branch in ``Inflater``.
package enum ContentEncoding: String, CaseIterable, Sendable {
  case identity, gzip, deflate, zstd

  /// Reads `Content-Encoding` or `grpc-encoding`; nil for a compression that is not supported.
  init?(header: String?) {
    guard let header, !header.isEmpty else {
      self = .identity
      return
    }
    let name = header.lowercased()
    // RFC 9110 8.4.1.3: the old name means the same.
    self.init(rawValue: name == "x-gzip" ? "gzip" : name)
  }

  /// What a refusal tells the peer to use (`Accept-Encoding`, `grpc-accept-encoding`).
  static let accepted = allCases.map(\.rawValue).joined(separator: ", ")
}
