/// The loops over columns that questions to all rows are made of.
extension AttributeColumn {
  /// How many entries some rows have.
  func count(in wanted: Range<Int>) -> Int {
    open.map { $0.places(wanted).count } ?? packed.map { $0.places(wanted).count } ?? 0
  }

  /// Calls `body` with each entry of some rows.
  @inline(__always)
  func forEachEntry(_ wanted: Range<Int>, _ body: (Int, UInt32) -> Void) {
    if let open {
      unsafe open.forEachRun(wanted) { rows, values in
        for index in 0..<rows.count { unsafe body(Int(rows[index]), values[index]) }
      }
    } else if let packed {
      if let dictionary = packed.dictionary {
        let values = dictionary.values
        packed.forEachNumber(wanted) { row, code in body(row, values[Int(code)]) }
      } else {
        packed.forEachNumber(wanted) { row, bits in body(row, UInt32(truncatingIfNeeded: bits)) }
      }
    }
  }

  /// Adds the rows that have exactly this value, and says whether values were met that are no strings.
  func mark(equalTo wanted: UInt32, _ range: Range<Int>, _ bits: inout RowBits) -> Bool {
    if let open { return open.mark(equalTo: wanted, range, &bits) }
    guard let packed else { return false }
    if let dictionary = packed.dictionary {
      if let code = dictionary.code(of: wanted) {
        packed.mark(codes: dictionary.values.indices.map { $0 == code }, range, &bits)
      }
    } else if packed.numbers.lowest <= UInt64(wanted), UInt64(wanted) <= packed.numbers.highest {
      packed.forEachNumber(range) { row, value in
        if value == UInt64(wanted) { bits.insert(row) }
      }
    }
    return packed.summary.hasOthersThanStrings
  }
}

extension OpenEntries {
  /// The places of some rows' entries.
  func places(_ wanted: Range<Int>) -> Range<Int> {
    let count = count
    let first = wanted.lowerBound == 0 ? 0 : position(of: wanted.lowerBound, below: count)
    let end =
      wanted.upperBound >= SegmentRows.maximum
      ? count : position(of: wanted.upperBound, below: count)
    return first..<max(first, end)
  }

  /// Calls `body` with the entries of some rows, as runs that stand side by side in memory.
  @inline(__always)
  func forEachRun(
    _ wanted: Range<Int>,
    _ body: (UnsafeBufferPointer<UInt16>, UnsafeBufferPointer<UInt32>) -> Void
  ) {
    unsafe forEachRun(places: places(wanted), body)
  }

  /// As ``AttributeColumn/mark(equalTo:_:_:)``, sixteen entries at a time: most of them are not it.
  func mark(equalTo wanted: UInt32, _ range: Range<Int>, _ bits: inout RowBits) -> Bool {
    let one = SIMD16<UInt32>(repeating: 1)
    let top = SIMD16<UInt32>(repeating: 1 << 31)
    let wide = SIMD16<UInt32>(repeating: wanted)
    var seen = SIMD16<UInt32>()
    var seenAlone: UInt32 = 0
    unsafe forEachRun(range) { rows, values in
      var index = 0
      let start = unsafe UnsafeRawPointer(values.baseAddress.unsafelyUnwrapped)
      let rowStart = unsafe UnsafeRawPointer(rows.baseAddress.unsafelyUnwrapped)
      while index + 16 <= values.count {
        // Safe: sixteen values stand from here on.
        let block = unsafe (start + index * 4).loadUnaligned(as: SIMD16<UInt32>.self)
        seen |= block
        // The top bit of each lane that is zero, so equal: comparing lane by lane is a loop of sixteen.
        let differs = block ^ wide
        let zeros = (differs &- one) & ~differs & top
        if zeros.allBits != 0 {
          // Each lane's own bit, for lanes that are hits.
          var mask = ((SIMD16<UInt32>() &- (zeros &>> 31)) & RowBits.laneBits).allBits
          let first = unsafe rows[index]
          // Safe: sixteen rows stand from here on, too.
          let places = unsafe (rowStart + index * 2).loadUnaligned(as: SIMD16<UInt16>.self)
          let gaps = places ^ (SIMD16(repeating: first) &+ RowBits.laneNumbers)
          let halves = unsafe unsafeBitCast(gaps, to: SIMD4<UInt64>.self)
          if (halves[0] | halves[1]) | (halves[2] | halves[3]) == 0 {
            bits.insert(mask: UInt64(mask), from: Int(first))
          } else {
            while mask != 0 {
              unsafe bits.insert(Int(rows[index + mask.trailingZeroBitCount]))
              mask &= mask - 1
            }
          }
        }
        index += 16
      }
      while index < values.count {
        let value = unsafe values[index]
        seenAlone |= value
        if value == wanted { unsafe bits.insert(Int(rows[index])) }
        index += 1
      }
    }
    for lane in 0..<16 { seenAlone |= seen[lane] }
    return seenAlone >> ValueReference.payloadBits != 0
  }
}

