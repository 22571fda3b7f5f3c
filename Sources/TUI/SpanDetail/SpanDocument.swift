import Store

/// Everything known of one span as a list of items, section by section.
struct SpanDocument: Equatable {
  /// A part of the document that a digit key leads to.
  enum Section: Int, CaseIterable, Sendable {
    case attributes = 1
    case events, links, resource, span
    /// What a call of a model, an agent or a tool was about.
    case call
    /// What the verdict goes by.
    case verdict
    case logs

    var title: String {
      switch self {
      case .attributes: "attrs"
      case .events: "events"
      case .links: "links"
      case .resource: "resource"
      case .span: "span"
      case .call: "call"
      case .verdict: "verdict"
      case .logs: "logs"
      }
    }

    /// Where there is little room.
    var shortTitle: String { self == .resource ? "res" : title }

    /// Whether its tab says how many there are.
    var isCounted: Bool { self != .call && self != .verdict }

    /// In the order of the document.
    static let inOrder: [Section] = [
      .verdict, .call, .attributes, .events, .logs, .links, .resource, .span,
    ]
  }

  /// Something the trace has and the span does not say itself.
  struct Lifted: Equatable {
    var key: String
    var value: String
    /// The service of a span that says it; nil where none was found.
    var origin: String?
    var field: Filter.Field
  }

  /// One line that can be selected, or a heading that cannot.
  struct Item: Equatable {
    enum Kind: Equatable {
      case heading
      /// A remark about the section: nothing to select.
      case note
      case message
      case pair
      /// An event's or a link's own line.
      case entry
    }

    var kind: Kind
    var section: Section
    var key: String
    var value: String
    /// Where the value comes from when it is not the span's own.
    var origin: String?
    /// What `=` and `!` compare; nil where a filter has no word for it.
    var field: Filter.Field?
    /// Levels of indentation.
    var level = 0
    /// What is compared where the value shown says more than that.
    var filterValue: String?
    /// Lines that show below it when it is opened.
    var folded: [String] = []
    /// What the value is drawn as, where it is worth more than a look.
    var tone: StyleRole?

    /// What `=` and `!` compare the field with.
    var comparedValue: String { filterValue ?? value }

    /// Whether it is made of what the span says, not said by it.
    var isTold: Bool { section == .call || section == .verdict }

    /// Whether the value in full has lines of its own, however short it is.
    var isLaidOut: Bool { value.contains(where: \.isNewline) || PrettyJSON.lines(value) != nil }

    var isSelectable: Bool { kind != .heading && kind != .note }
  }

  var items: [Item] = []
  /// How many there are of what a section lists, for its tab.
  var counts: [Section: Int] = [.call: 0, .verdict: 0, .logs: 0]

  /// A document of these items.
  init(items: [Item]) { self.items = items }

  /// `lifted` are the trace's own dimensions that the span does not carry, with the service they
  /// come from; `told` is what the whole trace tells.
  init(
    _ record: SpanRecord, row: SpanRow, traceStart: UnixNanos, selfTime: Nanoseconds,
    lead: Nanoseconds, lifted: [Lifted], told: ToldTrace?, summary: TraceSummary?,
    logs: LogLines = LogLines(), context: ViewContext
  ) {
    let verdict = VerdictLines(record: record, row: row, told: told, summary: summary, context)
    if let message = ErrorText.of(record), row.hasError {
      items.append(
        Item(kind: .message, section: .attributes, key: "", value: message, field: nil))
    }
    if verdict.isOfSpan { add(verdict) }
    add(CallLines(record: record, role: row.role, story: told?.story, traceStart, context))
    if !items.isEmpty { heading("ATTRIBUTES", .attributes) }
    addAttributes(record)
    addLifted(lifted)
    addEvents(record, traceStart, context)
    add(logs, traceStart, context)
    addLinks(record, context)
    addResource(record)
    if !verdict.isOfSpan { add(verdict) }
    addSpan(record, row, traceStart, selfTime, lead, context)
  }

  /// The first item of a section that can be selected.
  func firstItem(of section: Section) -> Int? {
    items.firstIndex { $0.section == section && $0.isSelectable && $0.kind != .message }
      ?? items.firstIndex { $0.section == section && $0.isSelectable }
  }

  // MARK: - Sections

  mutating func heading(_ text: String, _ section: Section) {
    items.append(Item(kind: .heading, section: section, key: text, value: "", field: nil))
  }

  mutating func note(_ text: String, _ section: Section, level: Int = 0) {
    items.append(
      Item(kind: .note, section: section, key: text, value: "", field: nil, level: level))
  }

  mutating func pair(
    _ key: String, _ value: String, _ section: Section, origin: String? = nil,
    field: Filter.Field? = nil, level: Int = 0
  ) {
    items.append(
      Item(
        kind: .pair, section: section, key: key, value: value, origin: origin, field: field,
        level: level))
  }

  private mutating func addAttributes(_ record: SpanRecord) {
    counts[.attributes] = record.attributes.count
    for attribute in record.attributes {
      pair(
        attribute.key, ValueText.line(attribute.value), .attributes,
        field: .attribute(attribute.key))
    }
    addDropped(record.droppedAttributes, .attributes)
    if record.attributes.isEmpty { note("no attributes of its own", .attributes) }
  }

