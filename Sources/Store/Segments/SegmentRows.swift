/// The fixed columns of a segment, in one block of memory: what every span has.
@safe final class SegmentRows: @unchecked Sendable {
  // @unchecked: rows are written by the store's writer before a snapshot publishes their count.
  static let maximum = 65_536
  /// Bytes a row takes in all columns.
  static let bytesPerRow = 4 * 8 + 6 * 4 + 3 * 2 + 2

  private let block: UnsafeMutableRawPointer
  let spanID: UnsafeMutablePointer<UInt64>
  let parentID: UnsafeMutablePointer<UInt64>
  let start: UnsafeMutablePointer<UInt64>
  let end: UnsafeMutablePointer<UInt64>
  /// The low half of the trace's number.
  let trace: UnsafeMutablePointer<UInt32>
  /// The string id of the name.
  let name: UnsafeMutablePointer<UInt32>
  /// Which keys the row has, in order: a number of the segment's shapes.
  let shape: UnsafeMutablePointer<UInt32>
  /// How many rows back the trace's previous span stands; zero for its first.
  let previous: UnsafeMutablePointer<UInt32>
  /// Where the rarer fields are in the segment's heap; zero for none.
  let extras: UnsafeMutablePointer<UInt32>
  let evidence: UnsafeMutablePointer<UInt32>
  /// Kind, status code and flags: a number of the segment's classes.
  let spanClass: UnsafeMutablePointer<UInt16>
  let resource: UnsafeMutablePointer<UInt16>
  let scope: UnsafeMutablePointer<UInt16>
  let role: UnsafeMutablePointer<UInt8>
  /// Events; 255 for that many or more.
  let eventCount: UnsafeMutablePointer<UInt8>

  init() {
    let n = SegmentRows.maximum
    unsafe block = Pages.allocate(n * SegmentRows.bytesPerRow)
    var offset = 0
    unsafe spanID = SegmentRows.part(block, &offset)
    unsafe parentID = SegmentRows.part(block, &offset)
    unsafe start = SegmentRows.part(block, &offset)
    unsafe end = SegmentRows.part(block, &offset)
    unsafe trace = SegmentRows.part(block, &offset)
    unsafe name = SegmentRows.part(block, &offset)
    unsafe shape = SegmentRows.part(block, &offset)
    unsafe previous = SegmentRows.part(block, &offset)
    unsafe extras = SegmentRows.part(block, &offset)
    unsafe evidence = SegmentRows.part(block, &offset)
    unsafe spanClass = SegmentRows.part(block, &offset)
    unsafe resource = SegmentRows.part(block, &offset)
    unsafe scope = SegmentRows.part(block, &offset)
    unsafe role = SegmentRows.part(block, &offset)
    unsafe eventCount = SegmentRows.part(block, &offset)
  }

  deinit { unsafe Pages.free(block, SegmentRows.maximum * SegmentRows.bytesPerRow) }

  /// The next column of the block.
  private static func part<Element>(
    _ block: UnsafeMutableRawPointer, _ offset: inout Int
  ) -> UnsafeMutablePointer<Element> {
    let column = unsafe (block + offset).assumingMemoryBound(to: Element.self)
    offset += SegmentRows.maximum * MemoryLayout<Element>.stride
    return unsafe column
  }
}
