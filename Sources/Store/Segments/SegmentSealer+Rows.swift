/// Packing the fixed columns.
extension SegmentSealer {
  func pack(_ rows: SegmentRows, _ count: Int) -> SegmentRows.Layout {
    var layout = SegmentRows.Layout(count: count)
    guard count > 0, let ids = unsafe rows.spanID.elements else { return layout }
    layout.spanID = unsafe writer.copy(ids, count)
    unsafe packParents(rows.parentID.elements, ids, count, &layout)
    layout.start = pack(rows.start, count)
    unsafe packDistances(rows.end.elements, rows.start.elements, count, &layout)
    layout.trace = pack(rows.trace, count)
    layout.name = pack(rows.name, count)
    layout.shape = pack(rows.shape, count)
    layout.previous = pack(rows.previous, count)
    unsafe packExtras(rows.extras.elements, count, &layout)
    layout.evidence = pack(rows.evidence, count)
    layout.spanClass = packCodes(rows.spanClass, count)
    layout.resource = packCodes(rows.resource, count)
    layout.scope = packCodes(rows.scope, count)
    layout.role = packCodes(rows.role, count)
    layout.eventCount = pack(rows.eventCount, count)
    return layout
  }

  /// Packs a column as it is.
  private func pack<Element>(_ column: RowColumn<Element>, _ count: Int) -> PackedColumn.Layout {
    guard let elements = unsafe column.elements else { return PackedColumn.Layout() }
    return unsafe writer.pack(elements, count)
  }

  /// Packs a column of numbers of a list as codes, which are quick to look for.
  private func packCodes<Element>(
    _ column: RowColumn<Element>, _ count: Int
  ) -> PackedColumn.Layout {
    guard let elements = unsafe column.elements else { return PackedColumn.Layout() }
    let highest = unsafe PackedWriter.bounds(elements, count).highest
    return unsafe writer.pack(codes: elements, count, highest: highest)
  }

  /// Ends as distances from their starts, which wrap round where the clocks ran backwards.
  private func packDistances(
    _ ends: UnsafePointer<UInt64>?, _ starts: UnsafePointer<UInt64>?, _ count: Int,
    _ layout: inout SegmentRows.Layout
  ) {
    guard let ends = unsafe ends, let starts = unsafe starts else { return }
    wide.resize(to: count)
    let distances = unsafe wide.elements
    // Safe: all three have so many.
    for row in 0..<count { unsafe distances[row] = ends[row] &- starts[row] }
    layout.distance = unsafe writer.pack(distances, count)
  }

  private func packExtras(
    _ extras: UnsafePointer<UInt32>?, _ count: Int, _ layout: inout SegmentRows.Layout
  ) {
    guard let extras = unsafe extras else { return }
    short.resize(to: count)
    narrow.resize(to: count)
    let (holders, offsets) = unsafe (short.elements, narrow.elements)
    var found = 0
    for row in 0..<count {
      // Safe: no more are found than there are rows. What is none is written over by the next.
      let offset = unsafe extras[row]
      unsafe holders[found] = UInt16(truncatingIfNeeded: row)
      unsafe offsets[found] = offset
      found &+= offset == 0 ? 0 : 1
    }
    layout.extras = unsafe writer.pack(offsets, found)
    layout.extrasRows = unsafe presence(holders, found, rows: count)
  }

  /// Parents as distances to their rows. Any row with an id stands for it.
  private func packParents(
    _ parents: UnsafePointer<UInt64>?, _ ids: UnsafePointer<UInt64>, _ count: Int,
    _ layout: inout SegmentRows.Layout
  ) {
    guard let parents = unsafe parents else { return }
    let places = unsafe IDPlaces(ids, count)
    narrow.resize(to: count)
    let codes = unsafe narrow.elements
    short.resize(to: count)
    wide.resize(to: count)
    let (strangerRows, strangerIDs) = unsafe (short.elements, wide.elements)
    var strangers = 0
    // The parent of the row before, and where it stands: brothers come one after the other.
    var (last, lastPlace) = (UInt64(0), 0)
    // Safe: rows are below the count, and so are strangers.
    for row in 0..<count {
      let parent = unsafe parents[row]
      if parent == 0 {
        unsafe codes[row] = 0
        continue
      }
      if parent != last {
        (last, lastPlace) = (parent, -1)
        if row > 0, unsafe ids[row - 1] == parent {
          lastPlace = row - 1
        } else if row + 1 < count, unsafe ids[row + 1] == parent {
          lastPlace = row + 1
        } else if let place = places.find(parent) {
          lastPlace = place
        }
      }
      if lastPlace >= 0 {
        unsafe codes[row] = UInt32(truncatingIfNeeded: ParentColumn.code(lastPlace - row))
      } else {
        unsafe codes[row] = 1
        unsafe strangerRows[strangers] = UInt16(truncatingIfNeeded: row)
        unsafe strangerIDs[strangers] = parent
        strangers += 1
      }
    }
    layout.parents = unsafe writer.pack(codes, count)
    layout.strangerRows = unsafe writer.pack(strangerRows, strangers)
    layout.strangerIDs = unsafe writer.pack(strangerIDs, strangers)
  }
}
