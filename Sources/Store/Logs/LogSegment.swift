/// The fixed part of a log record, one cache line: what it says at length are numbers of strings.
struct LogRow: BitwiseCopyable {
  /// Tells a record from every other, as far as 64 bits can: a record that comes again is known by it.
  var hash: UInt64 = 0
  var time: UInt64 = 0
  var observed: UInt64 = 0
  /// Zero where it names no span.
  var spanID: UInt64 = 0
  /// How many rows back the trace's record before it stands; zero for its first.
  var previous: UInt32 = 0
  /// Severity text, body and rarer fields: the wire bytes of a `LogRecord` with those alone.
  var content: UInt32 = 0
  /// The resource and its `schema_url`: the wire bytes of a `ResourceLogs` with those alone.
  var resource: UInt32 = 0
  /// The scope and its `schema_url`: the wire bytes of a `ScopeLogs` with those alone.
  var scope: UInt32 = 0
  /// Where its attributes begin among the segment's.
  var attributes: UInt32 = 0
  var severity: Int32 = 0
  var flags: UInt32 = 0
  var attributeCount: UInt16 = 0
}

/// Log records as columns, with their own strings, so that all of it goes when the segment goes.
///
/// Bodies and attributes that repeat are held once: most records of a service differ in their times.
final class LogSegment: @unchecked Sendable {
  // @unchecked: `live` and `bytes` are the writer's, under the store's mutex; readers touch rows,
  // attributes and strings below a count that a snapshot published to them.

  static let maximumRows = 1 << 16

  /// The segment's number; a row's number since the store began is this times 65,536 plus the row.
  let serial: UInt64
  let rows = ChunkedColumn<LogRow>()
  /// For each attribute the string id of its `KeyValue`, record by record.
  let attributes = ChunkedColumn<UInt32>()
  let strings: StringTable
  /// Records that are held and not let go.
  var live = 0

  init(serial: UInt64, expectedStrings: Int = 0) {
    self.serial = serial
    strings = StringTable(expected: expectedStrings)
    _ = strings.intern(.empty)
  }

  var bytes: Int { rows.bytes + attributes.bytes + strings.bytes }

  /// Appends a row and returns its number since the store began.
  func append(_ row: LogRow) -> UInt64 {
    let position = rows.count
    rows.append(row)
    live += 1
    return serial << 16 | UInt64(position)
  }

  func view() -> LogSegmentView { LogSegmentView(segment: self, count: rows.count) }
}

/// A segment of logs as a snapshot shows it: the rows below ``count``.
struct LogSegmentView: Sendable {
  let segment: LogSegment
  let count: Int
}

/// All logs that a snapshot shows.
struct LogsView: Sendable {
  /// Oldest first; numbers may be missing between them.
  var segments: [LogSegmentView] = []

  /// Where a row stands; nil where it is not held any more.
  func place(_ number: UInt64) -> (segment: LogSegment, row: LogRow)? {
    let serial = number >> 16
    let place = segments.indices.bisect { segments[$0].segment.serial >= serial }
    let position = Int(number & 0xFFFF)
    guard place < segments.count, segments[place].segment.serial == serial,
      position < segments[place].count
    else { return nil }
    return (segments[place].segment, segments[place].segment.rows[position])
  }

  /// Calls `body` with the records of a trace, the last to arrive first, until it returns false.
  func forEach(
    fromLast last: UInt64, _ body: (_ number: UInt64, LogSegment, LogRow) -> Bool
  ) {
    var next = last
    while next > 0, let (segment, row) = place(next - 1) {
      guard body(next - 1, segment, row), row.previous > 0 else { return }
      next -= UInt64(row.previous)
    }
  }
}
