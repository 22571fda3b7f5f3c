extension TraceTree {
  /// Spans linked to their parents: the first two of the three passes, and the third as `walk()`.
  ///
  /// A node is a span (its place in `spans`) or, from `spans.count` on, a parent that has not
  /// arrived; behind those come the traces that have a row of their own.
  struct Links {
    let spans: [SpanRow]
    /// The traces that the spans are of; nothing where they are of one.
    let parts: [Part]
    /// The parent node of each node; -1 at the top.
    var parents: [Int32]
    /// The ids of the parents that have not arrived, in the order they were first missed.
    private var missing: [SpanID] = []
    private var places: [Place]
    private var copies: [Int32: Int] = [:]
    /// The traces that have a row of their own, in the order of their nodes.
    private var rowParts: [Int] = []
    /// Span nodes by start.
    let order: [Int32]
    /// All nodes by start, where others than spans may be children.
    private var ranked: [Int32] = []
    private(set) var orphanCount = 0

    init(_ spans: [SpanRow], parts: [Part] = []) {
      self.spans = spans
      self.parts = parts
      parents = Array(repeating: -1, count: spans.count)
      places = Array(repeating: .ordinary, count: spans.count)
      order = (0..<Int32(spans.count)).sorted { Self.precedes($0, $1, in: spans) }
      link(index())
      cutCycles()
      hangParts()
    }

    /// By start, then by arrival; a start that was never set comes last.
    private static func precedes(_ left: Int32, _ right: Int32, in spans: [SpanRow]) -> Bool {
      let (a, b) = (spans[Int(left)].start, spans[Int(right)].start)
      if a == b { return left < right }
      return a.isSet && (!b.isSet || a < b)
    }

    // MARK: - First pass: spans by id

    private mutating func index() -> [SpanID: Int32] {
      var first: [SpanID: Int32] = [:]
      var seen: [SpanID: Int] = [:]
      first.reserveCapacity(spans.count)
      for node in 0..<Int32(spans.count) {
        let id = spans[Int(node)].spanID
        guard first[id] != nil else {
          first[id] = node
          continue
        }
        seen[id, default: 0] += 1
        copies[node] = seen[id]
        places[Int(node)] = .duplicate
      }
      return first
    }

    // MARK: - Second pass: spans to parents

    /// For each of several traces its spans by id; an id that only another trace has a second time is
    /// no duplicate.
    private mutating func indexParts() -> [[SpanID: Int32]] {
      guard parts.count > 1 else { return [] }
      return parts.map { part in
        var own: [SpanID: Int32] = [:]
        for span in part.range where own[spans[span].spanID] == nil {
          own[spans[span].spanID] = Int32(span)
          places[span] = .ordinary
        }
        return own
      }
    }

    private mutating func link(_ first: [SpanID: Int32]) {
      let own = indexParts()
      var ghosts: [SpanID: Int32] = [:]
      for node in spans.indices {
        let parent = spans[node].parentSpanID
        guard !parent.isNone else { continue }
        // A span of the same trace comes before one of another.
        if let known = (own.isEmpty ? nil : own[part(of: node)][parent]) ?? first[parent] {
          parents[node] = known
          continue
        }
        orphanCount += 1
        if let ghost = ghosts[parent] {
          parents[node] = ghost
        } else {
          let ghost = Int32(spans.count + missing.count)
          ghosts[parent] = ghost
          missing.append(parent)
          parents[node] = ghost
        }
      }
      parents.append(contentsOf: repeatElement(-1, count: missing.count))
      places.append(contentsOf: repeatElement(.missingParent, count: missing.count))
    }

    /// Cuts every circle of parents at its earliest span, which becomes a root.
    private mutating func cutCycles() {
      // The number of the walk that first came by; 0 where none has yet.
      var walks = [Int32](repeating: 0, count: parents.count)
      for start in spans.indices where walks[start] == 0 {
        let walk = Int32(start + 1)
        var node = Int32(start)
        while node >= 0 && walks[Int(node)] == 0 {
          walks[Int(node)] = walk
          node = parents[Int(node)]
        }
        // Only a walk that meets its own trail has found a circle.
        guard node >= 0 && walks[Int(node)] == walk else { continue }
        cutCycle(through: node)
      }
    }

    private mutating func cutCycle(through entry: Int32) {
      var earliest = entry
      var node = parents[Int(entry)]
      while node != entry {
        if Self.precedes(node, earliest, in: spans) { earliest = node }
        node = parents[Int(node)]
      }
      parents[Int(earliest)] = -1
      places[Int(earliest)] = .cycle
    }

    // MARK: - Traces with a row of their own

    mutating func addRow(forPart part: Int, under anchor: Int32) -> Int32 {
      rowParts.append(part)
      parents.append(anchor)
      places.append(.otherTrace)
      return Int32(parents.count - 1)
    }

    /// Orders the nodes where missing parents and traces are children too: each stands where the
    /// first span below it does.
    mutating func rank() {
      var ranks = [Int](repeating: .max, count: parents.count)
      for (rank, node) in order.enumerated() {
        // Up from the span, past what is no span; at most a missing parent and a trace's row.
        ranks[Int(node)] = min(ranks[Int(node)], rank)
        var above = parents[Int(node)]
        while Int(above) >= spans.count {
          ranks[Int(above)] = min(ranks[Int(above)], rank)
          above = parents[Int(above)]
        }
      }
      ranked = (0..<Int32(parents.count)).sorted { left, right in
        let (a, b) = (ranks[Int(left)], ranks[Int(right)])
        return a != b ? a < b : left > right
      }
    }

    // MARK: - Third pass: rows

    /// The rows, depth first.
    func walk() -> [Row] {
      let (offsets, children) = families(ranked.isEmpty ? order : ranked)
      var rows: [Row] = []
      rows.reserveCapacity(parents.count)
      var stack: [(node: Int32, parent: Int, depth: Int)] = []
      for root in tops(offsets, children).reversed() { stack.append((root, -1, 0)) }
      while let (node, parent, depth) = stack.popLast() {
        let family = children[Int(offsets[Int(node)])..<Int(offsets[Int(node) + 1])]
        let row = rows.count
        rows.append(
          Row(
            key: key(of: node), span: Int(node) < spans.count ? Int(node) : nil,
            parent: parent < 0 ? nil : parent, depth: depth, subtreeEnd: row + 1,
            childCount: family.count, place: places[Int(node)]))
        for child in family.reversed() { stack.append((child, row, depth + 1)) }
      }
      // Descendants follow their row, so from the last row up each end is final when it is passed
      // on.
      for row in rows.indices.reversed() {
        if let parent = rows[row].parent {
          rows[parent].subtreeEnd = max(rows[parent].subtreeEnd, rows[row].subtreeEnd)
        }
      }
      return rows
    }

    /// The children of every node by start, as one list with the offset where each family begins.
    private func families(_ order: [Int32]) -> (offsets: [Int32], children: [Int32]) {
      var offsets = [Int32](repeating: 0, count: parents.count + 1)
      for parent in parents where parent >= 0 { offsets[Int(parent) + 1] += 1 }
      for node in parents.indices { offsets[node + 1] += offsets[node] }
      var next = offsets
      var children = [Int32](repeating: 0, count: Int(offsets[parents.count]))
      for node in order {
        let parent = Int(parents[Int(node)])
        guard parent >= 0 else { continue }
        children[Int(next[parent])] = node
        next[parent] += 1
      }
      return (offsets, children)
    }

    /// The nodes without a parent by start; a missing parent stands where its first child does.
    private func tops(_ offsets: [Int32], _ children: [Int32]) -> [Int32] {
      var tops: [(rank: Int, node: Int32)] = []
      var ranks = [Int](repeating: 0, count: spans.count)
      for (rank, node) in order.enumerated() {
        ranks[Int(node)] = rank
        if parents[Int(node)] < 0 { tops.append((rank, node)) }
      }
      for ghost in spans.count..<parents.count where parents[ghost] < 0 {
        let first = children[Int(offsets[ghost])]
        tops.append((ranks[Int(first)], Int32(ghost)))
      }
      return tops.sorted { $0.rank < $1.rank }.map(\.node)
    }

    private func key(of node: Int32) -> RowKey {
      guard Int(node) < spans.count else {
        let other = Int(node) - spans.count
        if other < missing.count { return RowKey(missing[other]) }
        return TraceTree.key(ofTrace: parts[rowParts[other - missing.count]].id)
      }
      return RowKey(spans[Int(node)].spanID, copy: copies[node] ?? 0)
    }
  }
}
