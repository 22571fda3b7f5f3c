/// Where a log record stands in the store: its number since the store began.
public struct LogReference: Hashable, Comparable, Sendable {
  public var rawValue: UInt64

  public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  public static func < (left: LogReference, right: LogReference) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// How many log records a span has, and how grave the gravest is.
public struct LogMark: Equatable, Sendable {
  public var count = 0
  public var gravest = LogSeverity.unspecified

  public init() {}
}

extension Snapshot {
  /// The log record of a trace that arrived last: it changes when there are new ones.
  public func lastLog(of trace: TraceNumber) -> LogReference? {
    guard let record = traceRecord(trace.rawValue), record.lastLog > 0 else { return nil }
    return LogReference(record.lastLog - 1)
  }

  /// The log records of a trace in the order they arrived.
  public func logReferences(of trace: TraceNumber) -> [LogReference] {
    guard let record = traceRecord(trace.rawValue), record.lastLog > 0 else { return [] }
    var references: [LogReference] = []
    logs.forEach(fromLast: record.lastLog) { number, _, _ in
      references.append(LogReference(number))
      return true
    }
    return references.reversed()
  }

  /// For each span of a trace that has log records what there are; those that name no span are
  /// ``SpanID/none``'s. Spans that are named may not be held.
  public func logMarks(of trace: TraceNumber) -> [SpanID: LogMark] {
    guard let record = traceRecord(trace.rawValue), record.lastLog > 0 else { return [:] }
    var marks: [SpanID: LogMark] = [:]
    logs.forEach(fromLast: record.lastLog) { _, _, row in
      marks[SpanID(row.spanID), default: LogMark()].add(row.severity)
      return true
    }
    return marks
  }

  /// The log records of a trace whose span passes, by time; of more than `limit` those that arrived last.
  public func logRecords(
    of trace: TraceNumber, limit: Int = .max, where isWanted: (SpanID) -> Bool = { _ in true }
  ) -> [LogRecord] {
    guard let trace = traceRecord(trace.rawValue), trace.lastLog > 0 else { return [] }
    var records: [LogRecord] = []
    logs.forEach(fromLast: trace.lastLog) { _, segment, row in
      if isWanted(SpanID(row.spanID)) {
        records.append(Snapshot.record(row, of: segment, trace.id))
      }
      return records.count < limit
    }
    // Stable, so that records of one moment keep the order in which they arrived.
    return records.reversed().enumerated().sorted { left, right in
      let (a, b) = (left.element.moment, right.element.moment)
      return a != b ? a < b : left.offset < right.offset
    }.map(\.element)
  }

  /// One record with everything that was sent; nil where it is not held any more.
  public func logRecord(_ reference: LogReference, of trace: TraceNumber) -> LogRecord? {
    guard let record = traceRecord(trace.rawValue),
      let (segment, row) = logs.place(reference.rawValue)
    else { return nil }
    return Snapshot.record(row, of: segment, record.id)
  }

  private static func record(
    _ row: LogRow, of segment: LogSegment, _ trace: TraceID
  ) -> LogRecord {
    var record = LogRecord(
      traceID: trace, spanID: SpanID(row.spanID), time: UnixNanos(row.time),
      observed: UnixNanos(row.observed), severity: LogSeverity(rawValue: row.severity),
      flags: row.flags)
    WireValues.read(content: segment.strings[row.content], into: &record)
    for position in 0..<Int(row.attributeCount) {
      let pair = segment.attributes[Int(row.attributes) + position]
      record.attributes.append(WireValues.attribute(segment.strings[pair]))
    }
    record.resource = WireValues.resource(inLogs: segment.strings[row.resource])
    record.scope = WireValues.scope(inLogs: segment.strings[row.scope])
    return record
  }
}

extension LogMark {
  /// Both together.
  public func joined(with other: LogMark) -> LogMark {
    var sum = self
    sum.count += other.count
    sum.gravest = max(gravest, other.gravest)
    return sum
  }

  fileprivate mutating func add(_ severity: Int32) {
    count += 1
    gravest = max(gravest, LogSeverity(rawValue: severity))
  }
}
