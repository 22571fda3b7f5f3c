/// What became of the log records of a request.
public struct LogAppendResult: Equatable, Sendable {
  /// Records that are held now, or were already.
  public var accepted: Int
  /// Of those, the ones that were held already.
  public var duplicates: Int
  /// Records that name no trace: counted and not kept.
  public var withoutTrace: Int
}

extension StoreWriter {
  /// Takes log records in: behind those of their trace, or to wait for it.
  ///
  /// A record that is held already is a duplicate, as a span is whose id its trace has: exporters send
  /// a request again whose answer was lost. Records of one request that are alike have numbers that tell
  /// them apart; see ``LogBatch/numberCopies()``. `now` is of a clock that never jumps: how long records waited
  /// for their trace goes by it.
  mutating func append(_ batch: LogBatch, now: UInt64) -> LogAppendResult {
    version += 1
    let lines = batch.lines
    statistics.logsReceived += UInt64(lines.count + batch.withoutTrace)
    statistics.logsWithoutTrace += UInt64(batch.withoutTrace)
    statistics.stringsRepaired += UInt64(lines.repairedStrings)
    var duplicates = 0
    for position in 0..<lines.count {
      let hash = batch.hash(ofRecord: position)
      guard !logs.isKnown(hash) else {
        duplicates += 1
        continue
      }
      append(lines.spans[position], of: lines, hash: hash, now: now)
    }
    statistics.logsDuplicate += UInt64(duplicates)
    logs.giveUpWaiting(now: now)
    logs.dropOverShare()
    keepWithinBudget(rows: 0)
    return LogAppendResult(
      accepted: lines.count, duplicates: duplicates, withoutTrace: batch.withoutTrace)
  }

  private mutating func append(
    _ entry: SpanBatch.SpanEntry, of lines: SpanBatch, hash: UInt64, now: UInt64
  ) {
    let id = TraceID(high: entry.traceHigh, low: entry.traceLow)
    guard let number = index.find(id, in: chunks) else {
      let last = logs.append(entry, of: lines, hash: hash, after: logs.lastWaiting(id))
      logs.wait(id, last: last, now: now)
      return
    }
    let last = logs.append(entry, of: lines, hash: hash, after: chunks[number].lastLog)
    chunks.update(number) { $0.lastLog = last }
  }

  func countLogs(in statistics: inout StoreStatistics) {
    statistics.logsHeld = UInt64(logs.counts.held)
    statistics.logsWaiting = UInt64(logs.waitingRecords)
    statistics.logsEvicted = UInt64(logs.counts.evicted)
    statistics.logsExpired = UInt64(logs.counts.expired)
  }
}
