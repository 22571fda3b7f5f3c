internal import CDeflate
package import NIOCore

/// Decompresses bodies, never past a limit. One for each event loop: it keeps its working memory.
///
/// The limit is the room that a decompressor is given, so a body that would be longer is refused
/// while it is inflated, whatever it says of its length.
@safe package final class Inflater {
  /// Deflate cannot do better than this, so a length that promises more is not believed.
  static let maximumRatio = 1_032
  /// The room that is tried first where a body does not say its length.
  static let guessedRatio = 8

  private var decompressor: OpaquePointer?
  private let zstd = ZstdInflater()

  package init() {}

  deinit {
    if let decompressor = unsafe decompressor { unsafe libdeflate_free_decompressor(decompressor) }
  }

  /// The body as it was before `encoding`, at most `limit` bytes; collected in a buffer of
  /// `buffers`.
  package func inflate(
    _ body: ByteBuffer, _ encoding: ContentEncoding, limit: Int, buffers: inout BodyBuffers
  ) throws(CompressionError) -> ByteBuffer {
    switch encoding {
    case .identity: return body
    case .gzip: return try gunzip(body, limit: limit, buffers: &buffers)
    case .deflate: return try inflateZlib(body, limit: limit, buffers: &buffers)
    case .zstd: return try zstd.inflate(body, limit: limit, buffers: &buffers)
    }
  }

  /// The three containers that libdeflate reads.
  private enum Container { case gzip, zlib, none }

  // MARK: - gzip (RFC 1952)

  /// All members of a gzip file, one after the other, as gzip itself takes them.
  private func gunzip(
    _ body: ByteBuffer, limit: Int, buffers: inout BodyBuffers
  ) throws(CompressionError) -> ByteBuffer {
    var input = body
    var output = buffers.take(Self.guess(body, limit: limit))
    do throws(CompressionError) {
      repeat {
        let offset = input.readerIndex - body.readerIndex
        try inflateMember(.gzip, &input, into: &output, limit: limit) {
          .malformed(.gzip, offset: offset)
        }
      } while input.readableBytes > 0
    } catch {
      buffers.giveBack(output)
      throw error
    }
    return output
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

  // MARK: - deflate (RFC 1950; RFC 9110 8.4.1.2)

  /// A zlib stream; or a bare deflate stream, which some senders mean by the same name.
  private func inflateZlib(
    _ body: ByteBuffer, limit: Int, buffers: inout BodyBuffers
  ) throws(CompressionError) -> ByteBuffer {
    var input = body
    var output = buffers.take(min(body.readableBytes * Self.guessedRatio, limit))
    do throws(CompressionError) {
      let container = Self.isZlib(body) ? Container.zlib : .none
      try inflateMember(container, &input, into: &output, limit: limit) {
        .malformed(.deflate, offset: 0)
      }
      guard input.readableBytes == 0 else {
        throw .malformed(.deflate, offset: input.readerIndex - body.readerIndex)
      }
    } catch {
      buffers.giveBack(output)
      throw error
    }
    return output
  }

  /// Whether the first two bytes are a header of zlib: method 8, and a multiple of 31 together.
  private static func isZlib(_ body: ByteBuffer) -> Bool {
    guard let header = body.getInteger(at: body.readerIndex, as: UInt16.self) else { return false }
    return header & 0x0F00 == 0x0800 && header % 31 == 0
  }

  // MARK: - libdeflate

  /// One compressed stream behind what `output` holds; more room is made, up to the limit, where
  /// there is too little.
  private func inflateMember(
    _ container: Container, _ input: inout ByteBuffer, into output: inout ByteBuffer, limit: Int,
    problem: () -> CompressionError
  ) throws(CompressionError) {
    let decompressor = unsafe try prepare()
    while true {
      var read = 0
      var written = 0
      let allowed = limit - output.readableBytes
      let result = unsafe output.withUnsafeMutableWritableBytes { room in
        unsafe input.withUnsafeReadableBytes { bytes in
          let inflate =
            switch container {
            case .gzip: unsafe libdeflate_gzip_decompress_ex
            case .zlib: unsafe libdeflate_zlib_decompress_ex
            case .none: unsafe libdeflate_deflate_decompress_ex
            }
          return unsafe inflate(
            decompressor, bytes.baseAddress, bytes.count, room.baseAddress,
            min(room.count, allowed), &read, &written)
        }
      }
      switch result {
      case LIBDEFLATE_SUCCESS where read > 0:
        input.moveReaderIndex(forwardBy: read)
        output.moveWriterIndex(forwardBy: written)
        return
      case LIBDEFLATE_INSUFFICIENT_SPACE:
        guard output.writableBytes < allowed else { throw .tooLong(limit: limit) }
        // The buffer grows to the next power of two by itself.
        let wanted = min(max(output.writableBytes, 1 << 10) * 4, allowed)
        output.reserveCapacity(minimumWritableBytes: wanted)
      default: throw problem()
      }
    }
  }

  private func prepare() throws(CompressionError) -> OpaquePointer {
    if let decompressor = unsafe decompressor { return unsafe decompressor }
    guard let made = unsafe libdeflate_alloc_decompressor() else { throw .outOfMemory }
    unsafe decompressor = made
    return unsafe made
  }
}
