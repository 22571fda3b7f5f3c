import Store

/// Reads a message of `ResourceSpans` or `ResourceLogs` field by field, since each is a request of its own: the message
/// may be longer than any that could be held.
struct ProtobufFileReader {
  /// How many bytes of fields are decoded together, where they are short.
  private static let runBytes = 1 << 20

  private let file: FileReader
  private var window: FileWindow { file.window }

  init(_ file: FileReader) { self.file = file }

  func run() throws(FileError) {
    while try window.fill(to: 1) {
      guard let field = try nextField() else { return }
      guard field.length <= file.limit else {
        try passOver(field)
        continue
      }
      guard try window.fill(to: field.head + field.length) else {
        return file.problem(
          "cut off: \(window.count) of \(field.head + field.length) bytes of the last record")
      }
      switch field.content {
      case .group: try take(first: field)
      case .logs:
        // Safe: the field is in the window.
        let body = unsafe WireBytes(window.bytes.address + field.head, count: field.length)
        if let fault = try file.take(logs: body) { file.problem(fault, at: field.head) }
        window.consume(field.head + field.length)
      case .other:
        window.consume(field.head + field.length)
      }
    }
  }

  /// A field: how long its tag and length are, and what follows them.
  private struct Field {
    var head: Int
    var length: Int
    var content: Content

    enum Content {
      /// A `ResourceSpans` or a `ResourceLogs`.
      case group
      /// A request of logs among those of spans.
      case logs
      case other
    }
  }

  /// The field that the window begins with; nil, and said, where it begins with none.
  private func nextField() throws(FileError) -> Field? {
    // The longest tag and length.
    _ = try window.fill(to: 20)
    let problem: String
    do throws(WireError) {
      if let field = try Self.field(window.bytes) { return field }
      problem = "not a field that a request has; the rest is left out"
    } catch {
      problem =
        error.reason == .truncated
        ? "cut off inside the last record" : "\(error.fileText); the rest is left out"
    }
    file.problem(problem)
    return nil
  }

  private static func field(_ bytes: WireBytes, at start: Int = 0) throws(WireError) -> Field? {
    // Safe: `start` is inside the bytes.
    let rest = unsafe WireBytes(bytes.address + start, count: bytes.count - start)
    var reader = WireReader(rest)
    let tag = try reader.tag()
    // repeated ResourceSpans resource_spans = 1;
    switch tag & 7 {
    case 0:
      _ = try reader.varint()
      return Field(head: reader.offset, length: 0, content: .other)
    case 1: return Field(head: reader.offset, length: 8, content: .other)
    case 5: return Field(head: reader.offset, length: 4, content: .other)
    case 2:
      let length = try reader.varint()
      guard length < 1 << 48 else { return nil }
      let content: Field.Content =
        switch tag >> 3 {
        case 1: .group
        case UInt32(RequestFileWriter.logsField): .logs
        default: .other
        }
      return Field(head: reader.offset, length: Int(length), content: content)
    default: return nil
    }
  }

  /// Takes a field that is whole, with those behind it that are whole too.
  private func take(first: Field) throws(FileError) {
    var ends = [first.head + first.length]
    let kind = kind(of: first, at: 0)
    // Two requests of logs behind one another may be one that was sent twice; together they would be one
    // in which records are there twice.
    let runBytes = kind == .logs || file.sink.takesRecordsAlone ? 0 : Self.runBytes
    while let end = ends.last, end < runBytes, end + 20 <= window.count,
      let next = (try? Self.field(window.bytes, at: end)) ?? nil,
      next.content == .group, next.length <= file.limit,
      end + next.head + next.length <= window.count, self.kind(of: next, at: end) == kind
    {
      ends.append(end + next.head + next.length)
    }
    let run = ends[ends.count - 1]
    guard let fault = try take(part(0..<run), kind) else { return window.consume(run) }
    guard ends.count > 1 else {
      file.problem(fault, at: 0)
      return window.consume(run)
    }
    // One of them is broken: the others are good.
    var taken = 0
    for end in ends {
      let length = end - taken
      if let fault = try take(part(0..<length), kind) { file.problem(fault, at: 0) }
      window.consume(length)
      taken = end
    }
  }

  private func take(
    _ body: WireBytes, _ kind: RequestKind
  ) throws(FileError) -> FileReader.Fault? {
    switch kind {
    case .spans: try file.take(protobuf: body)
    case .logs: try file.take(logs: body)
    }
  }

  private func kind(of group: Field, at start: Int) -> RequestKind {
    RequestKind(ofGroup: part(start + group.head..<start + group.head + group.length))
  }

  private func part(_ range: Range<Int>) -> WireBytes {
    // Safe: the range was seen to be inside the window.
    unsafe WireBytes(window.bytes.address + range.lowerBound, count: range.count)
  }

  private func passOver(_ field: Field) throws(FileError) {
    file.problem("a record of \(field.length) bytes, longer than \(file.limit), is left out")
    try window.pass(field.head + field.length)
  }
}

extension FileWindow {
  /// Is done with so many bytes, which need not be there yet and are not held; false where the input
  /// ends before.
  @discardableResult
  func pass(_ length: Int) throws(FileError) -> Bool {
    var left = length
    while left > 0 {
      guard try fill(to: 1) else { return false }
      let step = min(left, count)
      consume(step)
      left -= step
    }
    return true
  }
}