  private mutating func addLifted(_ lifted: [Lifted]) {
    guard !lifted.isEmpty else { return }
    heading("FROM THE TRACE", .attributes)
    for entry in lifted {
      pair(
        entry.key, entry.value, .attributes, origin: entry.origin ?? "trace", field: entry.field)
    }
  }

  private mutating func addEvents(
    _ record: SpanRecord, _ traceStart: UnixNanos, _ context: ViewContext
  ) {
    counts[.events] = record.events.count
    guard !record.events.isEmpty || record.droppedEvents > 0 else { return }
    heading("EVENTS", .events)
    for event in record.events {
      let time = Self.offset(event.time, from: traceStart, context)
      items.append(
        Item(
          kind: .entry, section: .events, key: time, value: event.name,
          field: .intrinsic(.eventName)))
      for attribute in event.attributes {
        pair(
          attribute.key, ValueText.line(attribute.value), .events,
          field: .attribute(attribute.key, in: .event), level: 1)
      }
      addDropped(event.droppedAttributes, .events, level: 1)
    }
    addDropped(record.droppedEvents, .events)
  }

  private mutating func addLinks(_ record: SpanRecord, _ context: ViewContext) {
    counts[.links] = record.links.count
    guard !record.links.isEmpty || record.droppedLinks > 0 else { return }
    heading("LINKS", .links)
    for link in record.links {
      items.append(
        Item(
          kind: .entry, section: .links, key: "trace", value: ValueText.hex(link.traceID),
          field: .intrinsic(.trace)))
      pair("span", ValueText.hex(link.spanID), .links, field: .intrinsic(.id), level: 1)
      if !link.traceState.isEmpty { pair("state", link.traceState, .links, level: 1) }
      for attribute in link.attributes {
        pair(attribute.key, ValueText.line(attribute.value), .links, level: 1)
      }
      addDropped(link.droppedAttributes, .links, level: 1)
    }
    addDropped(record.droppedLinks, .links)
  }

  private mutating func addResource(_ record: SpanRecord) {
    counts[.resource] = record.resource.attributes.count
    heading("RESOURCE", .resource)
    for attribute in record.resource.attributes {
      pair(
        attribute.key, ValueText.line(attribute.value), .resource,
        field: .attribute(attribute.key, in: .resource))
    }
    if record.resource.attributes.isEmpty { note("no attributes", .resource) }
    addDropped(record.resource.droppedAttributes, .resource)
    if !record.resource.schemaURL.isEmpty { pair("schema", record.resource.schemaURL, .resource) }
    heading("SCOPE", .resource)
    let scope = record.scope
    if scope.name.isEmpty {
      note("not named", .resource)
    } else {
      pair("name", scope.name, .resource, field: .intrinsic(.scopeName))
    }
    if !scope.version.isEmpty {
      pair("version", scope.version, .resource, field: .intrinsic(.scopeVersion))
    }
    for attribute in scope.attributes {
      pair(
        attribute.key, ValueText.line(attribute.value), .resource,
        field: .attribute(attribute.key, in: .scope))
    }
    addDropped(scope.droppedAttributes, .resource)
    if !scope.schemaURL.isEmpty { pair("schema", scope.schemaURL, .resource) }
  }

  private mutating func addSpan(
    _ record: SpanRecord, _ row: SpanRow, _ traceStart: UnixNanos, _ selfTime: Nanoseconds,
    _ lead: Nanoseconds, _ context: ViewContext
  ) {
    heading("SPAN", .span)
    pair("name", record.name, .span, field: .intrinsic(.name))
    pair("service", row.service, .span, field: .intrinsic(.service))
    pair("role", row.role.name, .span, field: .intrinsic(.role))
    pair("kind", record.kind.name, .span, field: .intrinsic(.kind))
    pair("status", record.statusCode.name, .span, field: .intrinsic(.status))
    if !record.statusMessage.isEmpty { pair("message", record.statusMessage, .span) }
    let start = Format.clock(record.start, .dateMilliseconds, zone: context.zone)
    pair("start", "\(Self.offset(record.start, from: traceStart, context))  \(start)", .span)
    if lead > .milliseconds(1) {
      pair("clock", "starts \(context.duration(lead)) before its parent: clocks differ", .span)
    }
    pair("duration", context.duration(record.duration), .span)
    pair("self", context.duration(selfTime), .span)
    pair("span id", record.spanID.hex, .span, field: .intrinsic(.id))
    if !record.parentSpanID.isNone { pair("parent", record.parentSpanID.hex, .span) }
    pair("trace id", record.traceID.hex, .span, field: .intrinsic(.trace))
    if !record.traceState.isEmpty { pair("state", record.traceState, .span) }
    if record.flags != 0 { pair("flags", "0x" + String(record.flags, radix: 16), .span) }
  }

  private mutating func addDropped(_ count: UInt32, _ section: Section, level: Int = 0) {
    guard count > 0 else { return }
    note("\(count) more, dropped by the sender", section, level: level)
  }

  /// When something happened, after the start of the trace: `+4.00s`.
  static func offset(
    _ time: UnixNanos, from start: UnixNanos, _ context: ViewContext
  ) -> String {
    guard time.isSet else { return "-" }
    if time < start { return "-\(context.duration(start.since(time)))" }
    return "+\(context.duration(time.since(start)))"
  }
}
