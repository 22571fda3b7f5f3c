/// The spans of one trace as numbers, with who is whose parent, for relations in time that grows with
/// the number of spans alone.
///
/// Circles: their members are each other's ancestors and descendants, and have no depth.
struct TraceFamily {
  /// Where each span stands, in order of arrival: the segment by its identity.
  let places: [(segment: UInt64, row: Int)]
  private let parentIDs: [UInt64]
  /// The index of each span's parent, or -1.
  private let parents: [Int]
  /// Everything that is not in a circle, children before their parents.
  private let upward: [Int]
  private let circles: [[Int]]

  /// The spans of traces that are asked about as one.
  init(_ members: [UInt64], _ snapshot: Snapshot) {
    var places: [(segment: UInt64, row: Int)] = []
    var ids: [UInt64] = []
    var parentIDs: [UInt64] = []
    for member in members.reversed() {
      guard let record = snapshot.traceRecord(member) else { continue }
      snapshot.forEachRow(of: record) { view, row in
        places.append((view.segment.identity, row))
        ids.append(view.segment.rows.spanID[row])
        parentIDs.append(view.segment.rows.parentID[row])
      }
    }
    // Of each trace the last to arrive came first.
    self.init(places: places.reversed(), ids: ids.reversed(), parentIDs: parentIDs.reversed())
  }

  init(places: [(segment: UInt64, row: Int)], ids: [UInt64], parentIDs: [UInt64]) {
    self.places = places
    self.parentIDs = parentIDs
    var indices: [UInt64: Int] = [:]
    if ids.count > 16 {
      for (index, id) in ids.enumerated() where indices[id] == nil { indices[id] = index }
    }
    parents = parentIDs.enumerated().map { index, parent in
      if parent == 0 { return -1 }
      let found = (ids.count > 16 ? indices[parent] : ids.firstIndex(of: parent)) ?? -1
      return found == index ? -1 : found
    }
    (upward, circles) = TraceFamily.order(parents)
  }

  /// Takes leaves away until none are left; what remains are circles.
  private static func order(_ parents: [Int]) -> (upward: [Int], circles: [[Int]]) {
    var children = [Int](repeating: 0, count: parents.count)
    for parent in parents where parent >= 0 { children[parent] += 1 }
    var upward = parents.indices.filter { children[$0] == 0 }
    var next = 0
    while next < upward.count {
      let parent = parents[upward[next]]
      next += 1
      guard parent >= 0 else { continue }
      children[parent] -= 1
      if children[parent] == 0 { upward.append(parent) }
    }
    guard upward.count < parents.count else { return (upward, []) }
    var isLeft = [Bool](repeating: true, count: parents.count)
    for index in upward { isLeft[index] = false }
    var circles: [[Int]] = []
    for start in parents.indices where isLeft[start] {
      var circle: [Int] = []
      var index = start
      while isLeft[index] {
        isLeft[index] = false
        circle.append(index)
        index = parents[index]
      }
      circles.append(circle)
    }
    return (upward, circles)
  }

  var count: Int { parents.count }

  /// How many ancestors each span has; members of a circle count as roots.
  func depths() -> [UInt64] {
    var depths = [UInt64](repeating: 0, count: count)
    for index in upward.reversed() where parents[index] >= 0 {
      depths[index] = depths[parents[index]] + 1
    }
    return depths
  }

  /// The spans of `right` that stand in the relation to some span of `left`.
  func related(_ left: [Bool], _ relation: Filter.Relation, _ right: [Bool]) -> [Bool] {
    let stands: [Bool] =
      switch relation {
      case .child: parents.map { $0 >= 0 && left[$0] }
      case .parent: haveChild(in: left)
      case .sibling: haveSibling(in: left)
      case .descendant: haveAncestor(in: left)
      case .ancestor: haveDescendant(in: left)
      }
    return right.indices.map { right[$0] && stands[$0] }
  }

  private func haveChild(in set: [Bool]) -> [Bool] {
    var result = [Bool](repeating: false, count: count)
    for index in set.indices where set[index] && parents[index] >= 0 {
      result[parents[index]] = true
    }
    return result
  }

  /// Siblings say the same parent, whether that has arrived or not.
  private func haveSibling(in set: [Bool]) -> [Bool] {
    var members: [UInt64: Int] = [:]
    for index in set.indices where set[index] && parentIDs[index] != 0 {
      members[parentIDs[index], default: 0] += 1
    }
    return parentIDs.indices.map { index in
      parentIDs[index] != 0 && members[parentIDs[index], default: 0] > (set[index] ? 1 : 0)
    }
  }

  private func haveAncestor(in set: [Bool]) -> [Bool] {
    var result = [Bool](repeating: false, count: count)
    for circle in circles {
      let members = circle.count { set[$0] }
      for index in circle { result[index] = members > (set[index] ? 1 : 0) }
    }
    for index in upward.reversed() where parents[index] >= 0 {
      result[index] = set[parents[index]] || result[parents[index]]
    }
    return result
  }

  private func haveDescendant(in set: [Bool]) -> [Bool] {
    var result = [Bool](repeating: false, count: count)
    for index in upward where parents[index] >= 0 && (set[index] || result[index]) {
      result[parents[index]] = true
    }
    for circle in circles {
      let members = circle.count { set[$0] }
      let hasBelow = circle.contains { result[$0] }
      for index in circle { result[index] = hasBelow || members > (set[index] ? 1 : 0) }
    }
    return result
  }
}
