/// Bytes that a request's own body does not hold: joined, mended, or unescaped. They live as long as the request.
public final class Arena {
  private var blocks: [[UInt8]] = []

  public init() {}

  /// Keeps bytes at an address that stays until ``removeAll()``.
  public func keep(_ bytes: [UInt8]) -> WireBytes {
    guard !bytes.isEmpty else { return .empty }
    blocks.append(bytes)
    // Safe: the array is changed by `join` alone, and its storage is held by `blocks` until the
    // request is done.
    return unsafe blocks[blocks.count - 1].withUnsafeBytes { unsafe WireBytes($0) }
  }

  public func keep(_ text: String) -> WireBytes { keep(Array(text.utf8)) }

  /// Two payloads of one message field, joined: protobuf merges by joining. `first` is not to be used again.
  ///
  /// What was joined last grows where it is, so that many small payloads cost no more than their bytes.
  public func join(_ first: WireBytes, _ second: WireBytes) -> WireBytes {
    guard !first.isEmpty else { return second }
    guard endsWith(first) else { return keep(first.array + second.array) }
    unsafe blocks[blocks.count - 1].append(contentsOf: second.buffer)
    // Safe: as in `keep`.
    return unsafe blocks[blocks.count - 1].withUnsafeBytes { unsafe WireBytes($0) }
  }

  /// Whether the bytes are the ones kept or joined last.
  public func endsWith(_ bytes: WireBytes) -> Bool {
    guard let last = blocks.last, last.count == bytes.count else { return false }
    return unsafe last.withUnsafeBytes { unsafe WireBytes($0).address == bytes.address }
  }

  public func removeAll() { blocks.removeAll(keepingCapacity: true) }
}
