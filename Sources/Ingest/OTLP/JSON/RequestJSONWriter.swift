public import Store

/// Writes requests in protobuf as OTLP/JSON, each on a line of its own as the Collector's file exporter
/// and the "OTLP File Exporter" of the specification have it: the inverse of ``JSONTranscoder``.
///
/// Straight from bytes to bytes, by the same table of fields. What a terminal would obey is written as
/// `\u` escapes. A request that is not well-formed is written as far as it is.
public struct RequestJSONWriter {
  /// What is written so far.
  public private(set) var bytes: [UInt8] = []
  /// The fields of the messages that are open, the innermost last; kept for its memory.
  private var entries: [Entry] = []

  /// A field as it stands in a message.
  private struct Entry {
    var number: Int
    /// A varint's or a word's value.
    var word: UInt64
    var run: WireBytes
  }

  public init() {}

  /// Forgets what is written, and keeps the memory.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Adds a request of spans and a line end.
  public mutating func add(line request: WireBytes) { add(line: request, as: .request) }

  /// Adds a request and a line end.
  mutating func add(line request: WireBytes, as type: OTLPMessage) {
    message(type, request)
    bytes.append(0x0A)
  }

  // MARK: - Messages

  private mutating func message(_ type: OTLPMessage, _ run: WireBytes) {
    switch type {
    case .keyValue: return keyValue(run)
    case .anyValue: return anyValue(run)
    default: break
    }
    let first = entries.count
    let present = readFields(run)
    bytes.append(UInt8(ascii: "{"))
    var isFirst = true
    for field in type.allFields where present & 1 << UInt32(field.number) != 0 {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      key(field.name)
      value(field, entries: first..<entries.count)
    }
    bytes.append(UInt8(ascii: "}"))
    entries.removeLast(entries.count - first)
  }

  /// Reads a message's fields behind the entries that are there; returns which numbers came, as bits.
  private mutating func readFields(_ run: WireBytes) -> UInt32 {
    var present: UInt32 = 0
    var reader = WireReader(run)
    do throws(WireError) {
      while !reader.isAtEnd {
        let tag = try reader.tag()
        var entry = Entry(number: Int(tag >> 3), word: 0, run: .empty)
        switch tag & 7 {
        case 0: entry.word = try reader.varint()
        case 1: entry.word = try reader.fixed64()
        case 2: entry.run = try reader.bytes()
        case 5: entry.word = UInt64(try reader.fixed32())
        default:
          try reader.skip(tag, depth: WireReader.maximumDepth)
          continue
        }
        guard entry.number < 32 else { continue }
        present |= 1 << UInt32(entry.number)
        entries.append(entry)
      }
    } catch {
      return present
    }
    return present
  }

  /// A field's value, or its values, out of the entries of its message.
  private mutating func value(_ field: OTLPMessage.Field, entries range: Range<Int>) {
    switch field.kind {
    case .list(let type):
      list(field.number, range) { writer, run in writer.message(type, run) }
    case .strings: list(field.number, range) { writer, run in writer.string(run) }
    case .message(let type): message(type, merged(field.number, range))
    default:
      guard let last = range.last(where: { entries[$0].number == field.number }) else { return }
      plain(field.kind, entries[last])
    }
  }

  private mutating func list(
    _ number: Int, _ range: Range<Int>, _ element: (inout Self, WireBytes) -> Void
  ) {
    bytes.append(UInt8(ascii: "["))
    var isFirst = true
    for index in range where entries[index].number == number {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      element(&self, entries[index].run)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// Two messages of one field are one, which joining their bytes makes them.
  private func merged(_ number: Int, _ range: Range<Int>) -> WireBytes {
    let runs = range.lazy.filter { entries[$0].number == number }.map { entries[$0].run }
    guard let first = runs.first else { return .empty }
    return runs.dropFirst().reduce(first) { arena.join($0, $1) }
  }

  /// Holds messages that were joined.
  private let arena = Arena()

  private mutating func plain(_ kind: OTLPMessage.Kind, _ entry: Entry) {
    switch kind {
    case .string: string(entry.run)
    case .id: hexadecimal(entry.run)
    case .bytes: base64(entry.run)
    case .bool: put(entry.word != 0 ? "true" : "false")
    case .int64: quoted(signed: Int64(bitPattern: entry.word))
    case .fixed64: quoted(unsigned: entry.word)
    case .uint32, .fixed32: unsigned(entry.word & 0xFFFF_FFFF)
    case .enumeration: signed(Int64(Int32(truncatingIfNeeded: entry.word)))
    case .double: double(Double(bitPattern: entry.word))
    case .message, .list, .strings: put("null")
    }
  }

  // MARK: - Attributes

  private mutating func keyValue(_ run: WireBytes) {
    var reader = WireReader(run)
    var key = WireBytes.empty
    var value: WireBytes?
    do throws(WireError) {
      while !reader.isAtEnd {
        switch try reader.tag() {
        case 10: key = try reader.bytes()  // string key = 1;
        case 18:  // AnyValue value = 2;
          let next = try reader.bytes()
          value = value.map { arena.join($0, next) } ?? next
        case let tag: try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
    } catch {
      // What there is of it is written.
    }
    put("{\"key\":")
    string(key)
    put(",\"value\":")
    anyValue(value ?? .empty)
    bytes.append(UInt8(ascii: "}"))
  }

  /// The oneof: the last holds, and nested ones of a kind are one.
  private mutating func anyValue(_ run: WireBytes) {
    var reader = WireReader(run)
    var last: UInt32 = 0
    var word: UInt64 = 0
    var nested = WireBytes.empty
    do throws(WireError) {
      while !reader.isAtEnd {
        let tag = try reader.tag()
        switch tag {
        case 10, 58: nested = try reader.bytes()
        case 16, 24: word = try reader.varint()
        case 33: word = try reader.fixed64()
        case 42, 50:
          let next = try reader.bytes()
          nested = last == tag ? arena.join(nested, next) : next
        default:
          try reader.skip(tag, depth: WireReader.maximumDepth)
          continue
        }
        last = tag
      }
    } catch {
      // What there is of it is written.
    }
    write(value: last, word, nested)
  }

  private mutating func write(value tag: UInt32, _ word: UInt64, _ run: WireBytes) {
    switch tag {
    case 10:
      put("{\"stringValue\":")
      string(run)
    case 16: put(word != 0 ? "{\"boolValue\":true" : "{\"boolValue\":false")
    case 24:
      put("{\"intValue\":")
      quoted(signed: Int64(bitPattern: word))
    case 33:
      put("{\"doubleValue\":")
      double(Double(bitPattern: word))
    case 42:
      put("{\"arrayValue\":")
      message(.array, run)
    case 50:
      put("{\"kvlistValue\":")
      message(.keyValues, run)
    case 58:
      put("{\"bytesValue\":")
      base64(run)
    default: bytes.append(UInt8(ascii: "{"))
    }
    bytes.append(UInt8(ascii: "}"))
  }

  // MARK: - Text

  mutating func put(_ literal: StaticString) {
    // Safe: a literal lives for ever.
    unsafe bytes.append(
      contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  mutating func put(_ byte: UInt8) { bytes.append(byte) }
  mutating func put(_ run: UnsafeRawBufferPointer) { unsafe bytes.append(contentsOf: run) }

  private mutating func key(_ name: StaticString) {
    bytes.append(UInt8(ascii: "\""))
    put(name)
    put("\":")
  }
}
