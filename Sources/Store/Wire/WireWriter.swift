/// Writes protobuf wire bytes into an array that grows.
public struct WireWriter {
  public private(set) var bytes: [UInt8] = []

  public init(reserving capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  public mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  public mutating func tag(_ field: Int, _ wireType: Int) {
    varint(UInt64(field << 3 | wireType))
  }

  /// A varint field; written even when zero: leaving defaults out is the caller's choice.
  public mutating func varint(_ field: Int, _ value: UInt64) {
    tag(field, 0)
    varint(value)
  }

  public mutating func fixed64(_ field: Int, _ value: UInt64) {
    tag(field, 1)
    word(value, bytes: 8)
  }

  public mutating func fixed32(_ field: Int, _ value: UInt32) {
    tag(field, 5)
    word(UInt64(value), bytes: 4)
  }

  /// A word, little-endian, without a tag.
  public mutating func word(_ value: UInt64, bytes count: Int) {
    // Safe: the first bytes of a word of eight.
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { word in
      unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: word[..<count]))
    }
  }

  public mutating func raw(_ content: some Sequence<UInt8>) { bytes.append(contentsOf: content) }

  public mutating func raw(_ content: WireBytes) {
    unsafe bytes.append(contentsOf: content.buffer)
  }

  public mutating func bytes(_ field: Int, _ content: some Collection<UInt8>) {
    tag(field, 2)
    varint(UInt64(content.count))
    bytes.append(contentsOf: content)
  }

  public mutating func bytes(_ field: Int, _ content: WireBytes) {
    tag(field, 2)
    varint(UInt64(content.count))
    raw(content)
  }

  public mutating func string(_ field: Int, _ content: String) {
    bytes(field, content.utf8)
  }

  /// A nested message: its length is filled in once `body` has written it.
  public mutating func message<Failure: Error>(
    _ field: Int, _ body: (inout WireWriter) throws(Failure) -> Void
  ) throws(Failure) {
    tag(field, 2)
    let start = bytes.count
    bytes.append(0)
    try body(&self)
    let length = bytes.count - start - 1
    guard length >= 0x80 else {
      bytes[start] = UInt8(length)
      return
    }
    // The rest of the length is pushed in between.
    var rest = UInt64(length) >> 7
    bytes[start] = UInt8(truncatingIfNeeded: length) | 0x80
    var place = start + 1
    while true {
      bytes.insert(rest >= 0x80 ? UInt8(truncatingIfNeeded: rest) | 0x80 : UInt8(rest), at: place)
      guard rest >= 0x80 else { return }
      rest >>= 7
      place += 1
    }
  }
}
