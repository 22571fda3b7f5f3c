/// What is slow, as ``RetentionPolicy/Slowness`` says.
extension StoreWriter {
  /// Whether a request is slow; asked once of each, and remembered in its first trace.
  mutating func isSlow(_ members: [UInt64]) -> Bool {
    guard let first = members.first else { return false }
    if chunks[first].slowness != .unknown { return chunks[first].slowness == .slow }
    var start = UInt64.max
    var end: UInt64 = 0
    var root: UInt64 = 0
    for member in members {
      let record = chunks[member]
      start = min(start, record.start)
      end = max(end, record.end)
      // The trace that began first is what the request is called by.
      if record.rootRow > 0, root == 0 || record.start == start { root = record.rootRow }
    }
    let duration = start == .max ? .zero : UnixNanos(end).since(UnixNanos(start))
    let isSlow =
      switch policy.slowness {
      case .from(let limit): duration >= limit
      case .ofName: gauges.add(duration, name: nameHash(ofRow: root))
      }
    for member in members { chunks.update(member) { $0.slowness = isSlow ? .slow : .usual } }
    return isSlow
  }

  /// A hash of the name of a span, given by its row's number plus one; zero without one.
  private func nameHash(ofRow row: UInt64) -> UInt64 {
    guard row > 0 else { return 0 }
    let (segment, position) = place(row - 1)
    return segment.nameHash(position)
  }
}
