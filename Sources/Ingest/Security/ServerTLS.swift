internal import Glibc
internal import NIOCore
internal import NIOSSL

/// What the TCP endpoints show and ask for when TLS is on: TLS 1.2 or 1.3, the certificate, and where an
/// authority is named, a certificate of the client's.
public struct ServerTLS: Sendable {
  /// How long a connection that is closed waits for the peer's last word, in milliseconds.
  static let closeMilliseconds: Int64 = 500

  public let demandsCertificate: Bool
  /// What a person should know of the certificates, though they are taken.
  public let warnings: [String]
  private let grpc: NIOSSLContext
  private let http: NIOSSLContext

  /// Reads PEM: the certificate and those up to its authority, its key, and the authorities whose
  /// certificates clients must show.
  public init(
    certificate: SecretFile, key: SecretFile, clientAuthority: SecretFile?
  ) throws(IngestError) {
    let chain = try TLSFiles.certificates(in: certificate)
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) },
      privateKey: .privateKey(try TLSFiles.key(in: key)))
    configuration.minimumTLSVersion = .tlsv12
    configuration.shutdownTimeout = .milliseconds(Self.closeMilliseconds)
    // Without an authority nobody's certificate is looked at, and none is to be read from the system.
    configuration.trustRoots = .certificates([])
    if let clientAuthority {
      let authorities = try TLSFiles.certificates(in: clientAuthority)
      configuration.trustRoots = .certificates(authorities)
      configuration.certificateVerification = .noHostnameVerification
      configuration.sendCANameList = true
    }
    demandsCertificate = clientAuthority != nil
    warnings = chain.first.flatMap { TLSFiles.warning($0, certificate) }.map { [$0] } ?? []
    grpc = try Self.context(configuration, "h2", certificate, key)
    http = try Self.context(configuration, "http/1.1", certificate, key)
  }

  private static func context(
    _ configuration: TLSConfiguration, _ applicationProtocol: String, _ certificate: SecretFile,
    _ key: SecretFile
  ) throws(IngestError) -> NIOSSLContext {
    var configuration = configuration
    configuration.applicationProtocols = [applicationProtocol]
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw TLSFiles.mismatch(error, certificate, key)
    }
  }

  func context(for kind: Endpoint.Kind) -> NIOSSLContext { kind == .http ? http : grpc }
}

/// Certificates and keys out of files, with errors that say which file is wrong.
enum TLSFiles {
  static func certificates(in file: SecretFile) throws(IngestError) -> [NIOSSLCertificate] {
    guard let found = try? NIOSSLCertificate.fromPEMBytes(file.bytes), !found.isEmpty else {
      throw IngestError("\(file.path): there is no certificate in PEM in it")
    }
    return found
  }

  static func key(in file: SecretFile) throws(IngestError) -> NIOSSLPrivateKey {
    guard let key = try? NIOSSLPrivateKey(bytes: file.bytes, format: .pem) else {
      throw IngestError(
        "\(file.path): there is no private key in PEM in it that can be used without a passphrase")
    }
    return key
  }

  static func mismatch(
    _ error: any Error, _ certificate: SecretFile, _ key: SecretFile
  ) -> IngestError {
    IngestError(
      "\(certificate.path) and \(key.path) do not belong together: \(TLSFault.text(error))")
  }

  /// A certificate out of its time is used all the same: it is the peers who judge it.
  static func warning(_ certificate: NIOSSLCertificate, _ file: SecretFile) -> String? {
    let now = Glibc.time(nil)
    if certificate.notValidAfter < now { return "\(file.path): the certificate has expired" }
    return certificate.notValidBefore > now
      ? "\(file.path): the certificate is not valid yet" : nil
  }
}
