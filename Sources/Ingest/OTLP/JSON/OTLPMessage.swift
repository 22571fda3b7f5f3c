import Store

/// The messages of a trace or logs request with their fields, as OTLP/JSON and protobuf write them.
///
/// Source: opentelemetry/proto/{collector/trace,collector/logs,trace,logs,common,resource}/v1.
enum OTLPMessage {
  case logsRequest, resourceLogs, scopeLogs, logRecord
  case request, resourceSpans, scopeSpans, resource, entity, scope, span, event, link, status
  case keyValue, anyValue, array, keyValues

  /// A field: its name in JSON, its name in the .proto file, its number, what it holds.
  ///
  /// OTLP writes lowerCamelCase. Names as in the .proto file are taken too, as protobuf's JSON
  /// mapping asks of parsers: a span without its ids would be refused for its sender's spelling.
  struct Field {
    let name: StaticString
    let protoName: StaticString
    let number: Int
    let kind: Kind

    init(_ number: Int, _ name: StaticString, _ protoName: StaticString, _ kind: Kind) {
      self.number = number
      self.name = name
      self.protoName = protoName
      self.kind = kind
    }

    init(_ number: Int, _ name: StaticString, _ kind: Kind) {
      self.init(number, name, name, kind)
    }

    @inline(__always)
    func isNamed(_ key: WireBytes) -> Bool {
      key.elementsEqual(name) || key.elementsEqual(protoName)
    }
  }

  enum Kind {
    case string, strings, id, bytes, bool, int64, uint32, fixed32, fixed64, double
    case enumeration(OTLPNames)
    case message(OTLPMessage)
    case list(OTLPMessage)
  }

  /// The field of this name; nil for one that is not known, which is passed over.
  ///
  /// `hint` is where the search begins, and is moved behind what was found: senders write fields in
  /// the order of the table.
  @inline(__always)
  func field(_ key: WireBytes, _ hint: inout Int) -> Field? {
    let fields = fields
    for index in hint..<fields.count where fields[index].isNamed(key) {
      hint = index + 1
      return fields[index]
    }
    for index in 0..<hint where fields[index].isNamed(key) {
      hint = index + 1
      return fields[index]
    }
    return nil
  }

  func field(_ key: WireBytes) -> Field? {
    var hint = 0
    return field(key, &hint)
  }

  private var fields: [Field] {
    switch self {
    case .request: Self.requestFields
    case .logsRequest: Self.logsRequestFields
    case .resourceLogs: Self.resourceLogsFields
    case .scopeLogs: Self.scopeLogsFields
    case .logRecord: Self.logRecordFields
    case .resourceSpans: Self.resourceSpansFields
    case .scopeSpans: Self.scopeSpansFields
    case .resource: Self.resourceFields
    case .entity: Self.entityFields
    case .scope: Self.scopeFields
    case .span: Self.spanFields
    case .event: Self.eventFields
    case .link: Self.linkFields
    case .status: Self.statusFields
    case .keyValue: Self.keyValueFields
    case .anyValue: Self.anyValueFields
    case .array: Self.arrayFields
    case .keyValues: Self.keyValuesFields
    }
  }

  /// The fields of the message, in the order in which they are written.
  var allFields: [Field] { fields }

  // MARK: - The tables

