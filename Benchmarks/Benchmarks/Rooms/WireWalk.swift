import Store

/// Goes through a request once with the decoder's own reader, touches every field and hashes every
/// key and every value, and keeps nothing: how fast decoding can be at most.
struct WireWalk {
  private(set) var hash: UInt64 = 0
  private(set) var spans = 0
  private(set) var attributes = 0

  mutating func request(_ body: UnsafeRawBufferPointer) throws(WireError) {
    var reader = WireReader(WireBytes(body))
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 10: try resourceSpans(reader.nested(try reader.bytes()))
      case let tag: try other(tag, &reader)
      }
    }
  }

  private mutating func resourceSpans(_ whole: WireReader) throws(WireError) {
    var reader = whole
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 10: try resource(reader.nested(try reader.bytes()))
      case 18: try scopeSpans(reader.nested(try reader.bytes()))
      case let tag: try other(tag, &reader)
      }
    }
  }

  private mutating func resource(_ whole: WireReader) throws(WireError) {
    var reader = whole
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 10: try keyValue(reader.nested(try reader.bytes()))
      case let tag: try other(tag, &reader)
      }
    }
  }

  private mutating func scopeSpans(_ whole: WireReader) throws(WireError) {
    var reader = whole
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 18: try span(reader.nested(try reader.bytes()))
      case let tag: try other(tag, &reader)
      }
    }
  }

  private mutating func span(_ whole: WireReader) throws(WireError) {
    spans += 1
    var reader = whole
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 74: try keyValue(reader.nested(try reader.bytes()))
      case 90: try event(reader.nested(try reader.bytes()))
      case 106, 122: try flat(reader.nested(try reader.bytes()))
      case let tag: try other(tag, &reader)
      }
    }
  }

  private mutating func event(_ whole: WireReader) throws(WireError) {
    var reader = whole
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 26: try keyValue(reader.nested(try reader.bytes()))
      case let tag: try other(tag, &reader)
      }
    }
  }

  private mutating func flat(_ whole: WireReader) throws(WireError) {
    var reader = whole
    while !reader.isAtEnd { try other(try reader.tag(), &reader) }
  }

  @inline(__always)
  private mutating func keyValue(_ whole: WireReader) throws(WireError) {
    attributes += 1
    var reader = whole
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 18: try value(reader.nested(try reader.bytes()))
      case let tag: try other(tag, &reader)
      }
    }
  }

  private mutating func value(_ whole: WireReader) throws(WireError) {
    var reader = whole
    while !reader.isAtEnd {
      switch try reader.tag() {
      case 42:
        var array = reader.nested(try reader.bytes())
        while !array.isAtEnd {
          guard try array.tag() == 10 else { throw array.error(.invalidTag) }
          try value(array.nested(try array.bytes()))
        }
      case let tag: try other(tag, &reader)
      }
    }
  }

  /// A field that is a run of bytes or a number.
  @inline(__always)
  private mutating func other(_ tag: UInt32, _ reader: inout WireReader) throws(WireError) {
    switch tag & 7 {
    case 0: hash &+= try reader.varint() ^ UInt64(tag)
    case 1: hash &+= try reader.fixed64() ^ UInt64(tag)
    case 2:
      let run = try reader.bytes()
      hash &+= Bytes.hash(run.address, run.count)
    case 5: hash &+= UInt64(try reader.fixed32())
    default: throw reader.error(.invalidTag)
    }
  }
}
