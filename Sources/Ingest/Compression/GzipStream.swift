internal import CZlib

/// Decompresses gzip (RFC 1952) piece by piece, by zlib: libdeflate reads whole members only.
@safe final class GzipStream: StreamInflater {
  /// 32 KiB of history, and 16 for "with gzip's header and trailer" (zlib.h, inflateInit2).
  private static let windowBits: Int32 = 15 + 16

  /// On the heap, since zlib remembers the address.
  private let stream: UnsafeMutablePointer<z_stream>
  private(set) var isBetweenMembers = true
  /// Whether a member has come: zeros behind one are padding, as tapes have it.
  private var hasMember = false

  init() throws(CompressionError) {
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    guard unsafe czl_inflate_init(stream, Self.windowBits) == Z_OK else {
      unsafe stream.deallocate()
      throw .outOfMemory
    }
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  func inflate(
    _ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) throws(CompressionError) -> (read: Int, written: Int) {
    guard input.count > 0, room.count > 0 else { return (0, 0) }
    if isBetweenMembers {
      if hasMember, unsafe input[0] == 0 { return (1, 0) }
      guard unsafe input[0] == 0x1F else { throw .malformed(.gzip, offset: 0) }
      unsafe inflateReset(stream)
      isBetweenMembers = false
    }
    let readable = UInt32(clamping: input.count)
    let writable = UInt32(clamping: room.count)
    // Safe: zlib reads and writes no more than it is told; it never writes to its input.
    unsafe stream.pointee.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    unsafe stream.pointee.avail_in = readable
    unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
    unsafe stream.pointee.avail_out = writable
    let result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
    let read = unsafe Int(readable - stream.pointee.avail_in)
    let written = unsafe Int(writable - stream.pointee.avail_out)
    switch result {
    case Z_STREAM_END:
      isBetweenMembers = true
      hasMember = true
    case Z_OK, Z_BUF_ERROR: break
    case Z_MEM_ERROR: throw .outOfMemory
    default:
      // What came out before the fault is handed on; the fault is met again with the next piece.
      guard written == 0 else { return (read, written) }
      throw .malformed(.gzip, offset: read)
    }
    return (read, written)
  }
}
