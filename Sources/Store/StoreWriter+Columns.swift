/// One span's columns in the open segment, which whoever appends holds for the length of a batch.
extension StoreWriter {
  mutating func resourceNumber(
    _ position: Int, _ batch: SpanBatch, in segment: Segment
  ) -> UInt16 {
    let known = resourceNumbers[position]
    if known >= 0 { return UInt16(known) }
    let number = segment.origin(
      batch.resources[position], of: batch, in: \.resources, known: &segment.resourceOfMessage)
    resourceNumbers[position] = Int32(number)
    return number
  }

  mutating func scopeNumber(
    _ position: Int, _ batch: SpanBatch, in segment: Segment
  ) -> UInt16 {
    let known = scopeNumbers[position]
    if known >= 0 { return UInt16(known) }
    let number = segment.origin(
      batch.scopes[position], of: batch, in: \.scopes, known: &segment.scopeOfMessage)
    scopeNumbers[position] = Int32(number)
    return number
  }

  static func writeFixed(
    _ span: SpanBatch.SpanEntry, _ row: Int, _ number: UInt64, after last: UInt64,
    _ resource: UInt16, _ scope: UInt16, in segment: Segment
  ) {
    let own = segment.serial << 16 | UInt64(row)
    guard let rows = segment.rows.written else { preconditionFailure("the open segment is packed") }
    precondition(row >= 0 && row < SegmentRows.maximum, "the open segment is full")
    // Safe: the row is inside of every column, and the segment keeps them.
    unsafe rows.spanID[row] = span.spanID
    unsafe rows.parentID[row] = span.parentID
    unsafe rows.start[row] = span.start
    unsafe rows.end[row] = span.end
    unsafe rows.trace[row] = UInt32(truncatingIfNeeded: number)
    unsafe rows.name[row] = segment.intern(span.name)
    unsafe rows.previous[row] =
      last == 0 ? 0 : UInt32(truncatingIfNeeded: min(own + 1 - last, UInt64(UInt32.max)))
    unsafe rows.extras[row] = segment.keep(extras: span.extras)
    unsafe rows.evidence[row] = span.evidence
    unsafe rows.spanClass[row] = segment.number(
      of: SpanClass(kind: span.kind, statusCode: span.statusCode, flags: span.flags))
    unsafe rows.resource[row] = resource
    unsafe rows.scope[row] = scope
    unsafe rows.role[row] = span.role
    unsafe rows.eventCount[row] = UInt8(clamping: span.eventCount)
  }

  mutating func writeAttributes(
    _ span: SpanBatch.SpanEntry, of batch: SpanBatch, _ row: Int, in segment: Segment
  ) {
    let count = span.attributeEnd - span.attributes
    precondition(
      span.attributes >= 0 && count >= 0 && span.attributeEnd <= batch.attributes.count
        && batch.keys.columns.count >= batch.keys.count, "the batch lacks what its span has")
    shapeScratch.resize(to: count)
    valueScratch.resize(to: count)
    // Safe: none of these grows or goes before the loops end, the batch has the span's entries, and each
    // of its keys has a column's place.
    let entries = unsafe UnsafePointer(batch.attributes.elements) + span.attributes
    let columns = unsafe batch.keys.columns.elements
    let shape = unsafe shapeScratch.elements
    let values = unsafe valueScratch.elements
    var hash = UInt64(count) ^ 0x9e37_79b9_7f4a_7c15
    // The slots of all strings first, so that their fetches from memory run side by side.
    for place in 0..<count { unsafe segment.strings.prefetchSlot(entries[place].hash) }
    for place in 0..<count {
      let entry = unsafe entries[place]
      var column = unsafe columns[entry.key]
      if column < 0 {
        column = Int32(segment.column(ofKey: batch.keys.bytes(of: entry.key)))
        unsafe columns[entry.key] = column
      }
      let value = segment.reference(to: entry)
      segment.append(value, to: Int(column), row: row)
      unsafe values[place] = value.rawValue
      unsafe shape[place] = UInt32(column)
      hash = Bytes.mix(hash ^ UInt64(column), 0xe703_7ed1_a0b4_28db)
    }
    // Safe: as in `writeFixed`.
    unsafe segment.rows.written?.shape[row] = segment.shape(shapeScratch, hash: hash)
  }
}
