/// The attribute keys that an event loop has met: bytes to a small number, with the vocabulary's meaning.
///
/// They stay from request to request, since requests repeat their keys; so does which key followed
/// which, so that most keys are recognised by one comparison and no hash.
public final class BatchKeys {
  /// More distinct keys than this are not remembered from one request to the next.
  static let maximumRemembered = 1 << 14

  private var table = StringTable()
  private(set) var meanings: [KeyMeaning?] = []
  /// For each key, the key that came after it last time.
  private var followers: [Int32] = []
  private let known: [String: KeyMeaning]
  /// Grows when the numbers are given anew.
  private(set) var generation = 0
  /// Which column a key has in the open segment; the store's.
  var columns: [Int32] = []
  var columnsOwner: (segment: UInt64, generation: Int) = (.max, -1)

  init(_ vocabulary: Vocabulary) {
    known = vocabulary.meanings()
  }

  var count: Int { meanings.count }

  @inline(__always) func bytes(of key: Int) -> WireBytes { table[UInt32(key)] }

  @inline(__always) func meaning(of key: Int) -> KeyMeaning? { meanings[key] }

  /// The number of a key. `previous` is the number of the key before it, or -1.
  @inline(__always)
  func number(of key: WireBytes, after previous: Int) -> Int {
    if previous >= 0 {
      let guess = Int(followers[previous])
      if guess >= 0, table[UInt32(guess)].elementsEqual(key) { return guess }
    }
    return findOrAdd(key, after: previous)
  }

  private func findOrAdd(_ key: WireBytes, after previous: Int) -> Int {
    let hash = unsafe Bytes.hash(key.base, key.count)
    let number = Int(unsafe table.intern(key.base, key.count, hash: hash))
    if number == meanings.count {
      meanings.append(known.isEmpty ? nil : known[key.text])
      followers.append(-1)
    }
    if previous >= 0 { followers[previous] = Int32(truncatingIfNeeded: number) }
    return number
  }

  func forgetIfMany() {
    guard count > BatchKeys.maximumRemembered || table.heap.bytes > 8 << 20 else { return }
    table = StringTable()
    meanings.removeAll()
    followers.removeAll()
    generation += 1
  }
}
