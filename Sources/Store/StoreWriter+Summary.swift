/// How a trace's record follows its spans, in whatever order they come.
extension StoreWriter {
  mutating func summarise(
    _ span: SpanBatch.SpanEntry, of batch: SpanBatch, in segment: Segment, _ place: RecordPlace,
    _ row: Int, _ missing: Int, _ now: UInt64, resource resourceNumber: Int
  ) {
    let reference = segment.serial << 16 | UInt64(row) + 1
    let measures = span.measures > 0 ? batch.measures[span.measures - 1] : nil
    let evidence = Evidence(rawValue: span.evidence)
    let hasError = !evidence.isDisjoint(with: .failure.union(.denial))
    place.record.spans &+= 1
    place.record.lastRow = reference
    place.record.touched = max(place.record.touched, now)
    place.record.evidence |= span.evidence
    if hasError { place.record.errors &+= 1 }
    place.record.missingParents = UInt32(max(0, Int(place.record.missingParents) + missing))
    if span.start > 0 { place.record.start = min(place.record.start, span.start) }
    place.record.end = max(place.record.end, span.end)
    // The earliest of several roots is the root; a start that was never set comes last.
    let start = span.start == 0 ? .max : span.start
    if span.parentID == 0 {
      if place.record.rootRow == 0 || start < place.record.earliestStart {
        place.record.rootRow = reference
        place.record.earliestRow = reference
        place.record.earliestStart = start
      }
    } else if place.record.rootRow == 0,
      place.record.earliestRow == 0 || start < place.record.earliestStart
    {
      place.record.earliestRow = reference
      place.record.earliestStart = start
    }
    if let measures { StoreWriter.add(measures, to: &place.record) }
    for position in span.dimensions..<span.dimensionEnd {
      let entry = batch.dimensions[position]
      let value = ValueReference(rawValue: valueScratch[entry.attribute - span.attributes])
      if place.note(value, of: entry, in: segment) { compare(value, of: entry, place) }
    }
    // What a resource says it says once to each trace; most spans come from where the one before came.
    let origin = segment.serial << 16 | UInt64(resourceNumber) + 1
    if place.record.lastOrigin == origin { return }
    place.record.lastOrigin = origin
    let resource = batch.resources[span.resource]
    guard resource.dimensions < resource.dimensionEnd else { return }
    for position in resource.dimensions..<resource.dimensionEnd {
      let entry = batch.dimensions[position]
      let attribute = entry.attribute - resource.attributes
      let value = segment.directory.resources[resourceNumber].attributes[attribute].value
      if place.note(value, of: entry, in: segment) { compare(value, of: entry, place) }
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

  /// Notes a conflict where a value of a dimension is another than the one that the trace has.
  ///
  /// Mutating, though nothing of the writer changes, and apart: the loops that call it would copy all of
  /// the writer for it else, even where they do not come to it.
  @inline(never)
  private mutating func compare(
    _ value: ValueReference, of entry: SpanBatch.DimensionEntry, _ place: RecordPlace
  ) {
    let slot = unsafe place.dimension(Int(entry.dimension))
    // Safe: the record stays where it is for as long as its place is good.
    if unsafe !isSame(slot.pointee, value) { unsafe slot.pointee.hasConflict = true }
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
    return sealed.place(ofSerial: open.serial &- UInt64(low &- slot.segment)).map {
      sealed[$0].segment.text(of: ValueReference(rawValue: slot.value))
    }
  }
}

extension RecordPlace {
  /// Takes a value of a dimension: the alias that stands first in the vocabulary wins, then the first to
  /// arrive. True where it is yet to be seen whether the trace has another one.
  @inline(__always)
  fileprivate func note(
    _ value: ValueReference, of entry: SpanBatch.DimensionEntry, in segment: Segment
  ) -> Bool {
    let slot = unsafe dimension(Int(entry.dimension))
    // Safe: the record stays where it is for as long as its place is good.
    let rank = unsafe slot.pointee.rank
    if entry.rank > rank { return false }
    let low = UInt32(truncatingIfNeeded: segment.serial)
    if entry.rank < rank {
      unsafe slot.pointee = TraceRecord.DimensionSlot(
        segment: low, value: value.rawValue, rank: entry.rank, hasConflict: false)
      return false
    }
    return unsafe (slot.pointee.value != value.rawValue || slot.pointee.segment != low)
      && !slot.pointee.hasConflict
  }
}
