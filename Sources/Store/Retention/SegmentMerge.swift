/// Copies what is still held of thin segments into one new segment, in small steps.
///
/// Sealed segments do not change, so readers go on reading them for as long as their snapshot lives;
/// the writer puts the new segment in their place when it is done. Rows keep their numbers
/// (``MovedRows``), so nothing that refers to a row has to be found and changed. What refers to a
/// segment's strings is noted: the values of traces' dimensions.
final class SegmentMerge {
  /// A dimension of a trace whose value stands in another segment from now on.
  struct Slot {
    var trace: UInt64
    var dimension: Int
    var before: TraceRecord.DimensionSlot
    var after: TraceRecord.DimensionSlot
  }

  private enum Step { case survivors, columns(Int), rows(Int), slots, close, done }

  /// How many rows a step copies.
  private static let rowsOfStep = 8_192

  let sources: [SegmentView]
  /// Where rows go; once all have been copied, the sealed form of that.
  private(set) var target: Segment
  private let sealer: SegmentSealer
  private(set) var slots: [Slot] = []
  private var step = Step.survivors
  /// The source that is being copied.
  private var source = 0
  private var moved = MovedRows()
  /// Where each row of the source goes, or -1.
  private var places: [Int32] = []
  // What the source's ids and numbers are in the target; the largest number where they are not known.
  private var strings: [UInt32] = []
  private var shapes: [UInt32] = []
  private var columns: [Int] = []
  private var classes: [UInt16?] = []
  private var resources: [UInt16?] = []
  private var scopes: [UInt16?] = []

  /// `sources` stand side by side, the oldest first.
  init(_ sources: [SegmentView], _ sealer: SegmentSealer) {
    self.sources = sources
    self.sealer = sealer
    let strings = sources.reduce(0) { sum, view in
      let live = view.count - view.segment.deadRows
      return sum + view.stringCount * live / max(1, view.count)
    }
    target = Segment(
      serial: sources.first?.segment.serial ?? 0, lastSerial: sources.last?.segment.lastSerial,
      firstTrace: sources.first?.segment.firstTrace ?? 0, expectedStrings: strings)
    target.isSwept = sources.first?.segment.isSwept ?? false
  }

  /// Memory that it takes beside the sources.
  var bytes: Int {
    isDone
      ? 0
      : target.bytes + moved.bytes + (places.capacity + strings.capacity + shapes.capacity) * 4
        + slots.capacity * MemoryLayout<Slot>.stride
  }

  var isDone: Bool { if case .done = step { true } else { false } }

  // MARK: - Copying

  /// Does the next piece of work, of at most some hundred thousand elements, and says how many it was.
  func advance(_ chunks: TraceChunks) -> Int {
    let view = sources[source]
    switch step {
    case .survivors:
      begin(view, chunks)
      step = .columns(0)
      return view.count
    case .columns(let number):
      guard number < view.directory.columns.count else {
        step = .rows(0)
        return 1
      }
      step = .columns(number + 1)
      return copy(column: number, of: view)
    case .rows(let first):
      guard first < view.count else {
        step = .slots
        return 1
      }
      let end = min(first + SegmentMerge.rowsOfStep, view.count)
      for row in first..<end where places[row] >= 0 { copy(row: row, of: view) }
      step = .rows(end)
      return (end - first) * 4
    case .slots:
      let count = noteSlots(of: view, chunks)
      source += 1
      step = .survivors
      if source == sources.count {
        source -= 1
        step = .close
      }
      return count
    case .close:
      target.moved = moved
      target.close()
      let isSwept = target.isSwept
      target = sealer.seal(target)
      target.isSwept = isSwept
      step = .done
      (places, strings, shapes) = ([], [], [])
      return target.strings.count
    case .done: return 0
    }
  }

  private func begin(_ view: SegmentView, _ chunks: TraceChunks) {
    let segment = view.segment
    places = [Int32](repeating: -1, count: view.count)
    strings = [UInt32](repeating: .max, count: view.stringCount)
    shapes = [UInt32](repeating: .max, count: segment.shapes.count)
    columns = [Int](repeating: -1, count: view.directory.columns.count)
    classes = [UInt16?](repeating: nil, count: view.directory.classes.count)
    resources = [UInt16?](repeating: nil, count: view.directory.resources.count)
    scopes = [UInt16?](repeating: nil, count: view.directory.scopes.count)
    var last: UInt32?
    var isHeld = false
    var next = target.count
    for row in 0..<view.count {
      let trace = segment.rows.trace[row]
      if trace != last {
        last = trace
        let number = chunks.number(low: trace)
        isHeld = chunks.isHeld(number)
      }
      guard isHeld else { continue }
      places[row] = Int32(next)
      next += 1
      moved.append(segment.reference(row).rawValue)
    }
    firstRow = target.count
    target.count = next
  }

  /// The first row of the source's in the target.
  private var firstRow = 0

