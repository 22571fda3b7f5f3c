internal import CSodium

/// The key that `hash` transformations need: ContextForge's `AUTH_ENCRYPTION_SECRET`.
///
/// Never printed: its description says nothing of the key.
public struct RuleSecret: Sendable, CustomStringConvertible {
  private let state: crypto_auth_hmacsha256_state

  public init(_ key: [UInt8]) {
    var state = crypto_auth_hmacsha256_state()
    unsafe crypto_auth_hmacsha256_init(&state, key, key.count)
    self.state = state
  }

  public var description: String { "the secret key" }

  /// How many hexadecimal digits of the 64 are kept: as many as ContextForge keeps.
  private static let digits = 32

  /// Lower-case hexadecimal digits of the text's authentication code.
  func hash(_ text: String) -> String {
    var state = state
    let bytes = Array(text.utf8)
    var code = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_BYTES))
    unsafe crypto_auth_hmacsha256_update(&state, bytes, UInt64(bytes.count))
    unsafe crypto_auth_hmacsha256_final(&state, &code)
    var hex: [UInt8] = []
    hex.reserveCapacity(Self.digits)
    for byte in code.prefix(Self.digits / 2) {
      hex.append(Self.digit(byte >> 4))
      hex.append(Self.digit(byte & 0xF))
    }
    return String(decoding: hex, as: UTF8.self)
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
