/// Which values each trace has under the keys that could be facets: a bit for each trace and value, kept
/// current while spans arrive, so that a filter's facets are counted without a look at rows.
///
/// A key with more values than ``bitsPerKey`` has four bytes a trace instead; one that has no room at all is
/// given up. What is told of a trace stands at its own place, or at that of the trace that leads its request where
/// records tell it. Confined to the thread that asks.
final class FacetMatrix {
  static let bitsPerKey = 63
  /// All bits together take no more than this, or 64 bytes a trace where that is more; the codes of keys
  /// with many values as much again.
  private static let maximumBytes = 128 << 20
  private static let fewBands = 8
  static let manyBands = 64
  private let bandLimit: Int
  /// A key without bits whose traces have so many values each that they take more than this is given up:
  /// bytes beside the four of each trace.
  private static let maximumFurther = 4 << 20

  private(set) var columns: [FacetColumn] = []
  private(set) var bands: [BitBand] = []
  /// The bits of each band that no key has.
  private var free: [UInt64] = []
  private(set) var base: UInt64 = 0
  /// One more than the places of traces: the first is nobody's.
  private(set) var placeCount = 1
  private let keys: FacetKeys
  /// The column of each key that was met; nil for those that are no facets.
  private var columnOfKey: [String: FacetColumn?] = [:]
  let service: FacetColumn
  /// Rows before this one are still to be looked at.
  private var scannedFrom: UInt64
  private var scannedTo: UInt64
  private var isWhole = false
  /// Entries that were looked at.
  private var looked = 0
  /// Traces whose verdict changes with time alone, with the moment it does.
  var unsettled: [UInt64: UInt64] = [:]
  /// The records of the traces with this number and later ones are still to be read.
  var recordsTo: UInt64 = 0
  var hasRecords = false
  /// Traces evicted when it was made.
  private let evictedBefore: UInt64

  init(_ snapshot: Snapshot, bandLimit: Int = FacetMatrix.manyBands) {
    self.bandLimit = bandLimit
    keys = FacetKeys(snapshot.vocabulary)
    evictedBefore = snapshot.statistics.tracesGone
    scannedFrom = snapshot.rowEnd
    scannedTo = snapshot.rowEnd
    let fields = FacetKeys.ofRecords + [.intrinsic(.service)]
    columns = fields.enumerated().map { FacetColumn($1, number: $0) }
    service = columns[fields.count - 1]
    let chosen = keys.chosen(of: snapshot)
    for key in chosen.others { columnOfKey[key] = .some(nil) }
    for key in chosen.facets { add(key) }
    cover(snapshot)
  }

  var bytes: Int {
    bands.reduce(0) { $0 + $1.bytes } + columns.reduce(0) { $0 + $1.bytes }
  }

  /// Whether it was made for other traces than are held now, or by other words.
  func isOutdated(_ snapshot: Snapshot) -> Bool {
    let gone = snapshot.statistics.tracesGone - evictedBefore
    return gone > max(snapshot.statistics.tracesHeld, 1_024)
      || keys.vocabulary != snapshot.vocabulary
  }

  // MARK: - Keys

  @discardableResult
  private func add(_ key: String) -> FacetColumn {
    let column = FacetColumn(.attribute(key), number: columns.count)
    columns.append(column)
    columnOfKey[key] = column
    return column
  }

  /// The column of a key that a segment has; nil where it is no facet.
  func column(of key: UInt32, in view: SegmentView) -> FacetColumn? {
    let text = view.strings[key].text
    if let known = columnOfKey[text] { return known?.isGivenUp ?? true ? nil : known }
    // It came after the others were chosen, so no row before these has it.
    if columns.count < FacetKeys.maximumKeys + FacetKeys.ofRecords.count, keys.admits(text, view) {
      return add(text)
    }
    columnOfKey[text] = .some(nil)
    return nil
  }

  // MARK: - Places

