import Support

/// Bytes changed as a broken sender, a bad line or an attacker might change them.
struct Mutator {
  var random: SplitMix64
  let seeds: [[UInt8]]
  /// What grammars are made of: put in whole, since single bytes seldom make one.
  private static let words: [[UInt8]] =
    [
      "\"", "{", "}", "[", "]", "(", ")", ":", ",", "null", "1e309", "-0", "\\ud800", "=~\"", "or",
      "not",
      "| count() > ", ">>", "*x", "&x ", "\n  - ", "!!", "99999999999999999999", "\u{0}", "💥",
    ].map { Array($0.utf8) } + [
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0x0A, 0x80],
    ]

  init(_ random: SplitMix64, seeds: [[UInt8]]) {
    self.random = random
    self.seeds = seeds
  }

  mutating func next() -> [UInt8] {
    var body = random.pick(seeds)
    // Long inputs say nothing that short ones do not, and are slow.
    if body.count > 4_096, random.chance(90) { body = Array(body.prefix(random.number(1...4_096))) }
    for _ in 0..<random.number(1...6) { change(&body) }
    return body
  }

  private mutating func change(_ body: inout [UInt8]) {
    guard !body.isEmpty else { return body = random.pick(Self.words) }
    let place = random.number(0...body.count - 1)
    let end = min(body.count, place + random.number(1...40))
    switch random.number(0...8) {
    case 0: body[place] ^= 1 << random.number(0...7)
    case 1: body[place] = random.number(0...255)
    case 2: body.removeLast(body.count - place)
    case 3: body.removeSubrange(place..<end)
    case 4: body.insert(contentsOf: random.pick(Self.words), at: place)
    case 5: body.replaceSubrange(place..<end, with: random.pick(Self.words))
    case 6: body.insert(contentsOf: body[place..<end], at: place)
    case 7:
      let piece = body[place..<end]
      for _ in 0..<random.number(1...200) { body.insert(contentsOf: piece, at: place) }
    default:
      let other = random.pick(seeds)
      guard !other.isEmpty else { return }
      let from = random.number(0...other.count - 1)
      body.replaceSubrange(
        place..<end, with: other[from..<min(other.count, from + random.number(1...200))])
    }
  }
}
