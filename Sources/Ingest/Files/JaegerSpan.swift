import Store

/// A span as Jaeger's JSON has it, on its way to OTLP.
struct JaegerSpan {
  private struct Reference {
    var traceID: [UInt8]
    var spanID: [UInt8]
    var follows: Bool
  }

  private struct Log {
    var timestamp: UInt64
    var fields: [JaegerTag]
  }

  let scratch: JSONScratch
  private(set) var process = ""
  private var traceID: [UInt8] = []
  private var spanID: [UInt8] = []
  /// What older versions have instead of a reference.
  private var parentID: [UInt8] = []
  private var name = WireBytes.empty
  private var flags: UInt32 = 0
  private var start: UInt64 = 0
  private var duration: UInt64 = 0
  private var references: [Reference] = []
  private var tags: [JaegerTag] = []
  private var logs: [Log] = []

  init(scratch: JSONScratch) { self.scratch = scratch }

  // MARK: - Reading

  mutating func read(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginObject()
    var isFirst = true
    while let key = try reader.nextKey(&isFirst) {
      if try reader.takeNull() { continue }
      if key.elementsEqual("traceID") {
        traceID = try Self.id(&reader, bytes: 16)
      } else if key.elementsEqual("spanID") {
        spanID = try Self.id(&reader, bytes: 8)
      } else if key.elementsEqual("parentSpanID") {
        parentID = try Self.id(&reader, bytes: 8)
      } else if key.elementsEqual("operationName") {
        name = try reader.string()
      } else if key.elementsEqual("processID") {
        process = try reader.string().text
      } else if key.elementsEqual("flags") {
        flags = UInt32(truncatingIfNeeded: try reader.int64())
      } else if key.elementsEqual("startTime") {
        start = try reader.microseconds()
      } else if key.elementsEqual("duration") {
        duration = try reader.microseconds()
      } else if key.elementsEqual("references") {
        try readReferences(&reader)
      } else if key.elementsEqual("tags") {
        tags = try JaegerTag.list(&reader, scratch)
      } else if key.elementsEqual("logs") {
        try readLogs(&reader)
      } else {
        try reader.skipValue()
      }
    }
  }

  /// An id: Jaeger leaves zeros at the front out, and has trace ids of 64 bits.
  private static func id(_ reader: inout JSONReader, bytes count: Int) throws(JSONError) -> [UInt8]
  {
    let place = reader
    let text = try reader.string()
    guard text.count <= 2 * count else { throw place.error(.hexadecimal) }
    var id = [UInt8](repeating: 0, count: count)
    for index in 0..<text.count {
      guard let digit = HexDigits.value(text[text.count - 1 - index]) else {
        throw place.error(.hexadecimal)
      }
      id[count - 1 - index / 2] |= digit << (4 * UInt8(index & 1))
    }
    return id
  }

  private mutating func readReferences(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginList()
    var isFirstElement = true
    while try reader.nextElement(&isFirstElement) {
      var reference = Reference(traceID: [], spanID: [], follows: false)
      try reader.beginObject()
      var isFirst = true
      while let key = try reader.nextKey(&isFirst) {
        if key.elementsEqual("refType") {
          reference.follows = try reader.string().elementsEqual("FOLLOWS_FROM")
        } else if key.elementsEqual("traceID") {
          reference.traceID = try Self.id(&reader, bytes: 16)
        } else if key.elementsEqual("spanID") {
          reference.spanID = try Self.id(&reader, bytes: 8)
        } else {
          try reader.skipValue()
        }
      }
      references.append(reference)
    }
  }

  private mutating func readLogs(_ reader: inout JSONReader) throws(JSONError) {
    try reader.beginList()
    var isFirstElement = true
    while try reader.nextElement(&isFirstElement) {
      var log = Log(timestamp: 0, fields: [])
      try reader.beginObject()
      var isFirst = true
      while let key = try reader.nextKey(&isFirst) {
        if key.elementsEqual("timestamp") {
          log.timestamp = try reader.microseconds()
        } else if key.elementsEqual("fields") {
          log.fields = try JaegerTag.list(&reader, scratch)
        } else {
          try reader.skipValue()
        }
      }
      logs.append(log)
    }
  }

  // MARK: - Meaning

  /// The `InstrumentationScope` that tags name, which are tags no more.
  mutating func takeScope() -> [UInt8] {
    let name = tags.take(text: "otel.scope.name") ?? tags.take(text: "otel.library.name")
    let version = tags.take(text: "otel.scope.version") ?? tags.take(text: "otel.library.version")
    var writer = WireWriter()
    if let name { writer.bytes(1, name) }
    if let version { writer.bytes(2, version) }
    return writer.bytes
  }

