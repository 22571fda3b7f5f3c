import NIOCore
import Support
import Testing

@testable import Ingest

@Suite("deflate and zstd")
struct EncodingTests {
  private static let text = Array("hello spans".utf8)

  /// "hello spans" as a zlib stream, as a bare deflate stream, and as a zstd frame that says its
  /// length.
  static let zlib: [UInt8] = [
    120, 156, 203, 72, 205, 201, 201, 87, 40, 46, 72, 204, 43, 6, 0, 25, 219, 4, 90,
  ]
  static let bare: [UInt8] = [203, 72, 205, 201, 201, 87, 40, 46, 72, 204, 43, 6, 0]
  static let zstd: [UInt8] = [
    40, 181, 47, 253, 32, 11, 89, 0, 0, 104, 101, 108, 108, 111, 32, 115, 112, 97, 110, 115,
  ]
  /// 100,000 zero bytes as a frame that says so.
  static let zeros: [UInt8] = [
    40, 181, 47, 253, 160, 160, 134, 1, 0, 85, 0, 0, 16, 0, 0, 1, 0, 155, 134, 57, 192, 2,
  ]
  /// The same from `zstd` reading a pipe: a frame without a length, with a checksum.
  static let piped: [UInt8] = [
    40, 181, 47, 253, 4, 88, 85, 0, 0, 16, 0, 0, 1, 0, 155, 134, 57, 192, 2, 219, 35, 78, 243,
  ]
  /// The beginning of a frame whose window is 128 MiB.
  static let wide: [UInt8] = [40, 181, 47, 253, 4, 136, 84, 0, 0, 16, 0, 0, 1, 0]

  @Test(
    "Every form of a body comes back as it was",
    arguments: [
      (ContentEncoding.deflate, zlib), (.deflate, bare), (.zstd, zstd),
    ])
  func whole(_ encoding: ContentEncoding, _ bytes: [UInt8]) throws {
    #expect(try InflaterTests.inflate(bytes, encoding) == Self.text)
  }

  @Test("Frames one after the other are one body, with others to be skipped between them")
  func frames() throws {
    let skipped: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
    let body = try InflaterTests.inflate(Self.zstd + skipped + Self.piped + Self.zstd, .zstd)
    #expect(body == Self.text + [UInt8](repeating: 0, count: 100_000) + Self.text)
  }

  @Test("A body may have just the limit, and not a byte more", arguments: [zeros, piped])
  func limit(_ frame: [UInt8]) throws {
    #expect(try InflaterTests.inflate(frame, .zstd, limit: 100_000).count == 100_000)
    #expect(throws: CompressionError.tooLong(limit: 99_999)) {
      try InflaterTests.inflate(frame, .zstd, limit: 99_999)
    }
    #expect(throws: CompressionError.tooLong(limit: 100_005)) {
      try InflaterTests.inflate(frame + Self.zstd, .zstd, limit: 100_005)
    }
    #expect(throws: CompressionError.tooLong(limit: 10)) {
      try InflaterTests.inflate(Self.zlib, .deflate, limit: 10)
    }
  }

  @Test("A frame that wants more memory than receivers have to give is refused")
  func window() {
    #expect(throws: CompressionError.windowTooLarge(limit: 8 << 20)) {
      try InflaterTests.inflate(Self.wide, .zstd)
    }
  }

  @Test("Every truncated body and every trailing byte is refused")
  func broken() throws {
    for (encoding, bytes) in [
      (ContentEncoding.deflate, Self.zlib), (.deflate, Self.bare), (.zstd, Self.zstd),
      (.zstd, Self.piped),
    ] {
      for count in 0..<bytes.count {
        #expect(throws: CompressionError.self, "\(encoding), \(count) bytes") {
          try InflaterTests.inflate(Array(bytes[..<count]), encoding)
        }
      }
      // zstd has taken the byte when it finds that it begins no frame.
      let offset = encoding == .zstd ? bytes.count + 1 : bytes.count
      #expect(throws: CompressionError.malformed(encoding, offset: offset)) {
        try InflaterTests.inflate(bytes + [7], encoding)
      }
    }
  }

  @Test("Damaged bodies are refused or inflated within the limit, one after the other")
  func damaged() throws {
    var generator = SplitMix64.announced("Damaged deflate and zstd bodies")
    let inflater = Inflater()
    var buffers = BodyBuffers()
    let bodies = [
      (ContentEncoding.deflate, Self.zlib), (.zstd, Self.zstd + Self.zeros), (.zstd, Self.piped),
    ]
    for run in 0..<3_000 {
      var (encoding, bytes) = bodies[run % bodies.count]
      for _ in 0...Int(generator.next() % 3) {
        bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(
          truncatingIfNeeded: generator.next())
      }
      let body = try? inflater.inflate(
        ByteBuffer(bytes: bytes), encoding, limit: 200_000, buffers: &buffers)
      #expect((body?.readableBytes ?? 0) <= 200_000)
    }
    // What was refused leaves nothing behind.
    let good = try inflater.inflate(
      ByteBuffer(bytes: Self.zstd), .zstd, limit: 200_000, buffers: &buffers)
    #expect(Array(good.readableBytesView) == Self.text)
  }
}
