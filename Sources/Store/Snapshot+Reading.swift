/// Plain values out of a snapshot: a line of the list, the rows of a waterfall, one span whole.
extension Snapshot {
  /// One line of the list; nil for a trace that was evicted or never came.
  public func summary(of trace: TraceNumber, now: UnixNanos) -> TraceSummary? {
    guard let record = traceRecord(trace.rawValue) else { return nil }
    return summary(of: trace, record, now: now)
  }

  /// A line of the list from a record: a trace's own, or that of a whole request.
  func summary(
    of trace: TraceNumber, _ record: TraceRecord, now: UnixNanos
  ) -> TraceSummary {
    var summary = TraceSummary(number: trace, id: record.id)
    summary.start = UnixNanos(record.start == .max ? 0 : record.start)
    summary.end = UnixNanos(record.end)
    summary.spanCount = Int(record.spans)
    summary.errorCount = Int(record.errors)
    summary.hasRoot = record.rootRow > 0
    summary.missingParents = Int(record.missingParents)
    summary.evidence = Evidence(rawValue: record.evidence)
    summary.verdict = record.verdict(now: now.rawValue)
    summary.touched = UnixNanos(record.touched)
    if record.earliestRow > 0, let (view, row) = place(record.earliestRow - 1) {
      summary.rootName = view.name(row)
      summary.rootService = view.strings[view.resource(row).name].text
    }
    summary.tenant = text(record, .tenant)
    summary.user = text(record, .user)
    summary.session = text(record, .session)
    summary.request = text(record, .request)
    summary.route = text(record, .route)
    summary.modelAsked = text(record, .modelAsked)
    // A call that is not routed is named after what was asked for, and nothing else says it.
    if summary.modelAsked == nil, summary.rootService == "plano(llm)" {
      summary.modelAsked = ModelCall.models(inName: summary.rootName).asked
    }
    summary.model = text(record, .model)
    summary.provider = text(record, .provider)
    for dimension in Dimension.allCases
    where record.dimensions[Int(dimension.rawValue)].hasConflict {
      summary.conflicts.insert(dimension)
    }
    if record.measured & 1 != 0 { summary.tokensIn = record.tokensIn }
    if record.measured & 2 != 0 { summary.tokensOut = record.tokensOut }
    if record.measured & 16 != 0 { summary.tokens = record.tokens }
    if record.measured & 4 != 0 { summary.costUSD = record.costUSD }
    if record.measured & 8 != 0 { summary.timeToFirstToken = Nanoseconds(record.timeToFirstToken) }
    summary.isPinned = record.isPinned
    return summary
  }

  private func text(_ record: TraceRecord, _ dimension: Dimension) -> String? {
    text(record.dimensions[Int(dimension.rawValue)])
  }

  func text(_ slot: TraceRecord.DimensionSlot) -> String? {
    guard slot.rank != 255 else { return nil }
    return segment(of: slot)?.text(of: ValueReference(rawValue: slot.value))
  }

  /// The segment that a slot's value stands in; nil where it is not held any more.
  func segment(of slot: TraceRecord.DimensionSlot) -> Segment? {
    let back = UInt64(UInt32(truncatingIfNeeded: open.segment.serial) &- slot.segment)
    if back == 0 { return open.segment }
    return sealed.place(ofSerial: open.segment.serial &- back).map { sealed[$0].segment }
  }

  /// The spans of a trace in the order they arrived.
  public func spans(of trace: TraceNumber) -> [SpanRow] {
    guard let record = traceRecord(trace.rawValue) else { return [] }
    var rows: [SpanRow] = []
    rows.reserveCapacity(Int(record.spans))
    var services: [UInt64: String] = [:]
    forEachRow(of: record) { view, row in
      let columns = view.segment.rows
      let resource = columns.resource[row]
      let key = view.segment.serial << 16 | UInt64(resource)
      let service: String
      if let known = services[key] {
        service = known
      } else {
        service = view.strings[view.resource(row).name].text
        services[key] = service
      }
      let spanClass = view.spanClass(row)
      rows.append(
        SpanRow(
          reference: view.segment.reference(row), spanID: SpanID(columns.spanID[row]),
          parentSpanID: SpanID(columns.parentID[row]), start: UnixNanos(columns.start[row]),
          end: UnixNanos(columns.end[row]), name: view.name(row), service: service,
          kind: SpanKind(rawValue: spanClass.kind),
          statusCode: StatusCode(rawValue: spanClass.statusCode),
          role: Role(rawValue: columns.role[row]) ?? .span,
          evidence: Evidence(rawValue: columns.evidence[row]),
          eventCount: Int(columns.eventCount[row])))
    }
    return rows.reversed()
  }