  @inline(__always)
  func place(of number: UInt64) -> Int {
    let index = number &- base
    return index < UInt64(placeCount - 1) ? Int(truncatingIfNeeded: index) + 1 : 0
  }

  @inline(__always)
  func number(at place: Int) -> UInt64 { base + UInt64(place - 1) }

  /// Makes room for the traces of a snapshot, and gives back that of traces long gone.
  private func cover(_ snapshot: Snapshot) {
    let numbers = snapshot.traceNumbers
    if placeCount == 1 { base = numbers.lowerBound }
    if numbers.lowerBound > base + 4_096 {
      let gone = min(Int(numbers.lowerBound - base), placeCount - 1)
      for band in bands { band.removeFirst(gone) }
      for column in columns { column.codes?.forget(below: numbers.lowerBound) }
      placeCount -= gone
      base = numbers.lowerBound
      unsettled = unsettled.filter { $0.key >= base }
    }
    placeCount = max(placeCount, Int(numbers.upperBound - base) + 1)
    for band in bands { band.grow(to: placeCount) }
    for column in columns { column.codes?.cover(numbers) }
  }

  // MARK: - Bits

  /// Notes that a trace has a value.
  @inline(__always)
  func insert(_ code: UInt32, _ column: FacetColumn, at place: Int) {
    guard code < column.bits.count else { return insertFurther(code, column, at: place) }
    set(column.bits[0], place)
    set(column.bits[Int(code)], place)
  }

  /// Notes what many traces have.
  func insert(_ codes: [UInt32], _ column: FacetColumn, at places: [UInt32]) {
    guard assignBits(column, to: codes.max() ?? 0) else {
      column.codes?.insert(codes, at: places, before: base)
      return
    }
    for band in column.masks.keys {
      let bits = column.bits.indices.map { column.word(of: UInt32($0), in: band) }
      bands[band].mark(codes, at: places, bits: bits)
    }
  }

  private func insertFurther(_ code: UInt32, _ column: FacetColumn, at place: Int) {
    if column.codes == nil, assignBits(column, to: code) {
      return insert(code, column, at: place)
    }
    if place > 0 { column.codes?.insert(code, of: number(at: place)) }
  }

  @inline(__always)
  private func set(_ bit: Int, _ place: Int) {
    bands[bit >> 6].insert(1 << UInt64(bit & 63), at: place)
  }

  private func has(_ bit: Int, _ place: Int) -> Bool {
    bands[bit >> 6][place] >> UInt64(bit & 63) & 1 == 1
  }

  /// Takes back what was noted of a trace.
  func clear(_ column: FacetColumn, at place: Int) {
    for (band, mask) in column.masks { bands[band].remove(mask, at: place) }
    column.codes?.clear(number(at: place))
  }

  /// Gives the values up to a code their bits; false for a key that has none.
  func assignBits(_ column: FacetColumn, to code: UInt32) -> Bool {
    guard column.codes == nil, !column.isGivenUp else { return false }
    guard code < FacetMatrix.bitsPerKey + 2 else {
      spill(column)
      return false
    }
    while column.bits.count <= max(1, Int(code)) {
      // What stands for values that are not told apart is the bit of any value.
      guard let bit = column.bits.count == 1 ? column.bits[0] : takeBit(column, Int(code)) else {
        giveUp(column)
        return false
      }
      column.bits.append(bit)
      column.masks[bit >> 6, default: 0] |= 1 << UInt64(bit & 63)
    }
    return true
  }

