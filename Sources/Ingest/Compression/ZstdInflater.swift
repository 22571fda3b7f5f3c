internal import CZstd
import NIOCore

/// Decompresses zstd bodies (RFC 8878), frame after frame, never past a limit.
@safe final class ZstdInflater {
  /// How far back a frame may refer, as a power of two: the 8 MiB that RFC 8878 recommends and that
  /// HTTP allows (RFC 9659). More would be memory at a stranger's wish.
  static let maximumWindowLog = 23

  /// Working memory of more bytes than this is given back after the body that needed it.
  private static let maximumKeptBytes = 1 << 20

  private var context: OpaquePointer?

  deinit { unsafe ZSTD_freeDCtx(context) }

  /// The body as it was, at most `limit` bytes; collected in a buffer of `buffers`.
  func inflate(
    _ body: ByteBuffer, limit: Int, buffers: inout BodyBuffers
  ) throws(CompressionError) -> ByteBuffer {
    let context = unsafe try prepare()
    var output = buffers.take(try Self.guess(body, limit: limit))
    do throws(CompressionError) {
      unsafe try inflate(body, into: &output, limit: limit, context)
    } catch {
      buffers.giveBack(output)
      release()
      throw error
    }
    if unsafe ZSTD_sizeof_DCtx(context) > Self.maximumKeptBytes { release() }
    return output
  }

  private func inflate(
    _ body: ByteBuffer, into output: inout ByteBuffer, limit: Int, _ context: OpaquePointer
  ) throws(CompressionError) {
    var position = 0
    // Zero once a frame is whole.
    var missing = 1
    while position < body.readableBytes || missing != 0 {
      let allowed = limit - output.readableBytes
      let room = min(output.writableBytes, allowed)
      let before = position
      var written = 0
      missing = unsafe output.withUnsafeMutableWritableBytes { space in
        unsafe body.withUnsafeReadableBytes { bytes in
          var input = unsafe ZSTD_inBuffer(
            src: bytes.baseAddress, size: bytes.count, pos: position)
          var target = unsafe ZSTD_outBuffer(dst: space.baseAddress, size: room, pos: 0)
          let result = unsafe ZSTD_decompressStream(context, &target, &input)
          position = unsafe input.pos
          written = unsafe target.pos
          return result
        }
      }
      if ZSTD_isError(missing) != 0 {
        guard ZSTD_getErrorCode(missing) != ZSTD_error_frameParameter_windowTooLarge else {
          throw .windowTooLarge(limit: 1 << Self.maximumWindowLog)
        }
        throw .malformed(.zstd, offset: position)
      }
      output.moveWriterIndex(forwardBy: written)
      guard missing != 0 else { continue }
      if written == room {
        // Full, and there may be more to come.
        guard room < allowed else {
          if position > before { continue }
          throw .tooLong(limit: limit)
        }
        let wanted = min(max(output.readableBytes, 1 << 10) * 3, limit - output.readableBytes)
        output.reserveCapacity(minimumWritableBytes: wanted)
      } else if position == body.readableBytes {
        throw .malformed(.zstd, offset: position)
      }
    }
  }

  /// How long the body will be: what its first frame says if that can be, or else a guess.
  private static func guess(_ body: ByteBuffer, limit: Int) throws(CompressionError) -> Int {
    let told = unsafe body.withUnsafeReadableBytes { bytes in
      unsafe ZSTD_getFrameContentSize(bytes.baseAddress, bytes.count)
    }
    // The two largest numbers say that the size is unknown, and that this is no frame.
    guard told < UInt64.max - 1 else {
      return min(body.readableBytes * Inflater.guessedRatio, limit)
    }
    guard told <= UInt64(limit) else { throw .tooLong(limit: limit) }
    return Int(told)
  }

  // MARK: - Working memory

  private func prepare() throws(CompressionError) -> OpaquePointer {
    if let context = unsafe context {
      _ = unsafe ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
      return unsafe context
    }
    guard let made = unsafe ZSTD_createDCtx() else { throw .outOfMemory }
    _ = unsafe ZSTD_DCtx_setParameter(made, ZSTD_d_windowLogMax, CInt(Self.maximumWindowLog))
    unsafe context = made
    return unsafe made
  }

  private func release() {
    unsafe ZSTD_freeDCtx(context)
    unsafe context = nil
  }
}
