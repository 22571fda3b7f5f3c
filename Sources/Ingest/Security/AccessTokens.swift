internal import CSodium

/// The bearer tokens that callers may show (RFC 6750), kept as codes of one length under a key of this
/// process: what a comparison takes says nothing of a token, nor of how long it is.
///
/// Never printed: its description says how many there are.
public struct AccessTokens: Sendable, CustomStringConvertible {
  /// The most tokens of a file: each call is compared with all of them.
  public static let maximumCount = 100
  /// The longest token, in bytes; heads of requests end at 16 KiB.
  public static let maximumBytes = 4_096
  /// A shorter token can be guessed; it is taken, and a warning given.
  public static let guessableBytes = 16

  /// The begun authentication code under a random key.
  private let state: crypto_auth_hmacsha256_state
  /// The codes of all tokens, one after the other.
  private let codes: [UInt8]
  /// Lines of the file whose tokens are short.
  public let guessableLines: [Int]

  private static let codeBytes = Int(crypto_auth_hmacsha256_BYTES)

  public var count: Int { codes.count / Self.codeBytes }
  public var description: String { "\(count) tokens" }

  /// Reads a file of tokens: one a line, blank lines and lines that begin with `#` passed over.
  ///
  /// Errors name the file and the line, never what stands there.
  public init(_ file: SecretFile) throws(IngestError) {
    let tokens = try Self.tokens(in: file)
    var key = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_KEYBYTES))
    unsafe randombytes_buf(&key, key.count)
    var state = crypto_auth_hmacsha256_state()
    unsafe crypto_auth_hmacsha256_init(&state, key, key.count)
    unsafe sodium_memzero(&key, key.count)
    self.state = state
    codes = tokens.flatMap { Self.code(of: Array($0.token), state) }
    guessableLines = tokens.filter { $0.token.count < Self.guessableBytes }.map(\.line)
  }

  /// Whether a header `authorization` shows one of the tokens. Takes as long for one as for another.
  func accept(authorization: String) -> Bool {
    guard let token = Self.bearer(authorization) else { return false }
    let shown = Self.code(of: Array(token.utf8), state)
    var isKnown = false
    unsafe shown.withUnsafeBytes { shown in
      unsafe codes.withUnsafeBytes { codes in
        guard let shown = shown.baseAddress, let first = codes.baseAddress else { return }
        for offset in stride(from: 0, to: codes.count, by: Self.codeBytes) {
          // Every code is looked at, found or not.
          let isEqual = unsafe sodium_memcmp(shown, first + offset, Self.codeBytes) == 0
          isKnown = isEqual || isKnown
        }
      }
    }
    return isKnown
  }

  /// The token of `Bearer TOKEN`; the scheme may be written in any case (RFC 9110 11.1).
  private static func bearer(_ authorization: String) -> Substring? {
    guard authorization.utf8.count <= maximumBytes + 16,
      let blank = authorization.firstIndex(of: " "),
      authorization[..<blank].lowercased() == "bearer"
    else { return nil }
    return authorization[blank...].drop { $0 == " " }
  }

  private static func code(
    of token: [UInt8], _ state: crypto_auth_hmacsha256_state
  ) -> [UInt8] {
    var state = state
    var code = [UInt8](repeating: 0, count: codeBytes)
    unsafe crypto_auth_hmacsha256_update(&state, token, UInt64(token.count))
    unsafe crypto_auth_hmacsha256_final(&state, &code)
    return code
  }

  // MARK: - The file

  /// The tokens of a file with the lines where they stand.
  static func tokens(
    in file: SecretFile
  ) throws(IngestError) -> [(line: Int, token: ArraySlice<UInt8>)] {
    var tokens: [(line: Int, token: ArraySlice<UInt8>)] = []
    let lines = file.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let token = trimmed(line)
      guard let first = token.first, first != UInt8(ascii: "#") else { continue }
      guard token.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        throw IngestError(
          "\(file.path):\(index + 1): a token is one word of visible ASCII; a comment begins with #"
        )
      }
      guard token.count <= maximumBytes else {
        throw IngestError(
          "\(file.path):\(index + 1): a token has at most \(maximumBytes) characters")
      }
      tokens.append((index + 1, token))
    }
    guard !tokens.isEmpty else {
      throw IngestError("\(file.path): there is no token in it; write one a line")
    }
    guard tokens.count <= maximumCount else {
      throw IngestError("\(file.path): \(tokens.count) tokens; at most \(maximumCount) are taken")
    }
    return tokens
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
    var line = line.drop(while: isBlank)
    while let last = line.last, isBlank(last) { line.removeLast() }
    return line
  }
}

/// A file that was read for a certificate, a key or tokens: its path, for messages, and its bytes.
public struct SecretFile: Sendable, CustomStringConvertible {
  public let path: String
  let bytes: [UInt8]

  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  public var description: String { path }
}
