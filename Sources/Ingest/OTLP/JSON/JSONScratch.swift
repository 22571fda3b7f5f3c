import Store

/// Memory for what a JSON body does not hold as it is needed: strings without their escapes, bytes
/// without their base64, messages written anew. It lives as long as the request.
@safe final class JSONScratch {
  /// Blocks are at least this long, in bytes; one is kept from request to request.
  private static let blockBytes = 64 << 10

  /// The addresses and lengths of the blocks, the newest last.
  private var blocks: [(address: UInt, count: Int)] = []
  /// Bytes taken of the last block.
  private var taken = 0
  /// Strings that had half a surrogate pair, which stands for no character.
  var repairedStrings = 0

  deinit { for block in blocks { Self.free(block.address) } }

  /// Room for so many bytes; ``finish(_:count:)`` says how many were used.
  func room(_ count: Int) -> UnsafeMutablePointer<UInt8> {
    if blocks.last.map({ $0.count - taken < count }) ?? true {
      let length = max(count, Self.blockBytes)
      let block = UnsafeMutablePointer<UInt8>.allocate(capacity: length)
      blocks.append((UInt(bitPattern: block), length))
      taken = 0
    }
    // Safe: the last block is one of those allocated above, with `count` bytes behind `taken`.
    return unsafe UnsafeMutablePointer<UInt8>(bitPattern: blocks[blocks.count - 1].address)
      .unsafelyUnwrapped + taken
  }

  /// The first `count` bytes of the room that was given last.
  func finish(_ room: UnsafeMutablePointer<UInt8>, count: Int) -> WireBytes {
    taken += count
    return unsafe WireBytes(room, count: count)
  }

  /// A copy that stays.
  func keep(_ bytes: [UInt8]) -> WireBytes {
    guard !bytes.isEmpty else { return .empty }
    let room = unsafe room(bytes.count)
    unsafe bytes.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { unsafe room.update(from: base, count: source.count) }
    }
    return unsafe finish(room, count: bytes.count)
  }

  /// Forgets everything but one block of the usual length.
  func removeAll() {
    let kept = blocks.first.map { $0.count <= Self.blockBytes } ?? false ? 1 : 0
    for block in blocks.dropFirst(kept) { Self.free(block.address) }
    blocks.removeLast(blocks.count - kept)
    taken = 0
    repairedStrings = 0
  }

  private static func free(_ address: UInt) {
    unsafe UnsafeMutablePointer<UInt8>(bitPattern: address)?.deallocate()
  }
}
