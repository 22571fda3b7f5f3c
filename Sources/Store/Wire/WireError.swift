/// Why a protobuf message was refused, and at which byte of the request.
public struct WireError: Error, Equatable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    /// The bytes end inside a field.
    case truncated
    /// A varint is longer than ten bytes, or a tag longer than 32 bits.
    case malformedVarint
    /// A tag with field number zero or a wire type that does not exist.
    case invalidTag
    /// A group ends that was not begun, or begins and is not ended.
    case unbalancedGroup
    /// Messages are nested deeper than ``WireReader/maximumDepth``.
    case nestedTooDeeply
    /// More spans, keys or bytes than one request may hold.
    case tooLarge
  }

  public var reason: Reason
  /// Bytes from the start of the request body.
  public var offset: Int

  public init(_ reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  public var description: String {
    let what =
      switch reason {
      case .truncated: "the message ends inside a field"
      case .malformedVarint: "malformed varint"
      case .invalidTag: "invalid field tag"
      case .unbalancedGroup: "unbalanced group"
      case .nestedTooDeeply: "more than \(WireReader.maximumDepth + 1) messages inside one another"
      case .tooLarge: "more than one request may hold"
      }
    return "byte \(offset): \(what)"
  }
}
