/// The fixed columns of a segment, in one block of memory: what every span has.
@safe final class SegmentRows: @unchecked Sendable {
  // @unchecked: rows are written by the store's writer before a snapshot publishes their count.
  static let maximum = 65_536
  /// Bytes a row takes in all columns.
  static let bytesPerRow = 4 * 8 + 6 * 4 + 3 * 2 + 2

  private let block: UnsafeMutableRawPointer
  let spanID: RowColumn<UInt64>
  let parentID: RowColumn<UInt64>
  let start: RowColumn<UInt64>
  let end: RowColumn<UInt64>
  /// The low half of the trace's number.
  let trace: RowColumn<UInt32>
  /// The string id of the name.
  let name: RowColumn<UInt32>
  /// Which keys the row has, in order: a number of the segment's shapes.
  let shape: RowColumn<UInt32>
  /// How many rows back the trace's previous span stands; zero for its first.
  let previous: RowColumn<UInt32>
  /// Where the rarer fields are in the segment's heap; zero for none.
  let extras: RowColumn<UInt32>
  let evidence: RowColumn<UInt32>
  /// Kind, status code and flags: a number of the segment's classes.
  let spanClass: RowColumn<UInt16>
  let resource: RowColumn<UInt16>
  let scope: RowColumn<UInt16>
  let role: RowColumn<UInt8>
  /// Events; 255 for that many or more.
  let eventCount: RowColumn<UInt8>

  init() {
    let n = SegmentRows.maximum
    unsafe block = Pages.allocate(n * SegmentRows.bytesPerRow)
    var offset = 0
    spanID = unsafe SegmentRows.part(block, &offset)
    parentID = unsafe SegmentRows.part(block, &offset)
    start = unsafe SegmentRows.part(block, &offset)
    end = unsafe SegmentRows.part(block, &offset)
    trace = unsafe SegmentRows.part(block, &offset)
    name = unsafe SegmentRows.part(block, &offset)
    shape = unsafe SegmentRows.part(block, &offset)
    previous = unsafe SegmentRows.part(block, &offset)
    extras = unsafe SegmentRows.part(block, &offset)
    evidence = unsafe SegmentRows.part(block, &offset)
    spanClass = unsafe SegmentRows.part(block, &offset)
    resource = unsafe SegmentRows.part(block, &offset)
    scope = unsafe SegmentRows.part(block, &offset)
    role = unsafe SegmentRows.part(block, &offset)
    eventCount = unsafe SegmentRows.part(block, &offset)
  }

  deinit { unsafe Pages.free(block, SegmentRows.maximum * SegmentRows.bytesPerRow) }

  /// The next column of the block.
  private static func part<Element: BitwiseCopyable>(
    _ block: UnsafeMutableRawPointer, _ offset: inout Int
  ) -> RowColumn<Element> {
    let column = unsafe (block + offset).assumingMemoryBound(to: Element.self)
    offset += SegmentRows.maximum * MemoryLayout<Element>.stride
    return unsafe RowColumn(column)
  }
}
