internal import NIOSSL
import Synchronization

/// Who may use the TCP endpoints: TLS, client certificates and tokens, each where it was asked for.
///
/// The Unix socket needs none of it: its folder, its mode and the kernel's word on who connects do the
/// same. What stands in the files can be replaced while the collector runs; whether there is TLS, and
/// whether there are tokens, cannot.
public final class ListenerSecurity: Sendable {
  private struct Current {
    var tls: ServerTLS?
    var tokens: AccessTokens?
  }

  public let usesTLS: Bool
  public let demandsCertificate: Bool
  public let demandsToken: Bool
  /// Guards what is in force; read by loops when a connection comes, and per call where tokens are on.
  private let current: Mutex<Current>

  public init(tls: ServerTLS? = nil, tokens: AccessTokens? = nil) {
    usesTLS = tls != nil
    demandsCertificate = tls?.demandsCertificate ?? false
    demandsToken = tokens != nil
    current = Mutex(Current(tls: tls, tokens: tokens))
  }

  /// Neither TLS nor tokens.
  public static let none = ListenerSecurity()

  /// Puts files that were read anew in force: for connections and calls that come from now on.
  public func replace(tls: ServerTLS?, tokens: AccessTokens?) {
    current.withLock { current in
      if usesTLS, let tls { current.tls = tls }
      if demandsToken, let tokens { current.tokens = tokens }
    }
  }

  /// What an accepted connection of the endpoint speaks TLS with; nil where it speaks plain text.
  func tls(for kind: Endpoint.Kind) -> NIOSSLContext? {
    guard usesTLS, kind != .unix else { return nil }
    return current.withLock { $0.tls?.context(for: kind) }
  }

  /// Why a call over TCP is not answered; nil where it may be.
  func refusal(authorization: String?) -> GRPCStatus? {
    guard demandsToken else { return nil }
    guard let authorization else {
      return GRPCStatus(.unauthenticated, "a token is asked for: authorization: Bearer TOKEN")
    }
    let isKnown = current.withLock { $0.tokens }?.accept(authorization: authorization) ?? false
    return isKnown ? nil : GRPCStatus(.unauthenticated, "the token is not known here")
  }

  // MARK: - Where to listen

  /// Why an address that other machines reach is not opened; nil where it may be. `name` is how the
  /// person called it, such as `--grpc`.
  func problem(
    with address: CollectorAddress, name: String, allowsRemote: Bool
  ) -> IngestError? {
    guard !allowsRemote, !address.isLoopback else { return nil }
    if usesTLS {
      guard !demandsCertificate, !demandsToken else { return nil }
      return IngestError(
        "\(name) \(address) is not loopback, and TLS alone lets anybody in: add --tls-client-ca or "
          + "--token-file, or allow it with --insecure-remote")
    }
    guard demandsToken else {
      return IngestError(
        "\(name) \(address) is not loopback; others could read and send spans: use 127.0.0.1, add "
          + "--tls-cert and --tls-key with --tls-client-ca or --token-file, or allow it with "
          + "--insecure-remote")
    }
    return IngestError(
      "\(name) \(address) is not loopback, and tokens would cross the network for all to read: add "
        + "--tls-cert and --tls-key, or allow it with --insecure-remote")
  }
}
