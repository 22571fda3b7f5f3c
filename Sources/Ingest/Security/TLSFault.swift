internal import NIOSSL

/// What went wrong with TLS, in words about the peer: "it showed no certificate".
enum TLSFault {
  /// What BoringSSL calls it, and what that means.
  private static let meanings = [
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "it showed no certificate",
    "CERTIFICATE_VERIFY_FAILED":
      "its certificate is of an authority that is not known here, or not valid now",
    "SSLV3_ALERT_BAD_CERTIFICATE": "it does not accept the certificate of this side",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "it says that the certificate of this side has expired",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "it does not accept the certificate of this side",
    "TLSV1_ALERT_UNKNOWN_CA": "it does not know the authority of the certificate of this side",
    "TLSV1_ALERT_CERTIFICATE_REQUIRED": "it asks for a certificate",
    "TLSV1_ALERT_DECRYPT_ERROR": "it does not accept the signature of this side",
    "TLSV1_ALERT_PROTOCOL_VERSION": "it speaks another version of TLS",
    "UNSUPPORTED_PROTOCOL": "it speaks an old version of TLS",
    "WRONG_VERSION_NUMBER": "it does not speak TLS",
    "HTTP_REQUEST": "it does not speak TLS",
    "NO_SHARED_CIPHER": "it has no cipher in common with this side",
    "KEY_VALUES_MISMATCH": "the key is another certificate's",
    "KEY_TYPE_MISMATCH": "the key is another certificate's",
  ]

  /// Whether the peer will not have this side, and would not at the next attempt.
  static func isRefusal(_ error: any Error) -> Bool {
    name(in: "\(error)")?.contains("ALERT") ?? false
  }

  /// Whether it is an error of TLS at all.
  static func isKnown(_ error: any Error) -> Bool {
    error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError
  }

  static func text(_ error: any Error) -> String {
    if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
      return "its certificate is another host's"
    }
    if case NIOSSLError.unableToValidateCertificate = error {
      return "its certificate is another host's"
    }
    if case NIOSSLError.uncleanShutdown = error { return "it broke the connection off" }
    let description = "\(error)"
    if description.contains("EOF during handshake") { return "it hung up during the handshake" }
    guard let name = name(in: description) else { return description }
    return meanings[name] ?? name.lowercased().replacing("_", with: " ")
  }

  /// The reason out of `error:1000007d:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED at …`.
  private static func name(in description: String) -> String? {
    guard let mark = description.firstRange(of: "OPENSSL_internal:") else { return nil }
    let name = description[mark.upperBound...].prefix {
      $0.isUppercase || $0.isNumber || $0 == "_"
    }
    return name.isEmpty ? nil : String(name)
  }
}
