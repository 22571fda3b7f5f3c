extension Completion {
  /// What to say of a key that no span has: `no span has tenat.id; did you mean tenant.id?`
  public static func notice(ofUnknownKey key: String, among keys: [String]) -> String {
    let said = "no span has \(Filter.quotedKey(key))"
    guard let nearest = nearest(to: key, among: keys) else { return said }
    return "\(said); did you mean \(nearest)?"
  }

  /// The key that was probably meant: the one with the fewest slips, at most one in four letters
  /// and two in all. Among equals the one that comes first in `keys(_:)`.
  public static func nearest(to key: String, among seen: [String]) -> String? {
    let typed = Array(key.lowercased().utf8)
    let allowed = min(2, max(1, typed.count / 4))
    var best: (key: String, slips: Int)?
    for candidate in keys(seen) {
      let letters = Array(candidate.lowercased().utf8)
      guard abs(letters.count - typed.count) <= allowed, letters != typed || candidate != key else {
        continue
      }
      let slips = slips(typed, letters)
      if slips <= allowed, slips < best?.slips ?? .max { best = (candidate, slips) }
    }
    return best?.key
  }

  /// How many letters were left out, added, mistaken or swapped with their neighbour
  /// (optimal string alignment distance). Time is the product of both lengths.
  static func slips(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let isSame = left[row] == right[column]
        var slips = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          slips = min(slips, beforeLast[column - 1] + 1)
        }
        current.append(slips)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
