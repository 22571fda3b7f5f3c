/// How many spans satisfy a filter, each by itself, and how long they took together.
public struct SpanTally: Equatable, Sendable {
  public var spans = 0
  /// The sum of their durations; the largest that there is where it is more.
  public var duration = Nanoseconds(0)
  /// What was looked at for the answer.
  public var work = QueryWork()
}

extension Snapshot {
  /// Counts the spans that satisfy what braces around a filter would ask; nil where a span alone does
  /// not answer that.
  ///
  /// A count of the spans with a value of one key comes from the columns' dictionaries, without a look
  /// at any row; durations are added up where `addsDurations` asks for it.
  public func tally(spansOf filter: Filter, addsDurations: Bool = false) -> SpanTally? {
    guard var rows = RowFilter(filter, vocabulary) else { return nil }
    var tally = SpanTally()
    let meter = QueryMeter()
    // Rows of traces that went stay until their segment goes.
    let haveGone = statistics.tracesGone > 0
    for view in segments {
      let scan = RowScan(
        view: view, rows: 0..<view.count, isWhole: view.isWhole(in: self), meter: meter)
      if !addsDurations, !haveGone, let count = rows.countWithoutRows(scan) {
        tally.spans += count
        continue
      }
      let columns = view.segment.rows
      rows.rows(scan).forEach { row in
        if haveGone, traceRecord(chunks.number(low: columns.trace[row])) == nil { return }
        tally.spans += 1
        if addsDurations {
          let (sum, isMore) = tally.duration.rawValue.addingReportingOverflow(
            columns.duration(row))
          tally.duration = Nanoseconds(isMore ? .max : sum)
        }
      }
    }
    tally.work = meter.work
    return tally
  }

  /// The newest spans that satisfy what braces around a filter would ask, the last to arrive first; nil
  /// where a span alone does not answer that. Segments that are not needed are not looked at.
  public func newestSpans(of filter: Filter, limit: Int) -> [SpanReference]? {
    guard var rows = RowFilter(filter, vocabulary) else { return nil }
    var found: [SpanReference] = []
    let meter = QueryMeter()
    for view in segments.reversed() where found.count < limit {
      let scan = RowScan(
        view: view, rows: 0..<view.count, isWhole: view.isWhole(in: self), meter: meter)
      rows.rows(scan).forEachReversed { row in
        if traceRecord(chunks.number(low: view.segment.rows.trace[row])) != nil {
          found.append(view.segment.reference(row))
        }
        return found.count < limit
      }
    }
    return found
  }
}

extension RowBits {
  /// Calls `body` with each row in it, the last first, until it says that it has enough.
  func forEachReversed(_ body: (Int) -> Bool) {
    words.forEachBitReversed { body(base + $0) }
  }
}

extension RowFilter {
  /// How many rows satisfy it, where that can be told without looking at any: a question about one key
  /// that spans alone have, over a whole segment whose column has a dictionary.
  fileprivate func countWithoutRows(_ scan: RowScan) -> Int? {
    guard scan.isWhole, let (keys, holds) = soleQuestion(scan) else { return nil }
    let columns = keys.compactMap { scan.view.column(of: $0) }
    let isElsewhere = [scan.view.directory.resources, scan.view.directory.scopes].joined().contains
    {
      $0.attributes.contains { attribute in
        keys.contains { scan.view.strings[attribute.key].elementsEqual($0) }
      }
    }
    // Several aliases, or several values of one row, may stand for one span.
    guard !isElsewhere, columns.count <= 1 else { return nil }
    guard let column = columns.first else { return 0 }
    guard let packed = column.packed, let dictionary = packed.dictionary,
      !packed.presence.hasRepeats
    else { return nil }
    var count = 0
    for (code, value) in dictionary.values.enumerated() where holds(ValueReference(rawValue: value))
    {
      count += Int(dictionary.counts[code])
    }
    return count
  }
}
