/// Finding the traces that are one request: rows are looked at once, when a snapshot is taken, never
/// while spans are appended.
///
/// A store that nobody looks at joins nothing and pays nothing. Who looks for the first time finds
/// history that nobody has: it is gone through in slices, between which senders get their turn.
extension StoreWriter {
  /// The rows that are looked at while senders wait: some milliseconds.
  static let joinSlice = 4_096

  /// Brings the groups up to date with what arrived and what went since they were, as far as so many
  /// rows go; returns whether that was all. Rows that were moved are looked at together.
  mutating func joinRequests(atMost maximum: Int = .max) -> Bool {
    let gone = statistics.tracesGone
    if requestsGone != gone {
      requests.forgetGone(Int(clamping: gone - requestsGone), chunks)
      requestsGone = gone
    }
    let newest = open.serial << 16 + UInt64(open.count)
    var next = requestsJoined
    var left = maximum
    if next < newest {
      let first = sealed.lastIndex { $0.segment.lastSerial < next >> 16 }.map { $0 + 1 } ?? 0
      for view in sealed[first...] + [open.view()] where left > 0 {
        let segment = view.segment
        let isInOrder = segment.moved == nil
        let start = isInOrder && segment.serial == next >> 16 ? Int(next & 0xFFFF) : 0
        let end = isInOrder && left < view.count - start ? start + left : view.count
        joinRows(of: view, start..<end)
        left -= end - start
        next =
          end < view.count || segment === open
          ? segment.serial << 16 + UInt64(end) : (segment.lastSerial + 1) << 16
      }
    }
    let isBehind = next < newest
    requestsJoined = max(requestsJoined, next)
    requests.settle(&chunks)
    if wasBehind || isBehind { version += 1 }
    wasBehind = isBehind
    return !isBehind
  }

  private mutating func joinRows(of view: SegmentView, _ rows: Range<Int>) {
    guard !rows.isEmpty else { return }
    for key in requestKeys {
      if let column = view.column(of: key) { noteRequestIDs(in: column, of: view, rows) }
    }
    noteParents(of: view, rows)
  }

  func isHeld(_ number: UInt64) -> Bool { chunks.isHeld(number) }

  // MARK: - Request ids

  /// What was made of the values seen last: ids repeat from span to span.
  private struct Seen {
    var value: UInt32 = .max
    var trace: UInt32 = 0
    var key: RequestKey?
  }

  private mutating func noteRequestIDs(
    in column: AttributeColumn, of view: SegmentView, _ rows: Range<Int>
  ) {
    var seen = [Seen](repeating: Seen(), count: 64)
    let end = column.count
    var position = column.position(of: rows.lowerBound, below: end)
    while position < end {
      let row = column.row(at: position)
      guard row < rows.upperBound else { break }
      let value = column.value(at: position)
      position += 1
      let trace = view.segment.rows.trace[row]
      let place = Int(value & 63)
      if seen[place].value == value, seen[place].trace == trace { continue }
      if seen[place].value != value {
        let reference = ValueReference(rawValue: value)
        let isText = reference.kind == .string
        seen[place].key = isText ? RequestKey(requestID: view.strings[reference.payload]) : nil
        seen[place].value = value
      }
      seen[place].trace = trace
      let number = chunks.number(low: trace)
      if let key = seen[place].key, isHeld(number) { hold(key, number) }
    }
  }

  // MARK: - Parents in other traces

  private mutating func noteParents(of view: SegmentView, _ rows: Range<Int>) {
    let columns = view.segment.rows
    var wanted: [UInt64: [UInt64]] = [:]
    for row in rows {
      let id = columns.spanID[row]
      if foreignParents.mayWait(for: id) { settleWaiting(for: id, columns.trace[row]) }
      let parent = columns.parentID[row]
      guard parent != 0, parent != id, RequestKey(span: parent) != nil else { continue }
      let number = chunks.number(low: columns.trace[row])
      if isHeld(number), chunks[number].missingParents > chunks[number].foundParents {
        wanted[parent, default: []].append(number)
      }
    }
    guard !wanted.isEmpty else { return }
    lookUp(&wanted)
    for (parent, children) in wanted { foreignParents.wait(for: parent, children) }
  }

  /// Joins the traces that wait for a span with the trace it came in.
  private mutating func settleWaiting(for id: UInt64, _ trace: UInt32) {
    let children = foreignParents.take(id)
    guard !children.isEmpty else { return }
    let number = chunks.number(low: trace)
    guard isHeld(number) else { return foreignParents.wait(for: id, children) }
    adopt(children, number, id)
  }

  /// Looks through the newest rows for parents and takes out of `wanted` what it finds.
  private mutating func lookUp(_ wanted: inout [UInt64: [UInt64]]) {
    var filter = IDFilter(bits: 16)
    for parent in wanted.keys { filter.insert(parent) }
    var left = RequestLimits.parentWindow
    var segment = open
    var earlier = sealed.count
    while left > 0, !wanted.isEmpty {
      let columns = segment.rows
      let count = segment.count
      for row in stride(from: count - 1, through: max(0, count - left), by: -1) {
        let id = columns.spanID[row]
        guard filter.mayContain(id), let children = wanted[id] else { continue }
        let number = chunks.number(low: columns.trace[row])
        guard isHeld(number) else { continue }
        wanted[id] = nil
        adopt(children, number, id)
      }
      left -= count
      guard earlier > 0 else { return }
      earlier -= 1
      segment = sealed[earlier].segment
    }
  }

  /// Joins traces with the one that holds their spans' parent, but where they have that span too.
  private mutating func adopt(_ children: [UInt64], _ number: UInt64, _ parent: UInt64) {
    guard let key = RequestKey(span: parent) else { return }
    var spans: [UInt64: UInt32] = [:]
    for child in children where child != number { spans[child, default: 0] += 1 }
    for (child, count) in spans where isHeld(child) && !hasSpan(parent, in: child) {
      chunks.update(child) { $0.foundParents &+= count }
      // It may be one request with the other already, and nothing need have arrived for it.
      requests.noteRegrouped(child)
      hold(key, number)
      hold(key, child)
    }
  }

  private func hasSpan(_ id: UInt64, in trace: UInt64) -> Bool {
    if let large = large[trace] { return large.contains(id) }
    var row = chunks[trace].lastRow
    while row > 0 {
      let (segment, position) = place(row - 1)
      if segment.rows.spanID[position] == id { return true }
      let back = UInt64(segment.rows.previous[position])
      row = back == 0 ? 0 : row - back
    }
    return false
  }
}