  private func copy(column number: Int, of view: SegmentView) -> Int {
    let column = view.directory.columns[number]
    var seen = 0
    column.forEachEntry(0..<SegmentRows.maximum) { row, value in
      seen += 1
      guard places[row] >= 0 else { return }
      if columns[number] < 0 { columns[number] = target.column(ofKey: view.strings[column.key]) }
      target.append(
        reference(ValueReference(rawValue: value), of: view), to: columns[number],
        row: Int(places[row]))
    }
    return seen
  }

  private func copy(row: Int, of view: SegmentView) {
    let from = view.segment.rows
    let to = target.rows
    let place = Int(places[row])
    to.spanID[place] = from.spanID[row]
    to.parentID[place] = from.parentID[row]
    to.start[place] = from.start[row]
    to.end[place] = from.end[row]
    to.trace[place] = from.trace[row]
    to.name[place] = string(from.name[row], of: view)
    to.shape[place] = shape(from.shape[row], of: view)
    to.previous[place] = from.previous[row]
    to.extras[place] = target.keep(extras: from.extras[row], of: view.segment)
    to.evidence[place] = from.evidence[row]
    to.spanClass[place] = spanClass(from.spanClass[row], of: view)
    let (resource, scope) = (from.resource[row], from.scope[row])
    to.resource[place] =
      resources[Int(resource)]
      ?? origin(resource, of: view, \.resources, \.resources, \.resourceOfMessage)
    to.scope[place] =
      scopes[Int(scope)] ?? origin(scope, of: view, \.scopes, \.scopes, \.scopeOfMessage)
    to.role[place] = from.role[row]
    to.eventCount[place] = from.eventCount[row]
  }

  // MARK: - Ids and numbers

  private func string(_ id: UInt32, of view: SegmentView) -> UInt32 {
    if strings[Int(id)] == .max { strings[Int(id)] = target.intern(view.strings[id]) }
    return strings[Int(id)]
  }

  private func reference(_ value: ValueReference, of view: SegmentView) -> ValueReference {
    switch value.kind {
    case .smallInteger, .constant: value
    case .wideInteger, .double:
      target.keep(word: view.segment.words[Int(value.payload)], value.kind)
    case .string, .bytes, .array, .keyValues:
      ValueReference(value.kind, string(value.payload, of: view))
    }
  }

  private func shape(_ number: UInt32, of view: SegmentView) -> UInt32 {
    if shapes[Int(number)] != .max { return shapes[Int(number)] }
    let (start, length) = view.segment.extent(ofShape: number)
    let list = (start..<start + length).map {
      UInt32(columns[Int(view.segment.shapes.columns[$0])])
    }
    shapes[Int(number)] = target.shape(of: list)
    return shapes[Int(number)]
  }

  private func spanClass(_ number: UInt16, of view: SegmentView) -> UInt16 {
    if let known = classes[Int(number)] { return known }
    let made = target.number(of: view.directory.classes[Int(number)])
    classes[Int(number)] = made
    return made
  }

  private func origin(
    _ number: UInt16, of view: SegmentView,
    _ list: WritableKeyPath<SegmentDirectory, [SegmentOrigin]>,
    _ numbers: ReferenceWritableKeyPath<SegmentMerge, [UInt16?]>,
    _ known: ReferenceWritableKeyPath<Segment, [UInt64: UInt16]>
  ) -> UInt16 {
    var origin = view.directory[keyPath: list][Int(number)]
    origin.message = string(origin.message, of: view)
    origin.schemaURL = string(origin.schemaURL, of: view)
    let identity = UInt64(origin.message) << 32 | UInt64(origin.schemaURL)
    var made = target[keyPath: known][identity]
    if made == nil {
      origin.name = string(origin.name, of: view)
      origin.attributes = origin.attributes.map {
        (string($0.key, of: view), reference($0.value, of: view))
      }
      made = UInt16(truncatingIfNeeded: target.directory[keyPath: list].count)
      target.directory[keyPath: list].append(origin)
      target[keyPath: known][identity] = made
    }
    self[keyPath: numbers][Int(number)] = made
    return made ?? 0
  }

  // MARK: - Dimensions

  /// Notes the dimensions whose values stand in the source, of traces that have rows there.
  private func noteSlots(of view: SegmentView, _ chunks: TraceChunks) -> Int {
    var seen = TraceBits()
    let serial = UInt32(truncatingIfNeeded: view.segment.serial)
    for row in firstRow..<target.count {
      let number = chunks.number(low: target.rows.trace[row])
      guard chunks.contains(number), seen.insert(number) else { continue }
      let record = chunks[number]
      guard !record.isEvicted else { continue }
      for dimension in 0..<TraceRecord.dimensionCount {
        let slot = record.dimensions[dimension]
        guard slot.rank != 255, slot.segment == serial else { continue }
        var after = slot
        after.segment = UInt32(truncatingIfNeeded: target.serial)
        after.value = reference(ValueReference(rawValue: slot.value), of: view).rawValue
        slots.append(Slot(trace: number, dimension: dimension, before: slot, after: after))
      }
    }
    return (target.count - firstRow) * 2
  }
}
