/// Decompresses a file piece by piece: members or frames, one after the other, until the input ends.
///
/// Where ``Inflater`` wants a body whole, this keeps what it needs between two pieces and no more,
/// however long the file is.
package protocol StreamInflater: AnyObject {
  /// Whether the input may end here: no member or frame is half read.
  var isBetweenMembers: Bool { get }

  /// Takes some of the input and fills some of the room; neither is a whole piece of anything.
  ///
  /// Nothing read and nothing written means that more input is needed. What was written before an
  /// error stays good.
  func inflate(
    _ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (read: Int, written: Int)
}

extension ContentEncoding {
  /// How many bytes ``init(magic:)`` wants to see.
  static let magicBytes = 4

  /// What the first bytes of a file say: gzip (RFC 1952 2.3.1), zstd (RFC 8878 3.1.1 and, for a file
  /// that begins with a skippable frame, 3.1.2), or no compression.
  init(magic: some Collection<UInt8>) {
    let bytes = Array(magic.prefix(Self.magicBytes))
    if bytes.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if bytes == [0x28, 0xB5, 0x2F, 0xFD]
      || (bytes.count == 4 && bytes[0] & 0xF0 == 0x50 && bytes[1...] == [0x2A, 0x4D, 0x18])
    {
      self = .zstd
    } else {
      self = .identity
    }
  }

  /// A decompressor for a stream; nil where nothing has to be done.
  package func streamInflater() throws(CompressionError) -> (any StreamInflater)? {
    switch self {
    case .gzip: try GzipStream()
    case .zstd: try ZstdStream()
    case .identity, .deflate: nil
    }
  }
}
