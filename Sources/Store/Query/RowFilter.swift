/// Questions to single rows, combined: what braces ask as far as a span answers it for itself.
struct RowFilter {
  indirect enum Node {
    case leaf(Int)
    case not(Node)
    case and([Node])
    case or([Node])
  }

  private let root: Node
  private var leaves: [RowLeaf] = []

  /// One question.
  init(_ question: RowQuestion) {
    leaves = [RowLeaf(question)]
    root = .leaf(0)
  }

  /// All of the questions.
  init(all questions: [RowQuestion]) {
    leaves = questions.map { RowLeaf($0) }
    root = .and(leaves.indices.map { .leaf($0) })
  }

  /// What a filter in braces asks; nil where something in it is not for a span alone to answer.
  init?(_ filter: Filter, _ vocabulary: Vocabulary) {
    var leaves: [RowLeaf] = []
    guard let root = RowFilter.node(filter, vocabulary, &leaves) else { return nil }
    self.root = root
    self.leaves = leaves
  }

  private static func node(
    _ filter: Filter, _ vocabulary: Vocabulary, _ leaves: inout [RowLeaf]
  ) -> Node? {
    func all(_ parts: [Filter]) -> [Node]? {
      var nodes: [Node] = []
      for part in parts {
        guard let node = node(part, vocabulary, &leaves) else { return nil }
        nodes.append(node)
      }
      return nodes
    }
    switch filter {
    case .predicate(let predicate):
      guard let question = RowQuestion(predicate, test: predicate.test, vocabulary) else {
        return nil
      }
      leaves.append(RowLeaf(question))
      return .leaf(leaves.count - 1)
    case .text(let search):
      leaves.append(RowLeaf(.text(search)))
      return .leaf(leaves.count - 1)
    case .not(let inner): return node(inner, vocabulary, &leaves).map { .not($0) }
    case .and(let parts):
      let costs = parts.map { RowFilter.cost($0, vocabulary) }
      let order = parts.indices.sorted { costs[$0] < costs[$1] }
      return all(order.map { parts[$0] }).map { .and($0) }
    case .or(let parts): return all(parts).map { .or($0) }
    // Braces do not stand in braces.
    case .spans, .count: return nil
    }
  }

  private static func cost(_ filter: Filter, _ vocabulary: Vocabulary) -> Int {
    switch filter {
    case .predicate(let predicate):
      RowQuestion(predicate, test: predicate.test, vocabulary)?.cost ?? 0
    case .text(let search): RowQuestion.text(search).cost
    case .not(let inner): cost(inner, vocabulary)
    case .and(let parts), .or(let parts): parts.map { cost($0, vocabulary) }.max() ?? 0
    case .spans, .count: 0
    }
  }

  /// The keys that it asks for and what it asks of a value, where that is all it asks: any of a few
  /// keys, on a span or where its resource and scope do not have them.
  func soleQuestion(_ scan: RowScan) -> (keys: [String], holds: (ValueReference) -> Bool)? {
    guard case .leaf(let index) = root else { return nil }
    let segment = scan.view.segment
    switch leaves[index].question {
    case .attribute(let key, .anywhere, let test), .attribute(let key, .span, let test):
      let wanted = test.exactText.map { scan.id(of: $0) ?? UInt32.max }
      return (
        [key],
        { value in
          if let wanted, value.kind == .string { return value.payload == wanted }
          return test.matches(value, in: segment)
        }
      )
    case .dimension(let keys, let test):
      return (keys, { test.matchesAsText($0, in: segment) })
    default: return nil
    }
  }

  /// Whether it looks at no more than the rows it is asked about, where those are few.
  var isAskedByRow: Bool { leaves.allSatisfy(\.isAskedByRow) }

  /// See ``RowMark/rank``: of a conjunction that of its quickest part.
  var rank: Int { rank(root) }

  private func rank(_ node: Node) -> Int {
    switch node {
    case .leaf(let index): leaves[index].rank
    case .and(let parts): parts.map { rank($0) }.min() ?? RowMark.slowRank
    case .not, .or: RowMark.slowRank
    }
  }

  /// The rows that satisfy it; rows outside of `mask` may be left out or not.
  mutating func rows(_ scan: RowScan, within mask: RowBits? = nil) -> RowBits {
    rows(root, scan, within: mask)
  }

  /// As ``rows(_:within:)``.
  private mutating func rows(_ node: Node, _ scan: RowScan, within mask: RowBits?) -> RowBits {
    switch node {
    case .leaf(let index): return leaves[index].rows(scan, within: mask)
    case .not(let inner):
      var bits = rows(inner, scan, within: mask)
      bits.invert()
      return bits
    case .and(let parts):
      var bits = mask ?? .all(scan.rows)
      for part in parts {
        if bits.isEmpty { break }
        bits.formIntersection(rows(part, scan, within: bits))
      }
      return bits
    case .or(let parts):
      var bits = RowBits(scan.rows)
      for part in parts { bits.formUnion(rows(part, scan, within: mask)) }
      return bits
    }
  }
}

/// A row filter, the traces with a row that satisfied it, and, where they are asked for, the rows.
struct RowMark {
  private var filter: RowFilter
  private let keepsRows: Bool
  private(set) var hits = TraceBits()
  /// By the segment's identity.
  private var kept: [UInt64: RowBits] = [:]

  init(_ filter: RowFilter, keepsRows: Bool) {
    self.filter = filter
    self.keepsRows = keepsRows
  }

  /// How soon its question is answered by an index, 0 soonest; see ``MarkOrder``.
  var rank: Int { keepsRows ? RowMark.slowRank : filter.rank }
  /// Of a question that looks at every row, or that no index makes narrow.
  static let slowRank = 2

  /// See ``RowFilter/isAskedByRow``.
  var isAskedByRow: Bool { filter.isAskedByRow }

  /// Looks at rows that it has not seen; where `mask` is given, at those of its rows alone. Returns the rows
  /// that satisfied it and, row by row, the low halves of their traces' numbers.
  @discardableResult
  mutating func scan(
    _ scan: RowScan, _ snapshot: Snapshot, within mask: RowBits? = nil
  ) -> (rows: RowBits, traces: [UInt32]) {
    var bits = filter.rows(scan, within: mask)
    if let mask { bits.formIntersection(mask) }
    let trace = scan.view.segment.rows.trace
    let chunks = snapshot.chunks
    // All are read before the first is looked at: rows that lie far apart come from memory together.
    var numbers: [UInt32] = []
    numbers.reserveCapacity(bits.count)
    bits.forEach { numbers.append(trace[$0]) }
    var last: UInt32?
    for low in numbers where low != last {
      // Spans of a trace come in runs; of traces that went long ago rows may be left.
      let number = chunks.number(low: low)
      if chunks.contains(number) { hits.insert(number) }
      last = low
    }
    if keepsRows {
      let segment = scan.view.segment.identity
      kept[segment] = kept[segment].map { $0.joined(with: bits) } ?? bits
    }
    return (bits, numbers)
  }

  /// Whether it keeps rows, of which segments too.
  func needsRows(of segment: UInt64) -> Bool { keepsRows && kept[segment] == nil }

  func holds(_ segment: UInt64, _ row: Int) -> Bool { kept[segment]?.contains(row) ?? false }

  mutating func forget(segmentsBut held: Set<UInt64>) {
    if keepsRows { kept = kept.filter { held.contains($0.key) } }
  }

  mutating func forget(tracesBelow number: UInt64) { hits.forget(below: number) }
}