  /// Where the spans of a trace stand, in the order they arrived.
  public func references(of trace: TraceNumber) -> [SpanReference] {
    guard let record = traceRecord(trace.rawValue) else { return [] }
    var references: [SpanReference] = []
    references.reserveCapacity(Int(record.spans))
    forEachRow(of: record) { view, row in references.append(view.segment.reference(row)) }
    return references.reversed()
  }

  /// When the last span of a trace arrived; nil where it is not held any more.
  public func touched(_ trace: TraceNumber) -> UnixNanos? {
    traceRecord(trace.rawValue).map { UnixNanos($0.touched) }
  }

  /// One span with everything that was sent; nil where it is not held any more.
  public func record(of reference: SpanReference) -> SpanRecord? {
    guard let (view, row) = place(reference.rawValue) else { return nil }
    let columns = view.segment.rows
    let number = chunks.number(low: columns.trace[row])
    guard let trace = traceRecord(number) else { return nil }
    let spanClass = view.spanClass(row)
    var record = SpanRecord(
      traceID: trace.id, spanID: SpanID(columns.spanID[row]),
      parentSpanID: SpanID(columns.parentID[row]), flags: spanClass.flags, name: view.name(row),
      kind: SpanKind(rawValue: spanClass.kind), start: UnixNanos(columns.start[row]),
      end: UnixNanos(columns.end[row]),
      statusCode: StatusCode(rawValue: spanClass.statusCode))
    record.attributes = view.attributes(row).map { attribute(view, $0.key, $0.value) }
    let extras = columns.extras[row]
    if extras != 0 {
      WireValues.read(extras: view.strings.heap.bytes(at: extras), into: &record)
    }
    let resource = view.resource(row)
    record.resource = WireValues.resource(
      view.strings[resource.message], schemaURL: view.strings[resource.schemaURL].text)
    let scope = view.scope(row)
    record.scope = WireValues.scope(
      view.strings[scope.message], schemaURL: view.strings[scope.schemaURL].text)
    return record
  }

  private func attribute(
    _ view: SegmentView, _ key: UInt32, _ value: ValueReference
  ) -> Attribute {
    Attribute(view.strings[key].text, view.segment.value(of: value))
  }

  /// The number of the trace with an id; looks through all that are held, the newest first.
  public func find(_ id: TraceID) -> TraceNumber? {
    var number = chunks.end
    while number > chunks.base {
      number -= 1
      let record = chunks[number]
      if record.id == id, !record.isEvicted { return TraceNumber(number) }
    }
    return nil
  }

  /// Every attribute key that a span, resource or scope held has, sorted.
  public func keys() -> [String] {
    var keys: Set<String> = []
    for view in segments {
      for column in view.directory.columns { keys.insert(view.strings[column.key].text) }
      for origin in view.directory.resources + view.directory.scopes {
        for attribute in origin.attributes { keys.insert(view.strings[attribute.key].text) }
      }
    }
    return keys.sorted()
  }

  /// The most frequent values of a key among the newest spans, the most frequent first.
  ///
  /// Looks at the newest segments only, as far as ``valueSample`` entries: enough to choose from.
  public func values(of key: String, limit: Int) -> [(value: String, spans: Int)] {
    var counts: [String: Int] = [:]
    var left = Snapshot.valueSample
    for view in segments.reversed() where left > 0 {
      left -= countValues(of: key, in: view, atMost: left, into: &counts)
    }
    let sorted = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
    return sorted.prefix(limit).map { ($0.key, $0.value) }
  }

  /// How many values ``values(of:limit:)`` looks at.
  static let valueSample = 65_536

  private func countValues(
    of key: String, in view: SegmentView, atMost limit: Int, into counts: inout [String: Int]
  ) -> Int {
    var ofReference: [UInt32: Int] = [:]
    var seen = 0
    if let column = view.column(of: key) {
      let count = min(column.count, limit)
      for index in 0..<count { ofReference[column.value(at: index), default: 0] += 1 }
      seen += count
    }
    let holders = view.directory.resources.map { origin in
      origin.attributes.first { view.strings[$0.key].text == key }?.value
    }
    if holders.contains(where: { $0 != nil }) {
      for row in 0..<min(view.count, limit) {
        let resource = view.segment.rows.resource[row]
        if let value = holders[Int(resource)] { ofReference[value.rawValue, default: 0] += 1 }
      }
      seen += min(view.count, limit)
    }
    for (reference, count) in ofReference {
      counts[view.segment.text(of: ValueReference(rawValue: reference)), default: 0] += count
    }
    return seen
  }
}
