import Store

/// Traces as JSON: first the fields of Plano's own `planoai trace --json`, typed as there, then the rest,
/// in the names and types of OTLP/JSON.
extension JSONWriter {
  /// `{"traces":[…]}`
  public mutating func traces(_ traces: [TraceDocument]) {
    object { json in json.array("traces", traces) { $0.trace($1) } }
  }

  public mutating func trace(_ trace: TraceDocument) {
    object { json in
      json.member("trace_id", trace.summary.id.hex)
      let logs = Dictionary(grouping: trace.logs, by: \.spanID)
      json.array("spans", trace.spans) { $0.span($1, logs: logs[$1.record.spanID] ?? []) }
      json.strayLogs(of: trace, logs)
      json.key("summary")
      json.summary(of: trace)
    }
  }

  private mutating func span(_ span: TraceDocument.Span, logs: [LogRecord]) {
    let record = span.record
    object { json in
      json.planoMembers(of: record, service: span.service)
      json.member("droppedAttributesCount", record.droppedAttributes)
      json.member("kind", record.kind.rawValue)
      json.object("status") { json in
        json.member("code", record.statusCode.rawValue)
        json.member("message", record.statusMessage)
      }
      json.member("role", span.role.name)
      json.member("traceState", record.traceState)
      json.member("flags", record.flags)
      json.array("events", record.events) { $0.event($1) }
      json.member("droppedEventsCount", record.droppedEvents)
      json.array("links", record.links) { $0.link($1) }
      json.member("droppedLinksCount", record.droppedLinks)
      json.object("resource") { json in
        json.attributes(record.resource.attributes)
        json.member("droppedAttributesCount", record.resource.droppedAttributes)
        json.member("schemaUrl", record.resource.schemaURL)
      }
      json.object("scope") { json in
        json.member("name", record.scope.name)
        json.member("version", record.scope.version)
        json.attributes(record.scope.attributes)
        json.member("droppedAttributesCount", record.scope.droppedAttributes)
        json.member("schemaUrl", record.scope.schemaURL)
      }
      json.array("logs", logs) { $0.log($1) }
    }
  }

  /// The members that `planoai trace --json` has, as it writes them.
  mutating func planoMembers(of record: SpanRecord, service: String) {
    member("traceId", record.traceID.hex)
    member("spanId", record.spanID.hex)
    member("parentSpanId", record.parentSpanID.isNone ? "" : record.parentSpanID.hex)
    member("name", record.name)
    // 64-bit numbers are text in OTLP/JSON, since many readers of JSON hold 53 bits.
    member("startTimeUnixNano", "\(record.start.rawValue)")
    member("endTimeUnixNano", "\(record.end.rawValue)")
    // planoai's word for a resource without a name; in `resource` it can be seen that there is none.
    member("service", service.isEmpty ? "unknown" : service)
    attributes(record.attributes)
  }

  private mutating func event(_ event: SpanEvent) {
    object { json in
      json.member("timeUnixNano", "\(event.time.rawValue)")
      json.member("name", event.name)
      json.attributes(event.attributes)
      json.member("droppedAttributesCount", event.droppedAttributes)
    }
  }

  private mutating func link(_ link: SpanLink) {
    object { json in
      json.member("traceId", Self.hex(link.traceID))
      json.member("spanId", Self.hex(link.spanID))
      json.member("traceState", link.traceState)
      json.attributes(link.attributes)
      json.member("droppedAttributesCount", link.droppedAttributes)
      json.member("flags", link.flags)
    }
  }

  // MARK: - Attributes

  mutating func attributes(_ attributes: [Attribute]) {
    array("attributes", attributes) { $0.attribute($1) }
  }

  private mutating func attribute(_ attribute: Attribute) {
    object { json in
      json.member("key", attribute.key)
      json.key("value")
      json.value(attribute.value)
    }
  }

  /// An `AnyValue` as protobuf's JSON mapping has it.
  mutating func value(_ value: AttributeValue) {
    object { json in
      switch value {
      case .empty: break
      case .string(let text): json.member("stringValue", text)
      case .bool(let flag): json.member("boolValue", flag)
      case .int(let number): json.member("intValue", "\(number)")
      case .double(let number) where number.isFinite: json.member("doubleValue", number)
      case .double(let number):
        json.member("doubleValue", number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity")
      case .bytes: json.member("bytesValue", JSONText.of(value))
      case .array(let values):
        json.object("arrayValue") { json in json.array("values", values) { $0.value($1) } }
      case .keyValues(let pairs):
        json.object("kvlistValue") { json in json.array("values", pairs) { $0.attribute($1) } }
      }
    }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
