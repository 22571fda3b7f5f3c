import Store

/// The log records of a span as lines of its details, and those of the trace that belong to no span that
/// is here.
struct LogLines: Equatable {
  /// How many records are listed; of more, the last to arrive.
  static let maximumShown = 500

  /// The span's own, by time.
  var own: [LogRecord] = []
  var ownCount = 0
  /// Those that name no span, or one that is not here: the first row of the trace has them.
  var stray: [LogRecord] = []
  var strayCount = 0

  var isEmpty: Bool { ownCount + strayCount == 0 }
}

extension SpanDocument {
  mutating func add(_ logs: LogLines, _ traceStart: UnixNanos, _ context: ViewContext) {
    counts[.logs] = logs.ownCount + logs.strayCount
    guard !logs.isEmpty else { return }
    if logs.ownCount > 0 {
      heading("LOGS", .logs)
      list(logs.own, of: logs.ownCount, traceStart, context)
    }
    guard logs.strayCount > 0 else { return }
    heading("LOGS OF THE TRACE", .logs)
    note("they name no span, or one that is not here", .logs)
    list(logs.stray, of: logs.strayCount, traceStart, context)
  }

  private mutating func list(
    _ records: [LogRecord], of count: Int, _ traceStart: UnixNanos, _ context: ViewContext
  ) {
    for record in records { items.append(Self.item(record, traceStart, context)) }
    if count > records.count {
      note("\(Format.grouped(UInt64(count - records.count))) earlier ones are not listed", .logs)
    }
  }

  private static func item(
    _ record: LogRecord, _ traceStart: UnixNanos, _ context: ViewContext
  ) -> Item {
    let severity = record.severityName
    let body = ValueText.line(record.body)
    let time = offset(record.moment, from: traceStart, context)
    var item = Item(
      kind: .entry, section: .logs, key: severity.isEmpty ? time : "\(time)  \(severity)",
      value: body.isEmpty ? record.eventName : body, field: nil)
    item.tone =
      record.severity >= .error ? .error : record.severity >= .warning ? .warning : nil
    item.folded = details(of: record)
    return item
  }

  /// What shows when a record is opened, line by line.
  private static func details(of record: LogRecord) -> [String] {
    var lines: [String] = []
    for attribute in record.attributes {
      lines.append("\(attribute.key)  \(ValueText.line(attribute.value))")
    }
    if !record.eventName.isEmpty { lines.append("event  \(record.eventName)") }
    if record.droppedAttributes > 0 {
      lines.append("\(record.droppedAttributes) more attributes, dropped by the sender")
    }
    if !record.scope.name.isEmpty { lines.append("scope  \(record.scope.name)") }
    if let service = record.resource.serviceName { lines.append("service  \(service)") }
    if !record.spanID.isNone { lines.append("span id  \(record.spanID.hex)") }
    return lines
  }
}
