/// What rows of a segment say under all keys that have bits, on its way to the bits of their traces.
///
/// Four bands are filled at a time, and some rows: each column in turn marks the rows, which lie in memory one
/// behind the other, and then the marks of rows that follow each other are put together and written once
/// for their trace. So no entry waits for the one before it, of the same trace, to be written.
struct RowMarks {
  private static let bandsAtOnce = 4
  private static let rowsAtOnce = 1_024

  /// A column's entries, and what each of its codes stands for in a band.
  private struct Column {
    let entries: PackedEntries
    let holders: Int?
    let band: Int
    let bits: [UInt64]
  }

  /// The rows that have entries in columns of one presence.
  private struct Holders {
    let presence: RowPresence
    /// The place of the first of them in the columns.
    var first = 0
    /// Each one's distance from the first row that is looked at.
    var rows: [UInt16] = []
    /// How many stand before each part of the rows, and how many there are.
    var parts: [Int] = []
  }

  private var columns: [Column] = []
  private var holders: [Holders] = []
  /// By band, what each resource's number stands for; empty where none stands for anything.
  private var resources = BandWords()
  private var scopes = BandWords()

  var isEmpty: Bool { columns.isEmpty && resources.isEmpty && scopes.isEmpty }

  /// Adds a column: the code of each of its numbers has bits of a key.
  mutating func add(_ entries: PackedEntries, _ codes: [UInt32], _ own: FacetColumn) {
    precondition(entries.dictionary?.values.count ?? .max <= codes.count, "a code has no bits")
    let place = self.place(of: entries.presence)
    for band in own.masks.keys {
      let bits = codes.map { own.word(of: $0, in: band) }
      columns.append(Column(entries: entries, holders: place, band: band, bits: bits))
    }
  }

  private mutating func place(of presence: RowPresence) -> Int? {
    if presence.form == .every { return nil }
    if let known = holders.firstIndex(where: { $0.presence === presence }) { return known }
    holders.append(Holders(presence: presence))
    return holders.count - 1
  }

  /// Adds what a resource, or a scope, says under a key, of so many.
  mutating func add(
    _ code: UInt32, _ own: FacetColumn, of number: Int, isOfResources: Bool, count: Int
  ) {
    for band in own.masks.keys {
      let bits = own.word(of: code, in: band)
      if isOfResources {
        resources.add(bits, band, number, count)
      } else {
        scopes.add(bits, band, number, count)
      }
    }
  }

  /// The place of a trace by the low half of its number: one more than the number's distance from a first;
  /// 0 for one as far away as `end` or farther.
  @inline(__always)
  static func place(of number: UInt32, from first: UInt32, below end: UInt32) -> UInt32 {
    let distance = number &- first
    return distance < end ? distance &+ 1 : 0
  }

  /// The places of the traces of some rows.
  static func places(
    of column: RowColumn<UInt32>, _ rows: Range<Int>, from first: UInt32, below end: UInt32
  ) -> [UInt32] {
    unsafe [UInt32](unsafeUninitializedCapacity: rows.count) { target, filled in
      column.forEach(rows) { row, number in
        // Safe: there is room for every row.
        unsafe target[row &- rows.lowerBound] = place(of: number, from: first, below: end)
      }
      filled = rows.count
    }
  }

  // MARK: - Marking

  /// Sets the bits.
  ///
  /// - Parameter places: of the rows from the first of `rows` on; each is below the bands' number of
  ///   places.
  mutating func mark(
    _ bands: [BitBand], _ segment: Segment, _ rows: Range<Int>, places: [UInt32]
  ) {
    precondition(rows.count == places.count && !rows.isEmpty, "a row has no place")
    for index in holders.indices { RowMarks.find(&holders[index], rows) }
    let ofResources = resources.isEmpty ? [] : RowMarks.numbers(segment.rows.resource, rows)
    let ofScopes = scopes.isEmpty ? [] : RowMarks.numbers(segment.rows.scope, rows)
    for first in stride(from: 0, to: bands.count, by: RowMarks.bandsAtOnce) {
      let some = first..<min(bands.count, first + RowMarks.bandsAtOnce)
      let own = columns.filter { some.contains($0.band) }
      let resources = resources.words(of: some)
      let scopes = scopes.words(of: some)
      if own.isEmpty, resources.isEmpty, scopes.isEmpty { continue }
      let targets = unsafe some.map { unsafe bands[$0].elements }
      unsafe RowMarks.mark(
        targets, own, holders, first, rows, places, (resources, ofResources), (scopes, ofScopes))
    }
  }

  /// Which rows have entries, and which of those in which part.
  private static func find(_ holders: inout Holders, _ rows: Range<Int>) {
    let first = rows.lowerBound == 0 ? 0 : holders.presence.position(of: rows.lowerBound)
    let end =
      rows.upperBound >= SegmentRows.maximum
      ? holders.presence.count : holders.presence.position(of: rows.upperBound)
    holders.first = first
    let (presence, count) = (holders.presence, max(0, end - first))
    holders.rows = unsafe [UInt16](unsafeUninitializedCapacity: count) { target, filled in
      presence.forEachRow(first..<first + count) { row in
        // Safe: there is room for every entry.
        unsafe target[filled] = UInt16(truncatingIfNeeded: row &- rows.lowerBound)
        filled &+= 1
      }
    }
    holders.parts = [0]
    var low = 0
    for limit in stride(from: rowsAtOnce, to: rows.count + rowsAtOnce, by: rowsAtOnce) {
      low = (low..<count).bisect { Int(holders.rows[$0]) >= limit }
      holders.parts.append(low)
    }
  }

