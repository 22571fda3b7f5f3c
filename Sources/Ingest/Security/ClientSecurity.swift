internal import NIOCore
internal import NIOSSL

/// What a client shows a collector over TCP, and whom it believes: TLS and a token, where there are any.
/// The Unix socket needs neither.
public struct ClientSecurity: Sendable {
  let tls: NIOSSLContext?
  /// The token itself; never printed.
  let authorization: String?

  /// Plain text, no token.
  public static let none = ClientSecurity(tls: nil, authorization: nil)

  private init(tls: NIOSSLContext?, authorization: String?) {
    self.tls = tls
    self.authorization = authorization
  }

  /// The authorities whose word on the collector's certificate counts.
  public enum Authority: Sendable {
    case file(SecretFile)
    /// Those of this machine.
    case system
  }

  /// TLS where an authority is named, with a certificate of the client's where there is one; a token
  /// where a file has one: its first.
  public init(
    authority: Authority?, certificate: SecretFile?, key: SecretFile?, tokens: SecretFile?
  ) throws(IngestError) {
    authorization =
      if let tokens {
        try AccessTokens.tokens(in: tokens).first.map {
          "Bearer " + String(decoding: $0.token, as: UTF8.self)
        }
      } else {
        nil
      }
    guard let authority else {
      tls = nil
      return
    }
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["h2"]
    configuration.shutdownTimeout = .milliseconds(ServerTLS.closeMilliseconds)
    if case .file(let file) = authority {
      configuration.trustRoots = .certificates(try TLSFiles.certificates(in: file))
    }
    if let certificate, let key {
      configuration.certificateChain = try TLSFiles.certificates(in: certificate).map {
        .certificate($0)
      }
      configuration.privateKey = .privateKey(try TLSFiles.key(in: key))
    }
    do {
      tls = try NIOSSLContext(configuration: configuration)
    } catch {
      guard let certificate, let key else {
        throw IngestError("TLS cannot be set up: \(TLSFault.text(error))")
      }
      throw TLSFiles.mismatch(error, certificate, key)
    }
  }
}
