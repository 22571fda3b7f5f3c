/// What lines that are log records need and spans do not; see ``LogBatch``.
extension SpanBatch {
  /// Ends a line; false, and it is not in the batch, where it names no trace.
  func finishLine() -> Bool {
    guard span.traceHigh | span.traceLow != 0 else {
      attributes.removeLast(attributes.count - span.attributes)
      return false
    }
    span.attributeEnd = attributes.count
    span.dimensionEnd = dimensions.count
    spans.append(span)
    return true
  }

  /// Puts other content in the place of a line's; the bytes are kept as long as the request.
  func setContent(_ content: [UInt8], ofLine index: Int) {
    spans[index].extras = Text(unhashed: arena.keep(content))
  }

  /// Cuts the body of a line whose content is longer than a value may be.
  func cutContent(ofLine index: Int) {
    let content = spans[index].extras.bytes
    let body: AttributeValue
    switch WireValues.body(ofRecord: content) {
    case .string(let text)?:
      var end =
        text.utf8.index(
          text.startIndex, offsetBy: limits.valueBytes, limitedBy: text.endIndex) ?? text.endIndex
      while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
        end = text.utf8.index(before: end)
      }
      body = .string(text[..<end] + "…")
    case nil: body = .empty
    default: body = .string("… \(content.count) bytes of a structured body")
    }
    setContent(WireValues.record(content, withBody: body, cutTo: limits.valueBytes), ofLine: index)
  }

  /// The bytes of an `ExportLogsServiceRequest` of the lines.
  func exportLogRequest() -> [UInt8] {
    var request = WireWriter()
    var scopeLogs = WireWriter()
    var first = 0
    while first < count {
      let (resource, scope) = (spans[first].resource, spans[first].scope)
      var position = first
      scopeLogs.removeAll()
      while position < count, spans[position].resource == resource, spans[position].scope == scope {
        // repeated LogRecord log_records = 2;
        scopeLogs.message(2) { writer in writeRecord(spans[position], into: &writer) }
        position += 1
      }
      // The fields of ResourceLogs and ScopeLogs have the numbers of ResourceSpans and ScopeSpans.
      write(resources[resource], scopes[scope], scopeLogs.bytes, into: &request)
      first = position
    }
    return request.bytes
  }

  /// The fields of one `LogRecord`.
  private func writeRecord(_ line: SpanEntry, into writer: inout WireWriter) {
    LogExport.write(
      time: line.start, observed: line.end, severity: line.kind, flags: line.flags,
      TraceID(high: line.traceHigh, low: line.traceLow), line.spanID, into: &writer)
    writer.raw(line.extras.bytes)
    for index in line.attributes..<line.attributeEnd {
      writer.message(6) { writer in writeAttribute(index, into: &writer) }
    }
  }
}