  private static let requestFields = [
    Field(1, "resourceSpans", "resource_spans", .list(.resourceSpans))
  ]
  private static let resourceSpansFields = [
    Field(1, "resource", .message(.resource)),
    Field(2, "scopeSpans", "scope_spans", .list(.scopeSpans)),
    Field(3, "schemaUrl", "schema_url", .string),
  ]
  private static let scopeSpansFields = [
    Field(1, "scope", .message(.scope)),
    Field(2, "spans", .list(.span)),
    Field(3, "schemaUrl", "schema_url", .string),
  ]
  private static let logsRequestFields = [
    Field(1, "resourceLogs", "resource_logs", .list(.resourceLogs))
  ]
  private static let resourceLogsFields = [
    Field(1, "resource", .message(.resource)),
    Field(2, "scopeLogs", "scope_logs", .list(.scopeLogs)),
    Field(3, "schemaUrl", "schema_url", .string),
  ]
  private static let scopeLogsFields = [
    Field(1, "scope", .message(.scope)),
    Field(2, "logRecords", "log_records", .list(.logRecord)),
    Field(3, "schemaUrl", "schema_url", .string),
  ]
  private static let logRecordFields = [
    Field(1, "timeUnixNano", "time_unix_nano", .fixed64),
    Field(11, "observedTimeUnixNano", "observed_time_unix_nano", .fixed64),
    Field(2, "severityNumber", "severity_number", .enumeration(.severity)),
    Field(3, "severityText", "severity_text", .string),
    Field(5, "body", .message(.anyValue)),
    Field(6, "attributes", .list(.keyValue)),
    Field(7, "droppedAttributesCount", "dropped_attributes_count", .uint32),
    Field(8, "flags", .fixed32),
    Field(9, "traceId", "trace_id", .id),
    Field(10, "spanId", "span_id", .id),
    Field(12, "eventName", "event_name", .string),
    // Not of OTLP: other readers pass over it.
    Field(LogBatch.copyField, "tracetopCopy", "tracetop_copy", .uint32),
  ]
  private static let resourceFields = [
    Field(1, "attributes", .list(.keyValue)),
    Field(2, "droppedAttributesCount", "dropped_attributes_count", .uint32),
    Field(3, "entityRefs", "entity_refs", .list(.entity)),
  ]
  private static let entityFields = [
    Field(1, "schemaUrl", "schema_url", .string),
    Field(2, "type", .string),
    Field(3, "idKeys", "id_keys", .strings),
    Field(4, "descriptionKeys", "description_keys", .strings),
  ]
  private static let scopeFields = [
    Field(1, "name", .string),
    Field(2, "version", .string),
    Field(3, "attributes", .list(.keyValue)),
    Field(4, "droppedAttributesCount", "dropped_attributes_count", .uint32),
  ]
  private static let spanFields = [
    Field(1, "traceId", "trace_id", .id),
    Field(2, "spanId", "span_id", .id),
    Field(3, "traceState", "trace_state", .string),
    Field(4, "parentSpanId", "parent_span_id", .id),
    Field(5, "name", .string),
    Field(6, "kind", .enumeration(.spanKind)),
    Field(7, "startTimeUnixNano", "start_time_unix_nano", .fixed64),
    Field(8, "endTimeUnixNano", "end_time_unix_nano", .fixed64),
    Field(9, "attributes", .list(.keyValue)),
    Field(10, "droppedAttributesCount", "dropped_attributes_count", .uint32),
    Field(11, "events", .list(.event)),
    Field(12, "droppedEventsCount", "dropped_events_count", .uint32),
    Field(13, "links", .list(.link)),
    Field(14, "droppedLinksCount", "dropped_links_count", .uint32),
    Field(15, "status", .message(.status)),
    Field(16, "flags", .fixed32),
  ]
  private static let eventFields = [
    Field(1, "timeUnixNano", "time_unix_nano", .fixed64),
    Field(2, "name", .string),
    Field(3, "attributes", .list(.keyValue)),
    Field(4, "droppedAttributesCount", "dropped_attributes_count", .uint32),
  ]
  private static let linkFields = [
    Field(1, "traceId", "trace_id", .id),
    Field(2, "spanId", "span_id", .id),
    Field(3, "traceState", "trace_state", .string),
    Field(4, "attributes", .list(.keyValue)),
    Field(5, "droppedAttributesCount", "dropped_attributes_count", .uint32),
    Field(6, "flags", .fixed32),
  ]
  private static let statusFields = [
    Field(2, "message", .string), Field(3, "code", .enumeration(.statusCode)),
  ]
  private static let keyValueFields = [
    Field(1, "key", .string), Field(2, "value", .message(.anyValue)),
  ]
  private static let anyValueFields = [
    Field(1, "stringValue", "string_value", .string),
    Field(2, "boolValue", "bool_value", .bool),
    Field(3, "intValue", "int_value", .int64),
    Field(4, "doubleValue", "double_value", .double),
    Field(5, "arrayValue", "array_value", .message(.array)),
    Field(6, "kvlistValue", "kvlist_value", .message(.keyValues)),
    Field(7, "bytesValue", "bytes_value", .bytes),
  ]
  private static let arrayFields = [Field(1, "values", .list(.anyValue))]
  private static let keyValuesFields = [Field(1, "values", .list(.keyValue))]
}

/// The names of an enumeration's values.
enum OTLPNames {
  case spanKind, statusCode, severity

  func number(of name: WireBytes) -> Int32? {
    let names =
      switch self {
      case .spanKind: Self.spanKinds
      case .statusCode: Self.statusCodes
      case .severity: Self.severities
      }
    return names.firstIndex { name.elementsEqual($0) }.map { Int32(truncatingIfNeeded: $0) }
  }

  // The place of a name is its number.
  private static let spanKinds: [StaticString] = [
    "SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT",
    "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER",
  ]
  private static let statusCodes: [StaticString] = [
    "STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR",
  ]
  private static let severities: [StaticString] = [
    "SEVERITY_NUMBER_UNSPECIFIED",
    "SEVERITY_NUMBER_TRACE", "SEVERITY_NUMBER_TRACE2", "SEVERITY_NUMBER_TRACE3",
    "SEVERITY_NUMBER_TRACE4",
    "SEVERITY_NUMBER_DEBUG", "SEVERITY_NUMBER_DEBUG2", "SEVERITY_NUMBER_DEBUG3",
    "SEVERITY_NUMBER_DEBUG4",
    "SEVERITY_NUMBER_INFO", "SEVERITY_NUMBER_INFO2", "SEVERITY_NUMBER_INFO3",
    "SEVERITY_NUMBER_INFO4",
    "SEVERITY_NUMBER_WARN", "SEVERITY_NUMBER_WARN2", "SEVERITY_NUMBER_WARN3",
    "SEVERITY_NUMBER_WARN4",
    "SEVERITY_NUMBER_ERROR", "SEVERITY_NUMBER_ERROR2", "SEVERITY_NUMBER_ERROR3",
    "SEVERITY_NUMBER_ERROR4",
    "SEVERITY_NUMBER_FATAL", "SEVERITY_NUMBER_FATAL2", "SEVERITY_NUMBER_FATAL3",
    "SEVERITY_NUMBER_FATAL4",
  ]
}