  private static func numbers(_ column: RowColumn<UInt16>, _ rows: Range<Int>) -> [UInt16] {
    unsafe [UInt16](unsafeUninitializedCapacity: rows.count) { target, filled in
      // Safe: there is room for every row.
      column.forEach(rows) { unsafe target[$0 &- rows.lowerBound] = $1 }
      filled = rows.count
    }
  }

  private typealias Origins = (words: [SIMD4<UInt64>], numbers: [UInt16])

  private static func mark(
    _ targets: [UnsafeMutablePointer<UInt64>], _ columns: [Column], _ holders: [Holders],
    _ firstBand: Int, _ rows: Range<Int>, _ places: [UInt32], _ resources: Origins,
    _ scopes: Origins
  ) {
    let words = UnsafeMutablePointer<SIMD4<UInt64>>.allocate(capacity: rowsAtOnce)
    defer { unsafe words.deallocate() }
    for part in 0..<(rows.count + rowsAtOnce - 1) / rowsAtOnce {
      let start = part * rowsAtOnce
      let some = start..<min(rows.count, start + rowsAtOnce)
      // Safe: there is a word for each row of a part, which the rows of its entries are of.
      unsafe words.update(repeating: .zero, count: some.count)
      for column in columns {
        let lanes = unsafe UnsafeMutableRawPointer(words).assumingMemoryBound(to: UInt64.self)
        unsafe mark(
          lanes + (column.band - firstBand), column, column.holders.map { holders[$0] },
          rows.lowerBound, part, some)
      }
      unsafe write(words, targets, some, places, resources, scopes)
    }
  }

  /// Marks the rows of a part that have entries in a column.
  @inline(__always)
  private static func mark(
    _ lane: UnsafeMutablePointer<UInt64>, _ column: Column, _ holders: Holders?, _ firstRow: Int,
    _ part: Int, _ rows: Range<Int>
  ) {
    let numbers = column.entries.numbers
    // Safe: codes are below the number of values, for each of which there are bits.
    unsafe column.bits.withUnsafeBufferPointer { bits in
      guard let bits = bits.baseAddress else { return }
      guard let holders else {
        let first = firstRow + rows.lowerBound
        numbers.forEach(first..<first + rows.count) { place, number in
          unsafe lane[(place &- first) &* bandsAtOnce] |= bits[Int(truncatingIfNeeded: number)]
        }
        return
      }
      let own = holders.parts[part]..<holders.parts[part + 1]
      unsafe holders.rows.withUnsafeBufferPointer { distances in
        guard let distances = distances.baseAddress else { return }
        if column.bits.count == 1 {
          for index in own {
            let row = unsafe Int(distances[index]) &- rows.lowerBound
            unsafe lane[row &* bandsAtOnce] |= bits[0]
          }
          return
        }
        let first = holders.first
        numbers.forEach(first + own.lowerBound..<first + own.upperBound) { place, number in
          let row = unsafe Int(distances[place &- first]) &- rows.lowerBound
          unsafe lane[row &* bandsAtOnce] |= bits[Int(truncatingIfNeeded: number)]
        }
      }
    }
  }

  /// Puts the marks of rows that follow each other together and writes them.
  private static func write(
    _ words: UnsafePointer<SIMD4<UInt64>>, _ targets: [UnsafeMutablePointer<UInt64>],
    _ rows: Range<Int>, _ places: [UInt32], _ resources: Origins, _ scopes: Origins
  ) {
    func target(_ lane: Int) -> UnsafeMutablePointer<UInt64> {
      // Where there are fewer bands nothing is set in the others' words.
      unsafe targets[lane < targets.count ? lane : 0]
    }
    let (first, second, third, fourth) = unsafe (target(0), target(1), target(2), target(3))
    var place = Int(places[rows.lowerBound])
    var bits = SIMD4<UInt64>.zero
    @inline(__always) func flush() {
      // Safe: the caller says that each place is below the bands' number of them.
      unsafe first[place] |= bits[0]
      unsafe second[place] |= bits[1]
      unsafe third[place] |= bits[2]
      unsafe fourth[place] |= bits[3]
    }
    let hasResources = !resources.words.isEmpty
    let hasScopes = !scopes.words.isEmpty
    for row in rows {
      let own = Int(places[row])
      if own != place {
        flush()
        (place, bits) = (own, .zero)
      }
      bits |= unsafe words[row &- rows.lowerBound]
      if hasResources { bits |= resources.words[Int(resources.numbers[row])] }
      if hasScopes { bits |= scopes.words[Int(scopes.numbers[row])] }
    }
    flush()
  }
}

/// For each number of a column the bits that it stands for, band by band.
private struct BandWords {
  private var words: [[UInt64]] = []

  var isEmpty: Bool { words.isEmpty }

  mutating func add(_ bits: UInt64, _ band: Int, _ number: Int, _ count: Int) {
    guard bits != 0 else { return }
    while words.count <= band { words.append([]) }
    if words[band].isEmpty { words[band] = [UInt64](repeating: 0, count: count) }
    words[band][number] |= bits
  }

  /// The words of up to four bands side by side; none where nothing stands for anything in them.
  func words(of bands: Range<Int>) -> [SIMD4<UInt64>] {
    var joined: [SIMD4<UInt64>] = []
    for (lane, band) in bands.enumerated() where band < words.count && !words[band].isEmpty {
      if joined.isEmpty { joined = [SIMD4<UInt64>](repeating: .zero, count: words[band].count) }
      for (number, bits) in words[band].enumerated() { joined[number][lane] |= bits }
    }
    return joined
  }
}
