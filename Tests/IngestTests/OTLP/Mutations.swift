import Support

/// Bytes changed as a broken sender or a bad line might change them.
struct Mutations {
  var random: SplitMix64

  /// One to three changes; `other` is what pieces are taken from.
  mutating func mutate(_ body: [UInt8], with other: [UInt8]) -> [UInt8] {
    var body = body
    for _ in 0..<random.number(1...3) { change(&body, other) }
    return body
  }

  private mutating func change(_ body: inout [UInt8], _ other: [UInt8]) {
    guard !body.isEmpty else {
      body = [random.number(0...255)]
      return
    }
    let place = random.number(0...body.count - 1)
    switch random.number(0...5) {
    case 0: body[place] ^= 1 << random.number(0...7)
    case 1: body[place] = random.number(0...255)
    case 2: body.removeLast(body.count - place)
    case 3: body.removeSubrange(place..<min(body.count, place + random.number(1...8)))
    case 4:
      body.insert(contentsOf: (0..<random.number(1...8)).map { _ in random.next8() }, at: place)
    default: splice(&body, other, at: place)
    }
  }

  private mutating func splice(_ body: inout [UInt8], _ other: [UInt8], at place: Int) {
    guard !other.isEmpty else { return }
    let from = random.number(0...other.count - 1)
    let piece = other[from..<min(other.count, from + random.number(1...60))]
    body.replaceSubrange(place..<min(body.count, place + random.number(0...60)), with: piece)
  }
}

extension SplitMix64 {
  fileprivate mutating func next8() -> UInt8 { number(0...255) }
}
