import CDeflate
import CZstd
import Ingest
import Store

/// Inputs that are not text.
extension FuzzTarget {
  /// A message with its length in front, as four bytes or as a varint.
  static func framed(_ body: [UInt8], isWord: Bool) -> [UInt8] {
    if isWord {
      return (0..<4).map { UInt8(truncatingIfNeeded: body.count >> (24 - 8 * $0)) } + body
    }
    var length = body.count
    var head: [UInt8] = []
    while length >= 0x80 {
      head.append(UInt8(truncatingIfNeeded: length) | 0x80)
      length >>= 7
    }
    return head + [UInt8(length)] + body
  }

  /// The bytes compressed by the encoding of this number: identity, gzip, deflate, zstd.
  static func packed(_ body: [UInt8], by encoding: Int) -> [UInt8] {
    guard encoding > 0 else { return body }
    var room = [UInt8](repeating: 0, count: ZSTD_compressBound(body.count) + 256)
    let count: Int
    if encoding == 3 {
      count = unsafe ZSTD_compress(&room, room.count, body, body.count, 3)
    } else {
      guard let compressor = unsafe libdeflate_alloc_compressor(6) else { return [] }
      defer { unsafe libdeflate_free_compressor(compressor) }
      let compress =
        unsafe encoding == 1 ? libdeflate_gzip_compress : libdeflate_zlib_compress
      count = unsafe compress(compressor, body, body.count, &room, room.count)
    }
    return Array(room.prefix(count))
  }

  /// Messages of `tracetop.v1.WatchFrame`, a field each.
  static func watchFrames(_ requests: [[UInt8]]) -> [[UInt8]] {
    func field(_ number: UInt8, _ body: [UInt8]) -> [UInt8] {
      [number << 3 | 2] + framed(body, isWord: false)
    }
    return [
      field(1, requests[0]), field(6, requests[1]), field(3, []), [0x10, 5, 0x38, 7],
      field(4, field(1, Array("1.0".utf8)) + field(2, Array("grpc 127.0.0.1:4317".utf8))),
      field(5, [1, 2, 0x80, 1]), field(8, [UInt8](repeating: 9, count: 40)),
      field(9, field(1, [UInt8](repeating: 3, count: 32)) + [0x10, 1]),
      field(10, Array(#"{"version":"1"}"#.utf8)),
      GroupsReply(notice: "n").encoded,
    ]
  }
}
