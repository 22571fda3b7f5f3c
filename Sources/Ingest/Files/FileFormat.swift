import Store

/// How the records of a file stand in it, whatever the file is called.
enum FileFormat: Equatable {
  /// JSON: one document, or one a line as the Collector's file exporter writes them.
  case json
  /// One `ExportTraceServiceRequest` or `TracesData`, or several behind one another, which is the same.
  case protobuf
  /// Messages with their length as a varint in front, as protobuf's `writeDelimitedTo` writes them.
  case varintFrames
  /// Messages with their length as four bytes in front, the highest first, as the Collector's file
  /// exporter writes protobuf, and whatever it compresses.
  case wordFrames

  /// How many bytes ``recognise(_:)`` is given, where the file has as many.
  static let sampleBytes = 4 << 10

  /// What a file is by its first bytes; nil for something that is none of these.
  static func recognise(_ start: WireBytes) -> FileFormat? {
    if isJSON(start) { return .json }
    if isRequest(start, upTo: nil) { return .protobuf }
    if let head = FrameHead(word: start), isPayload(start, head) { return .wordFrames }
    if let head = FrameHead(varint: start), isPayload(start, head) { return .varintFrames }
    return nil
  }

  // MARK: - JSON

  /// Whether the bytes begin an object that has a member, an empty one, or a list of objects.
  static func isJSON(_ start: WireBytes) -> Bool {
    var place = start.hasPrefix("\u{FEFF}") ? 3 : 0
    func next() -> UInt8? {
      while place < start.count {
        let byte = start[place]
        place += 1
        if ![0x20, 0x09, 0x0A, 0x0D].contains(byte) { return byte }
      }
      return nil
    }
    guard var first = next() else { return false }
    if first == UInt8(ascii: "[") {
      guard let inner = next() else { return false }
      if inner == UInt8(ascii: "]") { return true }
      first = inner
    }
    guard first == UInt8(ascii: "{"), let second = next() else { return false }
    if second == UInt8(ascii: "}") { return true }
    guard second == UInt8(ascii: "\"") else { return false }
    // A name of letters: no message of protobuf goes on like this.
    while place < start.count, start[place] != UInt8(ascii: "\"") {
      guard start[place] >= 0x20, start[place] < 0x7F else { return false }
      place += 1
    }
    return true
  }

  // MARK: - Protobuf

  private static func isPayload(_ start: WireBytes, _ head: FrameHead) -> Bool {
    guard head.length > 0 else { return head.size < start.count }
    // Safe: the head stood inside the bytes.
    let rest = unsafe WireBytes(
      start.address + head.size, count: min(start.count - head.size, head.length))
    if rest.count >= ContentEncoding.magicBytes,
      unsafe ContentEncoding(magic: rest.buffer) == .zstd
    {
      return true
    }
    return isJSON(rest) || isRequest(rest, upTo: head.length)
  }

  /// Whether the bytes begin a message of `ResourceSpans`, as far as they go; `upTo` is how long the
  /// message is where that is known.
  private static func isRequest(_ bytes: WireBytes, upTo length: Int?) -> Bool {
    var reader = WireReader(bytes)
    guard !reader.isAtEnd else { return false }
    let end = length ?? .max
    do throws(WireError) {
      while !reader.isAtEnd {
        // repeated ResourceSpans resource_spans = 1;
        guard try reader.tag() == 10 else { return false }
        let count = try reader.varint()
        guard count <= UInt64(end - reader.offset) else { return false }
        let left = bytes.count - reader.offset
        // Safe: no longer than what is left of the bytes.
        let run = unsafe WireBytes(reader.position, count: min(left, Int(count)))
        guard isResourceSpans(run, length: Int(count)) else { return false }
        guard Int(count) < left else { return true }
        // Safe: there are more bytes than the field has.
        let rest = unsafe WireBytes(reader.position + run.count, count: left - run.count)
        reader = reader.nested(rest)
      }
      return true
    } catch {
      // The bytes end inside a tag or a length.
      return error.reason == .truncated && bytes.count > 2
    }
  }

  /// Whether the fields are those of a `ResourceSpans`: resource, scope_spans, schema_url, and what
  /// scope_spans was before it had its name.
  private static func isResourceSpans(_ bytes: WireBytes, length: Int) -> Bool {
    var reader = WireReader(bytes)
    do throws(WireError) {
      while !reader.isAtEnd {
        let tag = try reader.tag()
        guard [10, 18, 26, 1000 << 3 | 2].contains(tag) else { return false }
        let count = try reader.varint()
        guard count <= UInt64(length - reader.offset) else { return false }
        let left = bytes.count - reader.offset
        guard Int(count) < left else { return true }
        // Safe: there are more bytes than the field has.
        let rest = unsafe WireBytes(reader.position + Int(count), count: left - Int(count))
        reader = reader.nested(rest)
      }
      return true
    } catch {
      return error.reason == .truncated
    }
  }
}

/// What stands in front of a message in a file of many.
struct FrameHead: Equatable {
  /// How long the head is itself, in bytes.
  var size: Int
  /// How long the message is, in bytes.
  var length: Int

  /// Four bytes, the highest first; nil where they are not there.
  init?(word bytes: WireBytes) {
    guard bytes.count >= 4 else { return nil }
    size = 4
    length = (0..<4).reduce(0) { $0 << 8 | Int(bytes[$1]) }
  }

  /// A varint of at most five bytes; nil where there is none.
  init?(varint bytes: WireBytes) {
    length = 0
    for index in 0..<min(bytes.count, 5) {
      length |= Int(bytes[index] & 0x7F) << (7 * index)
      guard bytes[index] >= 0x80 else {
        size = index + 1
        return
      }
    }
    return nil
  }
}
