import Ingest
import NIOCore

/// Decompresses what somebody else compressed: whole, as requests are, and piece by piece, as files are.
///
/// The first byte says how it is compressed and in which pieces it comes.
@safe final class InflaterBench {
  /// The longest body, in bytes: a bomb of the longest input is longer.
  private static let limit = 1 << 20

  private let inflater = Inflater()
  private var buffers = BodyBuffers()
  private let room: UnsafeMutableRawBufferPointer

  init() { unsafe room = .allocate(byteCount: 64 << 10, alignment: 16) }

  deinit { unsafe room.deallocate() }

  func read(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard let first = unsafe bytes.first else { return nil }
    let encoding = ContentEncoding.allCases[Int(first & 3)]
    let body = unsafe Array(bytes.dropFirst())
    let whole: ByteBuffer?
    do throws(CompressionError) {
      whole = try inflater.inflate(
        ByteBuffer(bytes: body), encoding, limit: Self.limit, buffers: &buffers)
    } catch {
      if "\(error)".isEmpty { return "a fault without words" }
      whole = nil
    }
    if encoding != .identity, let whole, whole.readableBytes > Self.limit {
      return "\(whole.readableBytes) bytes were inflated, past the limit"
    }
    let pieces = pieces(of: body, encoding, each: Int(first >> 2) * 16 + 1)
    guard let whole, let pieces else { return nil }
    return Array(whole.readableBytesView) == pieces
      ? nil : "\(encoding) gives \(whole.readableBytes) bytes at once and \(pieces.count) in pieces"
  }

  /// What comes out piece by piece; nil where nothing does, something is wrong, or the input ends too
  /// soon.
  private func pieces(of body: [UInt8], _ encoding: ContentEncoding, each count: Int) -> [UInt8]? {
    guard let stream = try? encoding.streamInflater() else { return nil }
    var output: [UInt8] = []
    var position = 0
    while output.count <= Self.limit {
      let end = min(position + count, body.count)
      let step = unsafe body.withUnsafeBytes { bytes in
        try? unsafe stream.inflate(
          UnsafeRawBufferPointer(rebasing: bytes[position..<end]), into: room)
      }
      guard let step else { return nil }
      // Safe: the stream says how much of the room it filled.
      unsafe output += room[..<step.written]
      position += step.read
      if step.read == 0, step.written == 0 {
        guard position < end else { break }
        // It wants more than a piece, which is all there is.
        return nil
      }
    }
    return stream.isBetweenMembers ? output : nil
  }
}
