/// The attribute keys that an event loop has met: bytes to a small number, with the vocabulary's meaning.
///
/// They stay from request to request, since requests repeat their keys; so does which key followed
/// which, so that most keys are recognised by one comparison and no hash.
final class BatchKeys {
  /// More distinct keys than this are not remembered from one request to the next.
  static let maximumRemembered = 1 << 14

  /// What is known of a key, side by side, since every attribute asks for all of it.
  private struct Entry: BitwiseCopyable {
    /// Where its bytes are in the table, which never moves them.
    var address: UInt
    var length: Int32
    /// The key that came after it last time, or -1.
    var follower: Int32
    /// Its place in `meanings`, or -1 where the vocabulary has nothing of it.
    var meaning: Int32
  }

  private var table = StringTable()
  private var entries = GrowingBuffer<Entry>(capacity: 256)
  private var meanings: [KeyMeaning] = []
  private let known: [String: KeyMeaning]
  /// Grows when the numbers are given anew.
  private(set) var generation = 0
  /// Which column a key has in the open segment; the store's.
  var columns = GrowingBuffer<Int32>(capacity: 256)
  var columnsOwner: (segment: UInt64, generation: Int) = (.max, -1)

  init(_ vocabulary: Vocabulary) {
    known = vocabulary.meanings()
  }

  var count: Int { entries.count }

  @inline(__always)
  func bytes(of key: Int) -> WireBytes {
    // Safe: the table holds the bytes for as long as the entry is there.
    unsafe WireBytes(
      UnsafePointer(bitPattern: entries[key].address).unsafelyUnwrapped,
      count: Int(entries[key].length))
  }

  @inline(__always)
  func meaning(of key: Int) -> KeyMeaning? {
    let place = entries[key].meaning
    return place < 0 ? nil : meanings[Int(place)]
  }

  /// The number of a key that came after `previous` last time; nil for any other. Such a key was
  /// UTF-8 when it came first.
  @inline(__always)
  func expected(_ key: WireBytes, after previous: Int) -> Int? {
    guard previous >= 0 else { return nil }
    let guess = Int(entries[previous].follower)
    guard guess >= 0, bytes(of: guess).elementsEqual(key) else { return nil }
    return guess
  }

  /// The number of a key that is UTF-8. `previous` is the number of the key before it, or -1.
  @inline(__always)
  func number(of key: WireBytes, after previous: Int) -> Int {
    expected(key, after: previous) ?? findOrAdd(key, after: previous)
  }

  private func findOrAdd(_ key: WireBytes, after previous: Int) -> Int {
    let hash = unsafe Bytes.hash(key.base, key.count)
    let number = Int(unsafe table.intern(key.base, key.count, hash: hash))
    if number == entries.count {
      var entry = Entry(address: 0, length: 0, follower: -1, meaning: -1)
      let kept = table[UInt32(number)]
      entry.address = unsafe UInt(bitPattern: kept.base)
      entry.length = Int32(truncatingIfNeeded: kept.count)
      if !known.isEmpty, let meaning = known[key.text] {
        entry.meaning = Int32(truncatingIfNeeded: meanings.count)
        meanings.append(meaning)
      }
      entries.append(entry)
    }
    if previous >= 0 { entries[previous].follower = Int32(truncatingIfNeeded: number) }
    return number
  }

  func forgetIfMany() {
    guard count > BatchKeys.maximumRemembered || table.heap.bytes > 8 << 20 else { return }
    table = StringTable()
    entries.removeAll(keepingAtMost: 256)
    meanings.removeAll()
    generation += 1
  }
}
