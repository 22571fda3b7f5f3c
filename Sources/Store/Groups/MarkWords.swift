/// What the marks of a packed segment stand for, on its way to the bits of their traces.
struct MarkWords {
  private let marks: SegmentMarks
  /// By band, what each bit stands for.
  private var words: [[UInt64]]

  init(_ marks: SegmentMarks) {
    self.marks = marks
    words = []
  }

  /// Says that a bit stands for a code of a key that has bits.
  mutating func add(_ bit: Int, _ code: UInt32, _ own: FacetColumn) {
    for band in own.masks.keys {
      while words.count <= band { words.append([]) }
      if words[band].isEmpty {
        words[band] = [UInt64](repeating: 0, count: marks.bytesPerTrace * 8)
      }
      words[band][bit] |= own.word(of: code, in: band)
    }
  }

  /// So many traces are done with at a time: their words stay near the processor.
  private static let tracesAtOnce = 1_024

  /// Sets the bits in the bands.
  func write(to bands: [BitBand], _ places: RowPlaces) {
    let places = marks.traces.map { places.place(of: $0) }
    var sums = [UInt64](repeating: 0, count: Self.tracesAtOnce)
    for (band, words) in words.enumerated() where !words.isEmpty {
      let tables = (0..<marks.bytesPerTrace).compactMap { byte -> (byte: Int, table: [UInt64])? in
        let own = words[byte * 8..<byte * 8 + 8]
        return own.allSatisfy { $0 == 0 } ? nil : (byte, Self.table(Array(own)))
      }
      for start in stride(from: 0, to: places.count, by: Self.tracesAtOnce) {
        let some = start..<min(places.count, start + Self.tracesAtOnce)
        for index in 0..<some.count { sums[index] = 0 }
        for (byte, table) in tables { marks.add(byte, of: some, to: &sums, table) }
        bands[band].insert(sums, at: places[some])
      }
    }
  }

  /// What each of the 256 bytes stands for whose bits stand for these.
  private static func table(_ bits: [UInt64]) -> [UInt64] {
    var table = [UInt64](repeating: 0, count: 256)
    for byte in 1..<256 {
      table[byte] = table[byte & (byte - 1)] | bits[byte.trailingZeroBitCount]
    }
    return table
  }
}

/// The places of the traces of some rows.
final class RowPlaces {
  private let traces: RowColumn<UInt32>
  private let rows: Range<Int>
  // The low half of a number says which it is, as long as numbers held lie less than 2^31 apart.
  private let first: UInt32
  private let end: UInt32

  /// Places of traces from a number on, of which there are so many, the one that is nobody's among them.
  init(_ segment: Segment, _ rows: Range<Int>, from base: UInt64, count: Int) {
    traces = segment.rows.trace
    self.rows = rows
    (first, end) = (UInt32(truncatingIfNeeded: base), UInt32(count - 1))
  }

  /// The place of each row's trace, from the first row on.
  private(set) lazy var all = RowMarks.places(of: traces, rows, from: first, below: end)

  /// The place of one row's trace.
  @inline(__always)
  subscript(row: Int) -> UInt32 { place(of: traces[row]) }

  /// The place of a trace by the low half of its number; that which is nobody's for one that has none.
  @inline(__always)
  func place(of number: UInt32) -> UInt32 {
    RowMarks.place(of: number, from: first, below: end)
  }
}
