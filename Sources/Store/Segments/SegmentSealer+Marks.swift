/// Noting, while a segment is packed, what its rows say of their traces.
extension SegmentSealer {
  /// The marks of a segment on their way.
  struct MarksDraft: ~Copyable {
    /// Which trace each row is of, as they are counted here.
    fileprivate var ownerOfRow = GrowingBuffer<UInt16>(capacity: 1)
    fileprivate var traces = GrowingBuffer<UInt32>(capacity: 1)
    /// By byte of bits and then by trace.
    fileprivate var bytes = GrowingBuffer<UInt8>(capacity: 1)
    fileprivate var columns: [Int] = []
    fileprivate var resources: Int?
    fileprivate var scopes: Int?
    /// How many bits are given away, and how many there may be.
    fileprivate var bits = 0
    fileprivate var maximumBits = 0
    // Kept from segment to segment.
    fileprivate var ownerOfTrace = GrowingBuffer<UInt16>(capacity: 1)
    /// What each code adds: where its byte is, above the byte itself.
    fileprivate var additions = GrowingBuffer<UInt64>(capacity: SegmentMarks.maximumValues)
  }

  /// Numbers between the lowest and the highest trace of a segment are no more than this, or it has no marks.
  private static let widestTraces = SegmentRows.maximum * 4

  /// Begins with a segment: finds its traces, and notes their resources and scopes.
  func beginMarks(_ open: Segment) {
    marks.traces.removeAll()
    marks.columns = []
    (marks.resources, marks.scopes, marks.bits, marks.maximumBits) = (nil, nil, 0, 0)
    let rows = open.count
    guard let written = open.rows.written, rows > 0, unsafe findTraces(written.trace, rows) else {
      return
    }
    // Nearly as many traces as rows are read as quickly row by row.
    guard marks.traces.count * 2 <= rows else { return }
    let room = rows * SegmentMarks.bytesPerRow - marks.traces.count * 4
    marks.maximumBits = room / marks.traces.count * 8
    marks.columns = [Int](repeating: -1, count: open.directory.columns.count)
    let size = marks.maximumBits / 8 * marks.traces.count
    marks.bytes.resize(to: size)
    // Safe: there is room for so many.
    unsafe marks.bytes.elements.update(repeating: 0, count: size)
    marks.resources = unsafe note(written.resource, rows, of: open.directory.resources.count)
    marks.scopes = unsafe note(written.scope, rows, of: open.directory.scopes.count)
  }

  /// Counts the traces of some rows; false where their numbers lie too far apart.
  private func findTraces(_ numbers: UnsafePointer<UInt32>, _ rows: Int) -> Bool {
    // Numbers are the low halves of longer ones, which may begin again at zero between two traces.
    let origin = unsafe numbers[0]
    var (low, high) = (Int32(0), Int32(0))
    for row in 0..<rows {
      let distance = unsafe Int32(bitPattern: numbers[row] &- origin)
      low = min(low, distance)
      high = max(high, distance)
    }
    let width = Int(high) - Int(low) + 1
    guard width <= SegmentSealer.widestTraces else { return false }
    let first = origin &+ UInt32(bitPattern: low)
    marks.ownerOfTrace.resize(to: width)
    marks.ownerOfRow.resize(to: rows)
    let (owners, owned) = unsafe (marks.ownerOfTrace.elements, marks.ownerOfRow.elements)
    // A place is one more than it is while they are found; the last one possible is that of a segment whose
    // rows are a trace each, which has no marks.
    unsafe owners.update(repeating: 0, count: width)
    for row in 0..<rows {
      // Safe: no distance is below the lowest or above the highest.
      let place = unsafe Int(numbers[row] &- first)
      var owner = unsafe owners[place]
      if owner == 0 {
        guard marks.traces.count < Int(UInt16.max) else { return false }
        marks.traces.append(unsafe numbers[row])
        owner = UInt16(marks.traces.count)
        unsafe owners[place] = owner
      }
      unsafe owned[row] = owner &- 1
    }
    return true
  }

  /// Whether there is something to note, and room for a bit for each of so many values.
  private func hasBits(for values: Int) -> Bool {
    values > 0 && values <= SegmentMarks.maximumValues
      && marks.bits + values <= marks.maximumBits
  }

  /// Gives so many values a bit each, for which there is room, and returns the first of them.
  private func takeBits(for values: Int) -> Int {
    let first = marks.bits
    marks.bits += values
    marks.additions.resize(to: values)
    for value in 0..<values {
      let byte = (first + value) >> 3 * marks.traces.count
      marks.additions[value] = UInt64(byte) << 8 | 1 << UInt64((first + value) & 7)
    }
    return first
  }

  /// Notes a number of each row, of which there are so many.
  private func note(_ numbers: UnsafePointer<UInt16>, _ rows: Int, of values: Int) -> Int? {
    guard hasBits(for: values) else { return nil }
    let first = takeBits(for: values)
    let (owners, bytes) = unsafe (marks.ownerOfRow.elements, marks.bytes.elements)
    let additions = unsafe marks.additions.elements
    // Safe: numbers are below that of values, which have bits, and those of a trace are there.
    for row in 0..<rows {
      let addition = unsafe additions[Int(numbers[row])]
      let place = unsafe Int(truncatingIfNeeded: addition >> 8) &+ Int(owners[row])
      unsafe bytes[place] |= UInt8(truncatingIfNeeded: addition)
    }
    return first
  }

  /// Notes a column whose codes stand in ``short``, unless its key is told of otherwise or there is no room.
  func mark(_ number: Int, _ entries: OpenEntries, _ count: Int, values: Int, _ open: Segment) {
    guard hasBits(for: values),
      keys.mayBeFacet(open.strings[open.directory.columns[number].key].text)
    else { return }
    marks.columns[number] = takeBits(for: values)
    let (owners, bytes) = unsafe (marks.ownerOfRow.elements, marks.bytes.elements)
    let (additions, codes) = unsafe (marks.additions.elements, short.elements)
    var start = 0
    // Safe: codes are below the number of values, which have bits; the rows are the segment's.
    unsafe entries.forEachRun(places: 0..<count) { rows, _ in
      let codes = unsafe codes + start
      for index in 0..<rows.count {
        let addition = unsafe additions[Int(codes[index])]
        let owner = unsafe Int(owners[Int(rows[index])])
        let place = Int(truncatingIfNeeded: addition >> 8) &+ owner
        unsafe bytes[place] |= UInt8(truncatingIfNeeded: addition)
      }
      start += rows.count
    }
  }

  /// The marks of the segment; nil where there are none.
  func finishMarks() -> SegmentMarks? {
    guard marks.bits > 0 else { return nil }
    let size = (marks.bits + 7) / 8 * marks.traces.count
    // Safe: so many were made room for.
    let bytes = unsafe [UInt8](UnsafeBufferPointer(start: marks.bytes.elements, count: size))
    let traces = unsafe [UInt32](
      UnsafeBufferPointer(start: marks.traces.elements, count: marks.traces.count))
    return SegmentMarks(
      traces: traces, bytes: bytes, columns: marks.columns, resources: marks.resources,
      scopes: marks.scopes)
  }
}
