/// Which web pages may send: those that this machine serves.
///
/// Anybody's page can reach a port of the machine that shows it, and a browser sends what the page
/// likes once the server has agreed. Pages from elsewhere are not agreed to.
enum LocalOrigin {
  private static let hosts = ["localhost", "127.0.0.1", "[::1]"]

  /// Whether an `Origin` is `http` or `https` on this machine, at any port.
  static func contains(_ origin: String) -> Bool {
    guard let scheme = ["http://", "https://"].first(where: origin.hasPrefix) else { return false }
    let authority = origin.dropFirst(scheme.count)
    return hosts.contains { host in
      guard authority.hasPrefix(host) else { return false }
      let rest = authority.dropFirst(host.count)
      return rest.isEmpty
        || (rest.first == ":" && rest.utf8.count > 1
          && rest.utf8.dropFirst().allSatisfy { $0 >= 48 && $0 <= 57 })
    }
  }
}
