import Store

/// Writes a trace as Jaeger's user interface exports it as an OTLP request.
///
/// Source: Jaeger's `model/json` (traceID, spans, processes; microseconds), and the mapping of the
/// OpenTelemetry specification, "OpenTelemetry to Jaeger Transformation", read backwards as the
/// Collector's translator does it.
struct JaegerTranscoder {
  let scratch: JSONScratch
  /// Spans that were left out: where in the trace, and why.
  private(set) var faults: [JSONError] = []
  /// The spans by the process and scope that they belong to, in the order in which these came.
  private var groups: [Group] = []
  private var places: [String: Int] = [:]

  private struct Group {
    var process: String
    var scope: [UInt8]
    var spans = WireWriter()
  }

  init(scratch: JSONScratch) { self.scratch = scratch }

  /// The request; throws where the trace is no JSON.
  mutating func request(_ trace: WireBytes) throws(JSONError) -> [UInt8] {
    var reader = JSONReader(trace, scratch: scratch)
    var processes: [String: [UInt8]] = [:]
    var spans: [JSONReader] = []
    try reader.beginObject()
    var isFirst = true
    while let key = try reader.nextKey(&isFirst) {
      if key.elementsEqual("processes") {
        processes = try self.processes(&reader)
      } else {
        if key.elementsEqual("spans") { spans.append(reader) }
        try reader.skipValue()
      }
    }
    for var list in spans { try self.spans(&list) }
    var request = WireWriter()
    for group in groups {
      // repeated ResourceSpans resource_spans = 1; in it resource = 1, scope_spans = 2.
      request.message(1) { writer in
        writer.bytes(1, processes[group.process] ?? [])
        writer.message(2) { writer in
          writer.bytes(1, group.scope)
          writer.raw(group.spans.bytes)
        }
      }
    }
    return request.bytes
  }

  // MARK: - Processes

  /// The processes as messages of `Resource`.
  private func processes(_ reader: inout JSONReader) throws(JSONError) -> [String: [UInt8]] {
    var processes: [String: [UInt8]] = [:]
    if try reader.takeNull() { return processes }
    try reader.beginObject()
    var isFirst = true
    while let key = try reader.nextKey(&isFirst) {
      processes[key.text] = try process(&reader)
    }
    return processes
  }

  private func process(_ reader: inout JSONReader) throws(JSONError) -> [UInt8] {
    var service = WireBytes.empty
    var tags: [JaegerTag] = []
    try reader.beginObject()
    var isFirst = true
    while let key = try reader.nextKey(&isFirst) {
      if try reader.takeNull() { continue }
      if key.elementsEqual("serviceName") {
        service = try reader.string()
      } else if key.elementsEqual("tags") {
        tags = try JaegerTag.list(&reader, scratch)
      } else {
        try reader.skipValue()
      }
    }
    var writer = WireWriter()
    if !service.isEmpty, !tags.contains(where: { $0.key.elementsEqual("service.name") }) {
      JaegerTag(key: "service.name", .string(service)).write(1, into: &writer)
    }
    for tag in tags { tag.write(1, into: &writer) }
    return writer.bytes
  }

  // MARK: - Spans

  private mutating func spans(_ reader: inout JSONReader) throws(JSONError) {
    if try reader.takeNull() { return }
    try reader.beginList()
    var isFirst = true
    while try reader.nextElement(&isFirst) {
      var inside = reader
      do throws(JSONError) {
        var span = JaegerSpan(scratch: scratch)
        try span.read(&inside)
        add(span)
      } catch {
        // What cannot be read as a span may still be JSON, and the next one whole.
        faults.append(error)
      }
      try reader.skipValue()
    }
  }

  private mutating func add(_ span: JaegerSpan) {
    var span = span
    let scope = span.takeScope()
    let key = "\(span.process)\u{0}\(String(decoding: scope, as: UTF8.self))"
    let place = places[key] ?? groups.count
    if place == groups.count {
      places[key] = place
      groups.append(Group(process: span.process, scope: scope))
    }
    // repeated Span spans = 2;
    groups[place].spans.message(2) { writer in span.write(into: &writer) }
  }
}