extension SIMD16<UInt32> {
  /// All lanes in one.
  @inline(__always)
  fileprivate var allBits: UInt32 {
    let halves = lowHalf | highHalf
    let quarters = halves.lowHalf | halves.highHalf
    return (quarters[0] | quarters[1]) | (quarters[2] | quarters[3])
  }
}

extension RowBits {
  fileprivate static let laneBits = SIMD16<UInt32>(
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768)

  fileprivate static let laneNumbers = SIMD16<UInt16>(
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

  /// Adds up to 16 rows side by side, those whose bit is set.
  @inline(__always)
  fileprivate mutating func insert(mask: UInt64, from row: Int) {
    let shift = UInt64(row & 63)
    let index = (row - base) >> 6
    words[index] |= mask << shift
    if shift > 48, mask >> (64 - shift) != 0 { words[index + 1] |= mask >> (64 - shift) }
  }

  /// Adds the rows whose number in a column is one that was answered yes; a number without an answer
  /// is none.
  mutating func fill<Element>(_ column: RowColumn<Element>, answers: [Bool]) {
    let wanted = answers.indices.filter { answers[$0] }
    if wanted.count <= 6, let codes = column.packed.codes {
      for code in wanted {
        let hits = codes.equal(to: UInt64(code))
        for index in words.indices { words[index] |= hits[base >> 6 + index] }
      }
      return trim()
    }
    let answers = answers.map { $0 ? UInt64(1) : 0 }
    fillWords { row in
      let number = Int(column[row])
      return number < answers.count ? answers[number] : 0
    }
  }

  /// As ``fill(_:)``, for a bit instead of a truth.
  @inline(__always)
  private mutating func fillWords(_ bit: (Int) -> UInt64) {
    for index in words.indices {
      let first = max(base + index << 6, rows.lowerBound)
      let end = min(base + index << 6 + 64, rows.upperBound)
      var word: UInt64 = 0
      for row in first..<end { word |= bit(row) << UInt64(row & 63) }
      words[index] |= word
    }
  }

  /// Adds the rows for which `holds` is true, a word at a time.
  @inline(__always)
  mutating func fill(_ holds: (Int) -> Bool) {
    fillWords { holds($0) ? 1 : 0 }
  }

  /// As ``fill(_:)``, but asks only for the rows of another set.
  @inline(__always)
  mutating func fill(within mask: RowBits, _ holds: (Int) -> Bool) {
    for index in mask.words.indices {
      var word = mask.words[index]
      let first = mask.base + index << 6
      // No branch depends on an answer: while one comes from memory the next ones are asked for.
      var found: UInt64 = 0
      while word != 0 {
        let bit = word.trailingZeroBitCount
        word &= word &- 1
        found |= (holds(first + bit) ? 1 : 0) << UInt64(bit)
      }
      if found != 0 { words[(first - base) >> 6] |= found }
    }
  }

  /// Adds the rows whose duration (zero where the clocks ran backwards) lies in one of the ranges.
  mutating func fill(durationsOf columns: SegmentRows, in ranges: [ClosedRange<UInt64>]) {
    for range in ranges {
      if columns.end.isDistance {
        fill(packed: columns, in: range)
        continue
      }
      let width = range.upperBound - range.lowerBound
      fillWords { row in columns.duration(row) &- range.lowerBound <= width ? 1 : 0 }
    }
  }

  /// As ``fill(durationsOf:in:)``, for rows whose durations are packed: whole runs are passed over.
  private mutating func fill(packed columns: SegmentRows, in range: ClosedRange<UInt64>) {
    columns.end.packed.forEachRun(rows) { run in
      // What is this long may be a clock that ran backwards.
      guard run.upperBound < 1 << 63 else {
        for row in run.start..<run.start + run.count
        where range.contains(columns.duration(row)) { insert(row) }
        return
      }
      guard run.base <= range.upperBound, run.upperBound >= range.lowerBound else { return }
      let width = range.upperBound - range.lowerBound
      fill(run) { duration in duration &- range.lowerBound <= width }
    }
  }

  /// Adds the rows of a run whose number satisfies what is asked, a word at a time.
  @inline(__always)
  mutating func fill(_ run: PackedColumn.Run, _ holds: (UInt64) -> Bool) {
    var word: UInt64 = 0
    run.forEach { row, number in
      let hit: UInt64 = holds(number) ? 1 : 0
      word |= hit &<< UInt64(truncatingIfNeeded: row)
      if row & 63 == 63 {
        words[(row - base) >> 6] |= word
        word = 0
      }
    }
    if word != 0 { words[(run.start + run.count - 1 - base) >> 6] |= word }
  }
}
