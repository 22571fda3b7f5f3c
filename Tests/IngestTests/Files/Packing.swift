import CZlib
import CZstd

/// Compresses what tests read back.
enum Packing {
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = unsafe z_stream()
    // 16 above the window's bits asks for gzip's header.
    guard
      unsafe deflateInit2_(
        &stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { return [] }
    var packed = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 100)
    var input = bytes
    let count = input.count
    let room = packed.count
    unsafe input.withUnsafeMutableBufferPointer { source in
      unsafe packed.withUnsafeMutableBufferPointer { target in
        unsafe stream.next_in = source.baseAddress
        unsafe stream.avail_in = UInt32(count)
        unsafe stream.next_out = target.baseAddress
        unsafe stream.avail_out = UInt32(room)
        unsafe deflate(&stream, Z_FINISH)
      }
    }
    unsafe deflateEnd(&stream)
    return unsafe Array(packed.prefix(room - Int(stream.avail_out)))
  }

  static func zstd(_ bytes: [UInt8]) -> [UInt8] {
    var packed = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let room = packed.count
    let count = unsafe ZSTD_compress(&packed, room, bytes, bytes.count, 3)
    return Array(packed.prefix(count))
  }
}
