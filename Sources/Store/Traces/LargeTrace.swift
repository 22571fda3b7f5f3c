/// The span ids of a trace that has too many spans to look through them one by one.
final class LargeTrace {
  /// Traces with more spans than this get one.
  static let threshold = 48

  private var present: Set<UInt64> = []
  /// How many spans wait for a parent that has not come, by the parent's id.
  private var waiting: [UInt64: UInt32] = [:]

  var bytes: Int { present.capacity * 18 + waiting.capacity * 24 }

  func contains(_ spanID: UInt64) -> Bool { present.contains(spanID) }

  /// Takes a span in; nil where its id is there already, else how many more parents are missing now.
  func insert(_ spanID: UInt64, parent: UInt64) -> Int? {
    guard present.insert(spanID).inserted else { return nil }
    var change = -Int(waiting.removeValue(forKey: spanID) ?? 0)
    if parent != 0, !present.contains(parent) {
      waiting[parent, default: 0] += 1
      change += 1
    }
    return change
  }
}
