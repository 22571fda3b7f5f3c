internal import CZstd

/// Frames as they lie on disk: requests behind each other, each with its length in front as protobuf
/// writes it (a varint), compressed by zstd with a checksum. Confined to one thread.
@safe final class FrameCodec {
  /// The longest frame that is read, in bytes before compression: far above what is written, which is
  /// ``JournalLimits/frameBytes`` and one request of any length.
  static let maximumBytes = 2 << 30

  private let compressor: OpaquePointer?
  private let decompressor: OpaquePointer?
  /// Where bytes come out; grows to the longest frame.
  private var output: UnsafeMutableRawBufferPointer

  init() {
    unsafe output = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    unsafe compressor = ZSTD_createCCtx()
    unsafe decompressor = ZSTD_createDCtx()
    unsafe ZSTD_CCtx_setParameter(
      compressor, ZSTD_c_compressionLevel, JournalLimits.compressionLevel)
    unsafe ZSTD_CCtx_setParameter(compressor, ZSTD_c_checksumFlag, 1)
  }

  deinit {
    unsafe ZSTD_freeCCtx(compressor)
    unsafe ZSTD_freeDCtx(decompressor)
    unsafe output.deallocate()
  }

  // MARK: - Writing

  /// Compresses a frame; the bytes are valid until the next call. Nil where memory does not suffice.
  func compress(_ frame: ArraySlice<UInt8>) -> UnsafeRawBufferPointer? {
    reserve(ZSTD_compressBound(frame.count))
    let count = unsafe frame.withUnsafeBytes { bytes in
      unsafe ZSTD_compress2(
        compressor, output.baseAddress, output.count, bytes.baseAddress, bytes.count)
    }
    guard ZSTD_isError(count) == 0 else { return nil }
    return unsafe UnsafeRawBufferPointer(rebasing: output[..<count])
  }

  // MARK: - Reading

  /// The frame as it was; valid until the next call. Nil where the bytes are not what was written.
  func decompress(_ data: UnsafeRawBufferPointer, to count: Int) -> UnsafeRawBufferPointer? {
    guard count > 0, count <= Self.maximumBytes,
      unsafe ZSTD_getFrameContentSize(data.baseAddress, data.count) == UInt64(count)
    else { return nil }
    reserve(count)
    let found = unsafe ZSTD_decompressDCtx(
      decompressor, output.baseAddress, output.count, data.baseAddress, data.count)
    guard found == count else { return nil }
    return unsafe UnsafeRawBufferPointer(rebasing: output[..<count])
  }

  /// Calls `body` with each request of a frame; false where the lengths in front of them do not add up.
  static func forEachRequest(
    in frame: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void
  ) -> Bool {
    var position = 0
    while position < frame.count {
      var length = 0
      var shift = 0
      while true {
        guard position < frame.count, shift < 35 else { return false }
        let byte = unsafe frame[position]
        position += 1
        length |= Int(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { break }
      }
      guard length <= frame.count - position else { return false }
      unsafe body(UnsafeRawBufferPointer(rebasing: frame[position..<position + length]))
      position += length
    }
    return true
  }

  private func reserve(_ count: Int) {
    guard unsafe output.count < count else { return }
    unsafe output.deallocate()
    unsafe output = .allocate(byteCount: count, alignment: 16)
  }

  /// Gives back memory that a long frame needed.
  func trim() {
    guard unsafe output.count > JournalLimits.keptBytes else { return }
    unsafe output.deallocate()
    unsafe output = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  }
}
