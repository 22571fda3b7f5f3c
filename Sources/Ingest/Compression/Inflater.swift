internal import CDeflate
import NIOCore

/// Decompresses bodies, never past a limit. One for each event loop: it keeps its working memory.
@safe final class Inflater {
  /// Deflate cannot do better than this, so a length that promises more is not believed.
  static let maximumRatio = 1_032
  /// The room that is tried first where a body does not say its length.
  static let guessedRatio = 8

  private var decompressor: OpaquePointer?

  deinit {
    if let decompressor = unsafe decompressor { unsafe libdeflate_free_decompressor(decompressor) }
  }

  /// The body as it was before `encoding`, at most `limit` bytes; collected in a buffer of
  /// `buffers`.
  func inflate(
    _ body: ByteBuffer, _ encoding: ContentEncoding, limit: Int, buffers: inout BodyBuffers
  ) throws(CompressionError) -> ByteBuffer {
    switch encoding {
    case .identity: return body
    case .gzip: return try gunzip(body, limit: limit, buffers: &buffers)
    }
  }

  // MARK: - gzip (RFC 1952)

  /// All members of a gzip file, one after the other, as gzip itself takes them.
  private func gunzip(
    _ body: ByteBuffer, limit: Int, buffers: inout BodyBuffers
  ) throws(CompressionError) -> ByteBuffer {
    let decompressor = unsafe try prepare()
    var input = body
    var output = buffers.take(Self.guess(body, limit: limit))
    repeat {
      let offset = input.readerIndex - body.readerIndex
      let (read, written) = unsafe try gunzipMember(
        input, decompressor, into: &output, limit: limit, offset: offset)
      input.moveReaderIndex(forwardBy: read)
      output.moveWriterIndex(forwardBy: written)
    } while input.readableBytes > 0
    return output
  }

  /// One member behind what `output` holds; more room is made, up to the limit, where there is too
  /// little.
  private func gunzipMember(
    _ input: ByteBuffer, _ decompressor: OpaquePointer, into output: inout ByteBuffer, limit: Int,
    offset: Int
  ) throws(CompressionError) -> (read: Int, written: Int) {
    while true {
      var read = 0
      var written = 0
      let allowed = limit - output.readableBytes
      let result = unsafe output.withUnsafeMutableWritableBytes { room in
        unsafe input.withUnsafeReadableBytes { bytes in
          unsafe libdeflate_gzip_decompress_ex(
            decompressor, bytes.baseAddress, bytes.count, room.baseAddress,
            min(room.count, allowed), &read, &written)
        }
      }
      switch result {
      case LIBDEFLATE_SUCCESS where read > 0: return (read, written)
      case LIBDEFLATE_INSUFFICIENT_SPACE:
        guard output.writableBytes < allowed else { throw .tooLong(limit: limit) }
        // The buffer grows to the next power of two by itself.
        let wanted = min(max(output.writableBytes, 1 << 10) * 4, allowed)
        output.reserveCapacity(minimumWritableBytes: wanted)
      default: throw .malformed(.gzip, offset: offset)
      }
    }
  }

  private func prepare() throws(CompressionError) -> OpaquePointer {
    if let decompressor = unsafe decompressor { return unsafe decompressor }
    guard let made = unsafe libdeflate_alloc_decompressor() else { throw .outOfMemory }
    unsafe decompressor = made
    return unsafe made
  }

  /// How long the body will be: the length in its last four bytes if that can be, or else a guess.
  private static func guess(_ body: ByteBuffer, limit: Int) -> Int {
    let length = body.readableBytes
    let end = body.readerIndex + length
    let told = body.getInteger(at: max(0, end - 4), endianness: .little, as: UInt32.self)
    if let told = told.map(Int.init), told >= length / 2, told <= length * maximumRatio,
      told <= limit
    {
      return told
    }
    return min(length * guessedRatio, limit)
  }
}
