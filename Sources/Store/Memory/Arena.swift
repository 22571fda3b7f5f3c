/// Bytes that a request's own body does not hold: joined, mended, or unescaped. They live as long as the request.
public final class Arena {
  private var blocks: [[UInt8]] = []

  public init() {}

  /// Keeps bytes at an address that stays until ``removeAll()``.
  public func keep(_ bytes: [UInt8]) -> WireBytes {
    guard !bytes.isEmpty else { return .empty }
    blocks.append(bytes)
    // Safe: the array is never changed, and its storage is held by `blocks` until the request is done.
    return unsafe blocks[blocks.count - 1].withUnsafeBytes { unsafe WireBytes($0) }
  }

  public func keep(_ text: String) -> WireBytes { keep(Array(text.utf8)) }

  public func removeAll() { blocks.removeAll(keepingCapacity: true) }
}
