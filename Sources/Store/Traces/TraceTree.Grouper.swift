extension TraceTree {
  /// Puts the children of each row that go together under rows of their own; the order stays.
  ///
  ///     orchestrator            orchestrator
  ///       filter a                FILTERS in ×2
  ///       filter b         →        filter a
  ///       agent                     filter b
  ///                               agent
  ///
  /// One pass over the rows to make families, one to walk them; neither is recursive.
  struct Grouper {
    private let tree: TraceTree
    private let grouping: Grouping
    private(set) var groups: [Group] = []
    private(set) var extras: [Grouping.Extra] = []
    /// The nodes: the tree's rows first, then groups and extras as they are made.
    private var nodes: [Row]
    private var children: [Int: [Int]] = [:]
    private(set) var isChanged = false

    init(_ tree: TraceTree, _ grouping: Grouping) {
      self.tree = tree
      self.grouping = grouping
      nodes = tree.rows
      for row in tree.rows.indices {
        let id = tree.rows[row].key.id
        let own = tree.rows[row].key.copy == 0 ? grouping.extras[id] ?? [] : []
        guard tree.rows[row].childCount > 0 || !own.isEmpty else { continue }
        children[row] = family(of: row, own)
      }
    }

    // MARK: - Families

    /// The children of a row, with groups and extras among them.
    private mutating func family(of row: Int, _ own: [Grouping.Extra]) -> [Int] {
      var members: [Int] = []
      var extra = 0
      func due(before start: UnixNanos?) -> Bool {
        guard extra < own.count else { return false }
        return start.map { own[extra].start < $0 } ?? true
      }
      var child = row + 1
      while child < tree.rows[row].subtreeEnd {
        let start = tree.span(at: child)?.start ?? tree.reach(of: child).start
        while due(before: start) {
          members.append(add(own[extra], number: extra, below: row))
          extra += 1
        }
        members.append(child)
        child = tree.rows[child].subtreeEnd
      }
      while due(before: nil) {
        members.append(add(own[extra], number: extra, below: row))
        extra += 1
      }
      var ordinals: [Grouping.Kind: Int] = [:]
      return grouped(members, below: row, &ordinals)
    }

    private mutating func add(_ extra: Grouping.Extra, number: Int, below row: Int) -> Int {
      isChanged = true
      var node = Row(
        key: RowKey(tree.rows[row].key.id, part: .extra(number)), span: nil, parent: nil, depth: 0,
        subtreeEnd: 0, childCount: 0, place: .extra)
      node.item = extras.count
      extras.append(extra)
      nodes.append(node)
      return nodes.count - 1
    }

    private func kind(of node: Int) -> Grouping.Kind? {
      if let item = nodes[node].item { return extras[item].kind }
      return nodes[node].span == nil ? nil : grouping.members[nodes[node].key.id]
    }

    private mutating func grouped(
      _ members: [Int], below row: Int, _ ordinals: inout [Grouping.Kind: Int]
    ) -> [Int] {
      var result: [Int] = []
      var from = 0
      while from < members.count {
        let kind = kind(of: members[from])
        var to = from + 1
        while to < members.count, self.kind(of: members[to]) == kind { to += 1 }
        let inner = runs(Array(members[from..<to]), below: row, &ordinals)
        if let kind {
          result.append(group(kind, inner, below: row, &ordinals))
        } else {
          result += inner
        }
        from = to
      }
      return result
    }

    private mutating func runs(
      _ members: [Int], below row: Int, _ ordinals: inout [Grouping.Kind: Int]
    ) -> [Int] {
      guard members.count >= Grouping.shortestRun else { return members }
      var result: [Int] = []
      var from = 0
      while from < members.count {
        var to = from + 1
        if isRunnable(members[from]) {
          while to < members.count, isRunnable(members[to]), isAlike(members[from], members[to]) {
            to += 1
          }
        }
        if to - from >= Grouping.shortestRun {
          result.append(group(.run, Array(members[from..<to]), below: row, &ordinals))
        } else {
          result += members[from..<to]
        }
        from = to
      }
      return result
    }

    /// Whether a span may go under in a run: it has nothing below it, did not fail, and is none of
    /// those that a person looks for one by one.
    private func isRunnable(_ node: Int) -> Bool {
      guard nodes[node].childCount == 0, let span = nodes[node].span.map({ tree.spans[$0] }),
        !span.hasError, !grouping.failures.contains(span.spanID),
        grouping.extras[span.spanID] == nil
      else { return false }
      switch span.role {
      case .span, .upstream, .list, .resource, .health: return true
      case .filter: return grouping.labels[span.spanID] != nil
      default: return false
      }
    }

    private func isAlike(_ left: Int, _ right: Int) -> Bool {
      guard let a = nodes[left].span.map({ tree.spans[$0] }),
        let b = nodes[right].span.map({ tree.spans[$0] })
      else { return false }
      return a.name == b.name && a.service == b.service && a.role == b.role
        && grouping.labels[a.spanID] == grouping.labels[b.spanID]
    }

    private mutating func group(
      _ kind: Grouping.Kind, _ members: [Int], below row: Int,
      _ ordinals: inout [Grouping.Kind: Int]
    ) -> Int {
      isChanged = true
      let ordinal = ordinals[kind, default: 0]
      ordinals[kind] = ordinal + 1
      var group = Group(kind: kind, count: 0, start: UnixNanos(.max), end: UnixNanos(0))
      for member in members {
        let (start, end) = reach(of: member)
        group.count += nodes[member].place == .group ? count(of: member) : 1
        guard start.isSet else { continue }
        group.start = min(group.start, start)
        group.end = max(group.end, end)
      }
      if group.start > group.end { group.start = group.end }
      if kind == .run { measure(members, &group) }
      var node = Row(
        key: RowKey(tree.rows[row].key.id, part: .group(kind, ordinal)), span: nil, parent: nil,
        depth: 0, subtreeEnd: 0, childCount: members.count, place: .group)
      node.item = groups.count
      groups.append(group)
      nodes.append(node)
      children[nodes.count - 1] = members
      return nodes.count - 1
    }

    private func count(of node: Int) -> Int { nodes[node].item.map { groups[$0].count } ?? 1 }

    private func reach(of node: Int) -> (start: UnixNanos, end: UnixNanos) {
      guard let item = nodes[node].item else { return tree.reach(of: node) }
      return nodes[node].place == .group
        ? (groups[item].start, groups[item].end) : (extras[item].start, extras[item].end)
    }

    private func measure(_ members: [Int], _ group: inout Group) {
      let durations = members.compactMap { nodes[$0].span.map { tree.spans[$0].duration } }.sorted()
      guard let last = durations.last else { return }
      group.total = durations.reduce(.zero, +)
      group.median = durations[durations.count / 2]
      group.p99 = durations.count >= 100 ? durations[durations.count * 99 / 100] : last
      group.example = members.first.flatMap { nodes[$0].span }
    }

    // MARK: - Rows

    /// All nodes, depth first.
    func walk() -> [Row] {
      var rows: [Row] = []
      rows.reserveCapacity(nodes.count)
      var stack: [(node: Int, parent: Int, depth: Int)] = []
      var top = 0
      var tops: [Int] = []
      while top < tree.rows.count {
        tops.append(top)
        top = tree.rows[top].subtreeEnd
      }
      for node in tops.reversed() { stack.append((node, -1, 0)) }
      while let (node, parent, depth) = stack.popLast() {
        let family = children[node] ?? []
        let row = rows.count
        var new = nodes[node]
        new.parent = parent < 0 ? nil : parent
        new.depth = depth
        new.subtreeEnd = row + 1
        new.childCount = family.count
        rows.append(new)
        for child in family.reversed() { stack.append((child, row, depth + 1)) }
      }
      for row in rows.indices.reversed() {
        if let parent = rows[row].parent {
          rows[parent].subtreeEnd = max(rows[parent].subtreeEnd, rows[row].subtreeEnd)
        }
      }
      return rows
    }
  }
}
