/// How a trace's record follows its spans, in whatever order they come.
extension StoreWriter {
  mutating func summarise(
    _ span: SpanBatch.SpanEntry, of batch: SpanBatch, _ number: UInt64, _ row: Int,
    _ missing: Int, _ now: UInt64, resource resourceNumber: Int
  ) {
    let segment = open
    let reference = segment.reference(row).rawValue + 1
    let measures = span.measures > 0 ? batch.measures[span.measures - 1] : nil
    let evidence = Evidence(rawValue: span.evidence)
    let hasError = !evidence.isDisjoint(with: .failure.union(.denial))
    chunks.update(number) { record in
      record.spans &+= 1
      record.lastRow = reference
      record.touched = max(record.touched, now)
      record.evidence |= span.evidence
      if hasError { record.errors &+= 1 }
      record.missingParents = UInt32(max(0, Int(record.missingParents) + missing))
      if span.start > 0 { record.start = min(record.start, span.start) }
      record.end = max(record.end, span.end)
      // The earliest of several roots is the root; a start that was never set comes last.
      let start = span.start == 0 ? .max : span.start
      if span.parentID == 0 {
        if record.rootRow == 0 || start < record.earliestStart {
          record.rootRow = reference
          record.earliestRow = reference
          record.earliestStart = start
        }
      } else if record.rootRow == 0, record.earliestRow == 0 || start < record.earliestStart {
        record.earliestRow = reference
        record.earliestStart = start
      }
      if let measures { StoreWriter.add(measures, to: &record) }
    }
    for position in span.dimensions..<span.dimensionEnd {
      let entry = batch.dimensions[position]
      let value = valueScratch[entry.attribute - span.attributes]
      note(entry, ValueReference(rawValue: value), number)
    }
    let resource = batch.resources[span.resource]
    for position in resource.dimensions..<resource.dimensionEnd {
      let entry = batch.dimensions[position]
      let attributes = segment.directory.resources[resourceNumber].attributes
      note(entry, attributes[entry.attribute - resource.attributes].value, number)
    }
  }

  private static func add(_ measures: SpanBatch.Measures, to record: inout TraceRecord) {
    if measures.tokensInRank != 255 {
      record.tokensIn = saturating(record.tokensIn, measures.tokensIn)
      record.measured |= 1
    }
    if measures.tokensOutRank != 255 {
      record.tokensOut = saturating(record.tokensOut, measures.tokensOut)
      record.measured |= 2
    }
    if let tokens = tokens(of: measures) {
      record.tokens = saturating(record.tokens, tokens)
      record.measured |= 16
    }
    if measures.costRank != 255 {
      record.costUSD += measures.costUSD
      record.measured |= 4
    }
    if measures.timeToFirstTokenRank != 255 {
      // The first call of the request is the one whose first token its user waited for; without an
      // order the shortest stands.
      record.timeToFirstToken =
        record.measured & 8 == 0
        ? measures.timeToFirstToken : min(record.timeToFirstToken, measures.timeToFirstToken)
      record.measured |= 8
    }
  }

  /// A span's tokens in and out together: as it says, else their sum.
  private static func tokens(of measures: SpanBatch.Measures) -> UInt64? {
    if measures.tokensRank != 255 { return measures.tokens }
    guard measures.tokensInRank != 255 || measures.tokensOutRank != 255 else { return nil }
    return saturating(measures.tokensIn, measures.tokensOut)
  }

  private static func saturating(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }

  /// Takes a value of a dimension: the alias that stands first in the vocabulary wins, then the first to arrive.
  private mutating func note(
    _ entry: SpanBatch.DimensionEntry, _ value: ValueReference, _ number: UInt64
  ) {
    let segment = open
    let known = chunks[number].dimensions[Int(entry.dimension)]
    if entry.rank < known.rank {
      chunks.update(number) { record in
        record.dimensions[Int(entry.dimension)] = TraceRecord.DimensionSlot(
          segment: UInt32(truncatingIfNeeded: segment.serial), value: value.rawValue,
          rank: entry.rank, hasConflict: false)
      }
    } else if entry.rank == known.rank, !known.hasConflict, !isSame(known, value) {
      chunks.update(number) { $0.dimensions[Int(entry.dimension)].hasConflict = true }
    }
  }

  private func isSame(_ slot: TraceRecord.DimensionSlot, _ value: ValueReference) -> Bool {
    if slot.segment == UInt32(truncatingIfNeeded: open.serial) {
      if slot.value == value.rawValue { return true }
      // Equal strings have one id in a segment; wide integers do not.
      if value.kind == .string, ValueReference(rawValue: slot.value).kind == .string {
        return false
      }
    }
    return text(slot) == open.text(of: value)
  }

  private func text(_ slot: TraceRecord.DimensionSlot) -> String? {
    let low = UInt32(truncatingIfNeeded: open.serial)
    if slot.segment == low { return open.text(of: ValueReference(rawValue: slot.value)) }
    let back = Int(low &- slot.segment)
    guard back > 0, back <= sealed.count else { return nil }
    return sealed[sealed.count - back].segment.text(of: ValueReference(rawValue: slot.value))
  }
}