  /// A free bit: where the key has others, else in a band with room for as many as it will have.
  private func takeBit(_ column: FacetColumn, _ expected: Int) -> Int? {
    let home = column.bits.last.map { $0 >> 6 } ?? -1
    let most = max(
      FacetMatrix.fewBands,
      min(bandLimit, FacetMatrix.maximumBytes / 8 / max(1, placeCount)))
    let wanted = expected - column.bits.count + 1
    var band = free.indices.contains(home) && free[home] != 0 ? home : nil
    band = band ?? free.indices.first { free[$0].nonzeroBitCount >= wanted }
    if band == nil, bands.count < most {
      band = bands.count
      bands.append(BitBand(count: placeCount))
      free.append(.max)
    }
    guard let band = band ?? free.indices.first(where: { free[$0] != 0 }) else { return nil }
    let bit = free[band].trailingZeroBitCount
    free[band] &= free[band] - 1
    return band << 6 | bit
  }

  /// Keeps a code for each trace from here on, where there is room for it.
  private func spill(_ column: FacetColumn) {
    let held = columns.reduce(placeCount * 4) { $0 + ($1.codes?.bytes ?? 0) }
    let most = max(FacetMatrix.maximumBytes, placeCount * 8 * FacetMatrix.fewBands)
    guard held <= most else { return giveUp(column) }
    var codes = TraceCodes()
    codes.cover(base..<base + UInt64(placeCount - 1))
    if let any = column.bits.first {
      for place in 1..<placeCount where has(any, place) {
        for code in 2..<column.bits.count where has(column.bits[code], place) {
          codes.insert(UInt32(code), of: number(at: place))
        }
      }
    }
    release(column)
    column.codes = codes
  }

  private func release(_ column: FacetColumn) {
    for (band, mask) in column.masks {
      bands[band].remove(mask)
      free[band] |= mask
    }
    column.masks = [:]
    column.bits = []
  }

  func giveUp(_ column: FacetColumn) {
    release(column)
    column.codes = nil
    column.isGivenUp = true
  }

  // MARK: - Rows

  /// So many rows are looked at in a step, unless they were moved.
  private static let rowsPerStep = 4_096

  /// Makes room for what a newer snapshot holds, which is then taken in step by step:
  /// ``readRecords(of:_:_:_:)`` of traces that changed, ``followRows(_:)``, and what is of history.
  func begin(_ snapshot: Snapshot, _ figures: TraceFigures) {
    cover(snapshot)
    if hasRecords { recordsTo = figures.end }
  }

  /// Takes in the next rows that came since; false when there are none.
  func followRows(_ snapshot: Snapshot) -> Bool {
    guard scannedTo < snapshot.rowEnd else { return false }
    for view in snapshot.segments {
      guard let rows = view.rows(from: scannedTo) else { continue }
      let next = view.segment.moved == nil ? rows.prefix(FacetMatrix.rowsPerStep) : rows
      let end = next.upperBound
      looked += look(view, next)
      let isOpen = view.segment === snapshot.open.segment
      scannedTo =
        end < view.count || isOpen
        ? view.segment.serial << 16 + UInt64(end) : (view.segment.lastSerial + 1) << 16
      return true
    }
    scannedTo = snapshot.rowEnd
    return false
  }

  /// Takes in the newest segment that was not looked at; false when there is none.
  func lookBack(_ snapshot: Snapshot) -> Bool {
    guard !isWhole else { return false }
    guard
      let view = snapshot.segments.last(where: { $0.segment.serial << 16 < scannedFrom })
    else {
      isWhole = true
      return false
    }
    let first = view.segment.serial << 16
    looked += look(view, 0..<Int(min(UInt64(view.count), scannedFrom - first)))
    scannedFrom = first
    return true
  }

  /// How many entries were looked at since this was asked last.
  func takeLooked() -> Int {
    defer { looked = 0 }
    return looked
  }

  /// Gives up keys that turned out to tell nothing apart.
  func sweep() {
    for column in columns where !column.isGivenUp {
      let further = (column.codes?.bytes ?? 0) - placeCount * 8
      if column.isHopeless || further > FacetMatrix.maximumFurther { giveUp(column) }
    }
    for column in columns where column.isGivenUp && column.values.count > 0 {
      column.values = GroupValues()
    }
  }
}
