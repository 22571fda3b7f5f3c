/// Texts and their ranks: numbers in the texts' order, which they stay in while more texts come, so that
/// what was sorted by them is not sorted again.
struct SortedTexts {
  /// Ranks given anew: what was below became what stands at the same place above.
  struct Renumbering {
    fileprivate let before: [UInt64]
    fileprivate let after: [UInt64]

    func rank(_ rank: UInt64) -> UInt64 {
      let place = before.indices.bisect { before[$0] >= rank }
      return place < before.count && before[place] == rank ? after[place] : rank
    }
  }

  private var codes: [String: UInt32] = [:]
  // By code.
  private var texts: [String] = []
  private var ranks: [UInt64] = []
  /// The codes that have a rank, in its order.
  private var sorted: [UInt32] = []
  /// Room between two ranks when all are given anew: for so many millions of texts there is enough.
  private static let gap: UInt64 = 1 << 36

  var count: Int { texts.count }

  /// The code of a text, new or known; it has a rank after ``settle()``.
  mutating func code(of text: String) -> UInt32 {
    if let known = codes[text] { return known }
    let code = UInt32(truncatingIfNeeded: texts.count)
    codes[text] = code
    texts.append(text)
    return code
  }

  func rank(of code: UInt32) -> UInt64 { ranks[Int(code)] }

  /// Gives new texts a rank between those of their neighbours; where there is no room all get another, and
  /// it says which.
  mutating func settle() -> Renumbering? {
    guard texts.count > ranks.count else { return nil }
    let new = (ranks.count..<texts.count).map { UInt32(truncatingIfNeeded: $0) }
      .sorted { texts[Int($0)] < texts[Int($1)] }
    ranks += repeatElement(0, count: new.count)
    let before = sorted
    var hasRoom = true
    sorted = []
    sorted.reserveCapacity(before.count + new.count)
    var next = 0
    for place in 0...before.count {
      // What comes between the ranks at two places.
      let first = next
      while next < new.count,
        place == before.count || texts[Int(new[next])] < texts[Int(before[place])]
      { next += 1 }
      if next > first {
        let low = place == 0 ? 0 : ranks[Int(before[place - 1])]
        let room = UInt64(next - first + 1)
        let step =
          place == before.count ? Self.gap : (ranks[Int(before[place])] - low) / room
        if step == 0 || low > .max / 2 { hasRoom = false }
        for index in first..<next {
          ranks[Int(new[index])] = low &+ step &* UInt64(index - first + 1)
          sorted.append(new[index])
        }
      }
      if place < before.count { sorted.append(before[place]) }
    }
    return hasRoom ? nil : renumber(before)
  }

  private mutating func renumber(_ known: [UInt32]) -> Renumbering {
    let before = known.map { ranks[Int($0)] }
    for (place, code) in sorted.enumerated() { ranks[Int(code)] = UInt64(place + 1) * Self.gap }
    return Renumbering(before: before, after: known.map { ranks[Int($0)] })
  }
}
