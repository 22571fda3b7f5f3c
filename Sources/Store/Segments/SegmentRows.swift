/// The fixed columns of a segment: what every span has. One block of memory while they are written, then packed.
@safe final class SegmentRows: @unchecked Sendable {
  // @unchecked: rows are written by the store's writer before a snapshot publishes their count.
  static let maximum = 65_536
  /// Bytes a row takes in all columns while they are written.
  static let bytesPerRow = 4 * 8 + 6 * 4 + 3 * 2 + 2

  private let block: RowBlock?
  private let packed: PackedBlock?
  let spanID: RowColumn<UInt64>
  let parentID: ParentColumn
  let start: RowColumn<UInt64>
  let end: EndColumn
  /// The low half of the trace's number.
  let trace: RowColumn<UInt32>
  /// The string id of the name.
  let name: RowColumn<UInt32>
  /// Which keys the row has, in order: a number of the segment's shapes.
  let shape: RowColumn<UInt32>
  /// How many rows back the trace's previous span stands; zero for its first.
  let previous: RowColumn<UInt32>
  /// Where the rarer fields are in the segment's heap; zero for none.
  let extras: ExtrasColumn
  let evidence: RowColumn<UInt32>
  /// Kind, status code and flags: a number of the segment's classes.
  let spanClass: RowColumn<UInt16>
  let resource: RowColumn<UInt16>
  let scope: RowColumn<UInt16>
  let role: RowColumn<UInt8>
  /// Events; 255 for that many or more.
  let eventCount: RowColumn<UInt8>
  /// The same columns as the writer uses them; nil once they are packed.
  let written: WrittenRows?

  /// Columns to be written.
  init() {
    let block = RowBlock()
    self.block = block
    packed = nil
    let written = WrittenRows(block)
    spanID = unsafe RowColumn(written.spanID)
    parentID = unsafe ParentColumn(RowColumn(written.parentID))
    start = unsafe RowColumn(written.start)
    end = unsafe EndColumn(RowColumn(written.end))
    trace = unsafe RowColumn(written.trace)
    name = unsafe RowColumn(written.name)
    shape = unsafe RowColumn(written.shape)
    previous = unsafe RowColumn(written.previous)
    extras = unsafe ExtrasColumn(RowColumn(written.extras))
    evidence = unsafe RowColumn(written.evidence)
    spanClass = unsafe RowColumn(written.spanClass)
    resource = unsafe RowColumn(written.resource)
    scope = unsafe RowColumn(written.scope)
    role = unsafe RowColumn(written.role)
    eventCount = unsafe RowColumn(written.eventCount)
    self.written = written
  }

  /// Where the columns of a sealed segment stand in its block.
  struct Layout {
    typealias Column = PackedColumn.Layout
    var spanID = 0
    var count = 0
    var parents = Column()
    var strangerRows = Column()
    var strangerIDs = Column()
    var start = Column()
    var distance = Column()
    var trace = Column()
    var name = Column()
    var shape = Column()
    var previous = Column()
    var extrasRows = RowPresence.Layout(form: .list, count: 0)
    var extras = Column()
    var evidence = Column()
    var spanClass = Column()
    var resource = Column()
    var scope = Column()
    var role = Column()
    var eventCount = Column()
  }

  /// Columns that were packed.
  init(_ packed: PackedBlock, _ layout: Layout) {
    block = nil
    self.packed = packed
    func column<Element>(_ layout: Layout.Column) -> RowColumn<Element> {
      RowColumn(packed: PackedColumn(packed, layout))
    }
    // Never written to: the columns of a sealed segment are read through snapshots alone.
    spanID = unsafe RowColumn(
      UnsafeMutablePointer(mutating: packed.words + layout.spanID), limit: layout.count)
    parentID = ParentColumn(
      ids: spanID, codes: PackedColumn(packed, layout.parents),
      strangers: (
        PackedColumn(packed, layout.strangerRows), PackedColumn(packed, layout.strangerIDs)
      ))
    start = column(layout.start)
    end = EndColumn(
      start: start.packed, distances: PackedColumn(packed, layout.distance), written: start)
    trace = column(layout.trace)
    name = column(layout.name)
    shape = column(layout.shape)
    previous = column(layout.previous)
    extras = ExtrasColumn(
      RowPresence(packed, layout.extrasRows), offsets: PackedColumn(packed, layout.extras),
      written: column(layout.extras))
    evidence = column(layout.evidence)
    spanClass = column(layout.spanClass)
    resource = column(layout.resource)
    scope = column(layout.scope)
    role = column(layout.role)
    eventCount = column(layout.eventCount)
    written = nil
  }

  /// How long a span took; zero where its clocks ran backwards.
  @inline(__always)
  func duration(_ row: Int) -> UInt64 {
    if end.isDuration { return end.packed[row] }
    let (start, end) = (start[row], end[row])
    return end > start ? end &- start : 0
  }
}
