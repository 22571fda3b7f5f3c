/// Why a compressed body was refused.
package enum CompressionError: Error, Equatable, CustomStringConvertible {
  /// Not what its encoding says, from this byte of the compressed body on.
  case malformed(ContentEncoding, offset: Int)
  /// Longer than the limit once decompressed.
  case tooLong(limit: Int)
  /// A zstd frame that refers further back than any receiver has to keep (RFC 8878 3.1.1.1.2).
  case windowTooLarge(limit: Int)
  /// There is no memory for a decompressor.
  case outOfMemory

  package var description: String {
    switch self {
    case .malformed(let encoding, let offset):
      "the body is not valid \(encoding) from byte \(offset) on"
    case .tooLong(let limit): "the decompressed body is longer than \(limit) bytes"
    case .windowTooLarge(let limit): "the body's zstd window is larger than \(limit) bytes"
    case .outOfMemory: "there is no memory to decompress the body"
    }
  }
}
