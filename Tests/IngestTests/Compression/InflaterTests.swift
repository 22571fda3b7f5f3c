import NIOCore
import Support
import Testing

@testable import Ingest

@Suite("Inflater")
struct InflaterTests {
  /// `gzip` of "hello spans".
  static let hello: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 72, 205, 201, 201, 87, 40, 46, 72, 204, 43, 6, 0, 224, 10,
    53, 95, 11, 0, 0, 0,
  ]
  /// `gzip` of 100,000 zero bytes.
  static let zeros: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 49, 1, 0, 0, 0, 194, 160, 245, 79, 109, 13, 15, 160,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    128, 87, 3, 125, 149, 17, 212, 160, 134, 1, 0,
  ]

  static func inflate(
    _ bytes: [UInt8], _ encoding: ContentEncoding = .gzip, limit: Int = 1 << 20
  ) throws(CompressionError) -> [UInt8] {
    var buffers = BodyBuffers()
    let body = try Inflater().inflate(
      ByteBuffer(bytes: bytes), encoding, limit: limit, buffers: &buffers)
    return Array(body.readableBytesView)
  }

  @Test("A body comes back as it was")
  func whole() throws {
    #expect(try Self.inflate(Self.hello) == Array("hello spans".utf8))
    #expect(try Self.inflate(Self.zeros) == [UInt8](repeating: 0, count: 100_000))
  }

  @Test("Members one after the other are one body")
  func members() throws {
    let text = Array("hello spans".utf8)
    #expect(try Self.inflate(Self.hello + Self.hello + Self.hello) == text + text + text)
    let mixed = try Self.inflate(Self.zeros + Self.hello)
    #expect(mixed == [UInt8](repeating: 0, count: 100_000) + text)
  }

  @Test("A body may have just the limit, and not a byte more")
  func limit() throws {
    #expect(try Self.inflate(Self.zeros, limit: 100_000).count == 100_000)
    #expect(throws: CompressionError.tooLong(limit: 99_999)) {
      try Self.inflate(Self.zeros, limit: 99_999)
    }
    #expect(throws: CompressionError.tooLong(limit: 100_005)) {
      try Self.inflate(Self.zeros + Self.hello, limit: 100_005)
    }
  }

  @Test("A length that lies is not believed")
  func lyingLength() throws {
    // The last four bytes say 4 GiB: neither reserved nor, as gzip checks them, accepted.
    let lying = Self.hello.dropLast(4) + [0xFF, 0xFF, 0xFF, 0xFF]
    #expect(throws: CompressionError.malformed(.gzip, offset: 0)) {
      try Self.inflate(Array(lying))
    }
  }

  @Test("Every truncated body and every trailing byte is refused")
  func broken() throws {
    for count in 0..<Self.hello.count {
      #expect(throws: CompressionError.malformed(.gzip, offset: 0)) {
        try Self.inflate(Array(Self.hello[..<count]))
      }
    }
    #expect(throws: CompressionError.malformed(.gzip, offset: 31)) {
      try Self.inflate(Self.hello + [7])
    }
    #expect(
      CompressionError.malformed(.gzip, offset: 31).description
        == "the body is not valid gzip from byte 31 on")
  }

  @Test("Damaged bodies are refused or inflated within the limit")
  func damaged() throws {
    var generator = SplitMix64.announced("Damaged gzip bodies")
    for _ in 0..<2_000 {
      var bytes = Self.zeros + Self.hello
      for _ in 0...Int(generator.next() % 3) {
        bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(
          truncatingIfNeeded: generator.next())
      }
      let body = try? Self.inflate(bytes, limit: 200_000)
      #expect((body?.count ?? 0) <= 200_000)
    }
  }

  @Test("What is not compressed is passed on")
  func identity() throws {
    var buffers = BodyBuffers()
    let body = ByteBuffer(string: "spans")
    #expect(
      try Inflater().inflate(body, .identity, limit: 1, buffers: &buffers) == body)
  }

  @Test(
    "Encodings are read from headers",
    arguments: [
      (nil, "identity"), ("", "identity"),
      ("GZIP", "gzip"), ("identity", "identity"), ("x-gzip", "gzip"), ("deflate", "deflate"),
      ("Zstd", "zstd"),
    ] as [(String?, String)])
  func header(_ header: String?, _ expected: String) {
    #expect(ContentEncoding(header: header)?.rawValue == expected)
    #expect(ContentEncoding(header: "br") == nil)
  }
}
