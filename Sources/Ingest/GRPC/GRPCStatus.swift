/// How a call ended (`grpc-status` and `grpc-message`).
public struct GRPCStatus: Error, Equatable, Sendable, CustomStringConvertible {
  /// The codes of gRPC that this program sends or tells apart; others arrive as `unknown`.
  public enum Code: Int, Sendable {
    case ok = 0
    case cancelled = 1
    case unknown = 2
    case invalidArgument = 3
    case deadlineExceeded = 4
    case notFound = 5
    case permissionDenied = 7
    case resourceExhausted = 8
    case failedPrecondition = 9
    case aborted = 10
    case outOfRange = 11
    case unimplemented = 12
    case `internal` = 13
    case unavailable = 14
    case dataLoss = 15
    case unauthenticated = 16
  }

  public var code: Code
  /// Plain text; ``encodedMessage`` is its form on the wire.
  public var message: String

  /// After how long the sender should try again, in milliseconds; nil where that would not help.
  public var retryDelayMilliseconds: Int?

  public init(_ code: Code, _ message: String = "", retryDelayMilliseconds: Int? = nil) {
    self.code = code
    self.message = message
    self.retryDelayMilliseconds = retryDelayMilliseconds
  }

  public static let ok = GRPCStatus(.ok)

  public var description: String { message.isEmpty ? "\(code)" : message }

  /// Whether the sender may try again, and how soon (OTLP 1.5, "Failures"): RESOURCE_EXHAUSTED only where
  /// the peer says when, since it means too long a request otherwise.
  var retry: IngestError.Retry? {
    let retry = IngestError.Retry(afterMilliseconds: retryDelayMilliseconds)
    return switch code {
    case .cancelled, .deadlineExceeded, .aborted, .outOfRange, .unavailable, .dataLoss: retry
    case .resourceExhausted: retryDelayMilliseconds == nil ? nil : retry
    default: nil
    }
  }

  // MARK: - The wire's form

  /// The message percent-encoded as gRPC asks: printable ASCII but for `%` stands as it is.
  var encodedMessage: String {
    guard message.utf8.contains(where: { !Self.isPlain($0) }) else { return message }
    var bytes: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in message.utf8 {
      if Self.isPlain(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads trailers. A code that is no number is `unknown`; a broken escape stays as it is.
  init(code: String, encodedMessage: String?) {
    self.code = Int(code).flatMap(Code.init(rawValue:)) ?? .unknown
    message = encodedMessage.map(Self.decode) ?? ""
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    byte >= 0x20 && byte <= 0x7E && byte != UInt8(ascii: "%")
  }

  private static func decode(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
    let source = Array(text.utf8)
    var bytes: [UInt8] = []
    var index = 0
    while index < source.count {
      if source[index] == UInt8(ascii: "%"), index + 2 < source.count,
        let high = hexDigit(source[index + 1]), let low = hexDigit(source[index + 2])
      {
        bytes.append(high << 4 | low)
        index += 3
      } else {
        bytes.append(source[index])
        index += 1
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    UInt8(String(UnicodeScalar(byte)), radix: 16)
  }
}
