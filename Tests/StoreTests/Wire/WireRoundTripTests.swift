import Support
import Testing

@testable import Store

@Suite("WireWriter and WireReader")
struct WireRoundTripTests {
  /// A field as it was written, and as it is read.
  private enum Field: Equatable {
    case varint(Int, UInt64)
    case fixed64(Int, UInt64)
    case fixed32(Int, UInt32)
    case bytes(Int, [UInt8])
    case message(Int, [Field])
  }

  private func write(_ fields: [Field], into writer: inout WireWriter) {
    for field in fields {
      switch field {
      case .varint(let number, let value): writer.varint(number, value)
      case .fixed64(let number, let value): writer.fixed64(number, value)
      case .fixed32(let number, let value): writer.fixed32(number, value)
      case .bytes(let number, let value): writer.bytes(number, value)
      case .message(let number, let inner):
        writer.message(number) { write(inner, into: &$0) }
      }
    }
  }

  /// Reads the fields that stand in `shape`'s order.
  private func read(
    _ reader: inout WireReader, like shape: [Field]
  ) throws(WireError) -> [Field] {
    var fields: [Field] = []
    for expected in shape {
      let number = Int(try reader.tag() >> 3)
      switch expected {
      case .varint: fields.append(.varint(number, try reader.varint()))
      case .fixed64: fields.append(.fixed64(number, try reader.fixed64()))
      case .fixed32: fields.append(.fixed32(number, try reader.fixed32()))
      case .bytes: fields.append(.bytes(number, try reader.bytes().array))
      case .message(_, let inner):
        var nested = reader.nested(try reader.bytes())
        fields.append(.message(number, try read(&nested, like: inner)))
      }
    }
    return fields
  }

  private func random(_ random: inout SplitMix64, depth: Int = 3) -> [Field] {
    (0..<random.number(0...6)).map { _ in
      let number = random.pick([1, 15, 16, 2_047, 2_048, 536_870_911])
      let word = random.next() >> random.number(0...63)
      switch random.number(0...(depth > 0 ? 4 : 3)) {
      case 0: return .varint(number, word)
      case 1: return .fixed64(number, word)
      case 2: return .fixed32(number, UInt32(truncatingIfNeeded: word))
      case 3:
        return .bytes(number, (0..<random.number(0...200)).map { _ in random.number(0...255) })
      default: return .message(number, self.random(&random, depth: depth - 1))
      }
    }
  }

  @Test("What is written is read, every kind of field and every length")
  func roundTrip() {
    var source = SplitMix64.announced("wire, round trip")
    for _ in 0..<2_000 {
      let fields = random(&source)
      var writer = WireWriter()
      write(fields, into: &writer)
      unsafe writer.bytes.withUnsafeBytes { bytes in
        var reader = unsafe WireReader(WireBytes(bytes))
        #expect((try? read(&reader, like: fields)) == fields)
        #expect(reader.isAtEnd)
        #expect(reader.offset == bytes.count)
      }
    }
  }

  @Test("Every field can be passed over without knowing it, and none when it is cut off")
  func skipping() throws {
    var source = SplitMix64.announced("wire, skipping")
    for _ in 0..<300 {
      let fields = random(&source)
      var writer = WireWriter()
      write(fields, into: &writer)
      let whole = writer.bytes
      #expect(try skipped(whole) == fields.count)
      for length in 0..<whole.count {
        // A cut between two fields leaves a shorter message; any other is an error at its place.
        do throws(WireError) {
          let count = try skipped(Array(whole.prefix(length)))
          #expect(count < fields.count)
        } catch {
          #expect(error.reason == .truncated)
          #expect(error.offset <= length)
        }
      }
    }
  }

  /// How many fields there are.
  private func skipped(_ bytes: [UInt8]) throws(WireError) -> Int {
    let result = unsafe bytes.withUnsafeBytes { bytes -> Result<Int, WireError> in
      var reader = unsafe WireReader(WireBytes(bytes))
      var count = 0
      do throws(WireError) {
        while !reader.isAtEnd {
          try reader.skip(try reader.tag(), depth: WireReader.maximumDepth)
          count += 1
        }
        return .success(count)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  @Test("A varint takes as many bytes as it needs, and no more than ten")
  func varints() {
    for bits in 0...63 {
      for value in [UInt64(1) << bits, UInt64(1) << bits - 1] {
        var writer = WireWriter()
        writer.varint(value)
        let significant = max(1, UInt64.bitWidth - value.leadingZeroBitCount)
        #expect(writer.bytes.count == (significant + 6) / 7)
        unsafe writer.bytes.withUnsafeBytes { bytes in
          var reader = unsafe WireReader(WireBytes(bytes))
          #expect((try? reader.varint()) == value)
        }
      }
    }
    let tooLong = [UInt8](repeating: 0x80, count: 10) + [1]
    unsafe tooLong.withUnsafeBytes { bytes in
      var reader = unsafe WireReader(WireBytes(bytes))
      #expect(throws: WireError(.malformedVarint, offset: 10)) { try reader.varint() }
    }
  }
}
