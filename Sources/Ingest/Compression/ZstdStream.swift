internal import CZstd

/// Decompresses zstd (RFC 8878) piece by piece, frame after frame.
@safe final class ZstdStream: StreamInflater {
  /// How far back a frame may refer, as a power of two: the 128 MiB that the zstd command takes
  /// without being asked. A file is one's own, so it may need more than a request (8 MiB) may.
  static let maximumWindowLog = 27

  private let context: OpaquePointer
  private(set) var isBetweenMembers = true
  /// A fault that came behind bytes which were still good.
  private var fault: CompressionError?

  init() throws(CompressionError) {
    guard let made = unsafe ZSTD_createDCtx() else { throw .outOfMemory }
    _ = unsafe ZSTD_DCtx_setParameter(made, ZSTD_d_windowLogMax, CInt(Self.maximumWindowLog))
    unsafe context = made
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  func inflate(
    _ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (read: Int, written: Int) {
    if let fault { throw fault }
    var source = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var target = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
    let missing = unsafe ZSTD_decompressStream(context, &target, &source)
    if ZSTD_isError(missing) != 0 {
      let isTooFarBack =
        ZSTD_getErrorCode(missing) == ZSTD_error_frameParameter_windowTooLarge
      let fault: CompressionError =
        isTooFarBack
        ? .windowTooLarge(limit: 1 << Self.maximumWindowLog) : .malformed(.zstd, offset: 0)
      isBetweenMembers = false
      guard unsafe target.pos > 0 else { throw fault }
      self.fault = fault
      return unsafe (source.pos, target.pos)
    }
    // Nothing taken between two frames says only that nothing was given.
    if unsafe source.pos > 0 || target.pos > 0 { isBetweenMembers = missing == 0 }
    return unsafe (source.pos, target.pos)
  }
}