  private mutating func takeKind() -> UInt64 {
    guard case .string(let word) = tags.first("span.kind") else { return 0 }
    let names: [StaticString] = ["internal", "server", "client", "producer", "consumer"]
    guard let place = names.firstIndex(where: { word.elementsEqual($0) }) else { return 0 }
    tags.remove("span.kind")
    return UInt64(place + 1)
  }

  /// The status: `error` before `otel.status_code` before what HTTP's status says.
  private mutating func takeStatus(kind: UInt64) -> (code: UInt64, message: WireBytes)? {
    var message = WireBytes.empty
    let code: UInt64
    if case .bool(true) = tags.first("error") {
      tags.remove("error")
      tags.remove("otel.status_code")
      code = 2
    } else if let word = tags.take(text: "otel.status_code") {
      code = word.elementsEqual("ERROR") ? 2 : word.elementsEqual("OK") ? 1 : 0
    } else if let status = tags.first("http.status_code").flatMap(Self.number) {
      // Only the caller is at fault for 4xx (semantic conventions for HTTP spans).
      let isServer = kind == 2
      guard status >= 500 || (status >= 400 && !isServer) else { return nil }
      code = 2
    } else {
      return nil
    }
    if let text = tags.take(text: "otel.status_description") {
      message = text
    } else if case .string(let text) = tags.first("http.status_message"), code == 2 {
      message = text
    }
    return (code, message)
  }

  /// A number, also one that its sender wrote as text.
  private static func number(_ value: JaegerTag.Value) -> Int64? {
    switch value {
    case .int(let number): number
    case .string(let text): Int64(text.text)
    default: nil
    }
  }

  /// The reference that is the parent: a child's before one that only follows, in the same trace.
  private var parent: Int? {
    references.firstIndex { !$0.follows && $0.traceID == traceID }
      ?? references.firstIndex { $0.traceID == traceID }
  }

  // MARK: - Writing

  /// The fields of a `Span`.
  func write(into writer: inout WireWriter) {
    var rest = self
    let kind = rest.takeKind()
    let status = rest.takeStatus(kind: kind)
    let state = rest.tags.take(text: "w3c.tracestate")
    let parent = self.parent
    let parentID = parent.map { references[$0].spanID } ?? parentID
    writer.bytes(1, traceID)
    writer.bytes(2, spanID)
    if let state { writer.bytes(3, state) }
    if parentID.contains(where: { $0 != 0 }) { writer.bytes(4, parentID) }
    writer.bytes(5, name)
    if kind != 0 { writer.varint(6, kind) }
    writer.fixed64(7, start)
    writer.fixed64(8, start.addingReportingOverflow(duration).overflow ? .max : start + duration)
    for tag in rest.tags { tag.write(9, into: &writer) }
    for log in logs { write(log, into: &writer) }
    for (place, reference) in references.enumerated() where place != parent {
      write(reference, into: &writer)
    }
    if let status {
      writer.message(15) { writer in
        if !status.message.isEmpty { writer.bytes(2, status.message) }
        writer.varint(3, status.code)
      }
    }
    // The lowest bit says in both that the span was sampled; the others are Jaeger's own.
    if flags & 1 != 0 { writer.fixed32(16, 1) }
  }

  /// An `Event`, named by the field that OpenTelemetry and OpenTracing put the name in.
  private func write(_ log: Log, into writer: inout WireWriter) {
    var fields = log.fields
    let name = fields.take(text: "event")
    writer.message(11) { writer in
      writer.fixed64(1, log.timestamp)
      if let name { writer.bytes(2, name) }
      for field in fields { field.write(3, into: &writer) }
    }
  }

  /// A `Link`, which says what kind of reference it was.
  private func write(_ reference: Reference, into writer: inout WireWriter) {
    writer.message(13) { writer in
      writer.bytes(1, reference.traceID)
      writer.bytes(2, reference.spanID)
      // Safe: a literal lives for ever.
      let kind: StaticString = reference.follows ? "follows_from" : "child_of"
      let text = unsafe WireBytes(kind.utf8Start, count: kind.utf8CodeUnitCount)
      JaegerTag(key: "opentracing.ref_type", .string(text)).write(4, into: &writer)
    }
  }
}

extension JSONReader {
  /// A number of microseconds as nanoseconds, which saturate.
  fileprivate mutating func microseconds() throws(JSONError) -> UInt64 {
    let place = self
    let (number, _) = try number()
    guard let number else { throw place.error(.number) }
    if let whole = number.signed {
      let (product, overflow) = UInt64(max(0, whole)).multipliedReportingOverflow(by: 1_000)
      return overflow ? .max : product
    }
    guard let double = number.double else { throw place.error(.number) }
    return UInt64(max(0, min(double * 1_000, 1.8e19)))
  }
}
