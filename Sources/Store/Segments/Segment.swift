import Synchronization

/// Up to 65,536 spans as columns, with their own strings, so that all of it goes when the segment goes.
///
/// The store's writer appends; rows below a published count never change again, and readers hold
/// the segment through their snapshot for as long as they look at it.
@safe final class Segment: @unchecked Sendable {
  // @unchecked: everything mutable here is the writer's, under the store's mutex; readers touch
  // rows, strings and column entries below counts that a snapshot published to them.

  /// The segment's number; a row's number since the store began is this times 65,536 plus the row, but
  /// in a segment of ``moved`` rows.
  let serial: UInt64
  /// The last serial whose rows it holds: another than its own where segments were made one.
  let lastSerial: UInt64
  /// The numbers of its rows, where they came from other segments.
  var moved: MovedRows?
  /// Tells this segment from every other of the process, whatever its store.
  let identity: UInt64
  private static let made = Atomic<UInt64>(0)
  let rows: SegmentRows
  let strings: StringTable
  /// Integers and doubles that do not fit a ``ValueReference``.
  let words: WordTable
  let shapes: ShapeTable
  var directory = SegmentDirectory()
  var count = 0
  /// Traces with this number or a later one have no rows in segments before this one.
  let firstTrace: UInt64

  // The writer's own ways to find what is there already.
  var columnOfKey: [UInt32: Int] = [:]
  /// The shapes seen last, by the low byte of their hash.
  var recentShapes: [(hash: UInt64, shape: UInt32)]
  var shapeOfHash: [UInt64: [UInt32]] = [:]
  var resourceOfMessage: [UInt64: UInt16] = [:]
  var scopeOfMessage: [UInt64: UInt16] = [:]
  var classNumbers: [SpanClass: UInt16] = [:]
  /// The classes seen last, by kind and status.
  var recentClasses: [(spanClass: SpanClass, number: UInt16)]
  var columnBytes = 0
  /// The columns of the directory once more, for appending without counting references.
  var writable: [UnsafeMutablePointer<OpenEntries.Head>]
  /// What its rows say of each trace, once it is sealed; nil where that would take too much.
  let marks: SegmentMarks?
  /// What a sealed segment's rows, columns and offsets take; nil while it is open.
  private let packedBytes: Int?
  /// Rows whose trace was evicted.
  var deadRows = 0
  /// Whether only traces that are kept for longer are left in it.
  var isSwept = false

  /// `expectedStrings` is how many distinct strings the segment before it came to.
  init(
    serial: UInt64, lastSerial: UInt64? = nil, firstTrace: UInt64 = 0, expectedStrings: Int = 0
  ) {
    self.serial = serial
    self.lastSerial = lastSerial ?? serial
    self.firstTrace = firstTrace
    identity = Segment.made.wrappingAdd(1, ordering: .relaxed).newValue
    rows = SegmentRows()
    words = WordTable()
    shapes = ShapeTable()
    (packedBytes, marks) = (nil, nil)
    recentShapes = [(hash: UInt64, shape: UInt32)](repeating: (0, 0), count: 256)
    let none = SpanClass(kind: -1, statusCode: -1, flags: 0)
    recentClasses = [(spanClass: SpanClass, number: UInt16)](repeating: (none, 0), count: 32)
    strings = StringTable(expected: expectedStrings)
    unsafe writable = []
    // Id 0 is the empty string; offset 0 of the heap is thereby never a span's extras.
    _ = unsafe strings.intern(WireBytes.empty.base, 0, hash: Bytes.hash(WireBytes.empty.base, 0))
  }

  /// The sealed form of a segment: the same rows, strings and values under the same numbers. What the
  /// writer goes on changing, ``deadRows`` and ``isSwept``, is the writer's to hand on.
  init(
    sealing open: Segment, rows: SegmentRows, strings: StringTable, words: WordTable,
    directory: SegmentDirectory, marks: SegmentMarks?, packedBytes: Int
  ) {
    serial = open.serial
    lastSerial = open.lastSerial
    moved = open.moved
    firstTrace = open.firstTrace
    identity = open.identity
    self.rows = rows
    self.strings = strings
    self.words = words
    self.directory = directory
    self.marks = marks
    self.packedBytes = packedBytes + (marks?.memory ?? 0)
    shapes = open.shapes
    count = open.count
    (recentShapes, recentClasses) = ([], [])
    unsafe writable = []
  }

  /// Ends the writing: no row is added afterwards, nor a string.
  func close() {
    strings.heap.trim()
    (recentShapes, recentClasses) = ([], [])
    (columnOfKey, shapeOfHash, classNumbers) = ([:], [:], [:])
    (resourceOfMessage, scopeOfMessage) = ([:], [:])
  }

  /// Bytes of memory taken: what is written, not what is merely reserved.
  var bytes: Int {
    (packedBytes ?? count * SegmentRows.bytesPerRow + columnBytes) + strings.bytes + words.bytes
      + shapes.bytes + directory.resources.count * 160
      + directory.scopes.count * 160 + (moved?.bytes ?? 0)
  }

  /// The number since the store began of the row.
  func reference(_ row: Int) -> SpanReference {
    if let moved { return SpanReference(moved.number(of: row)) }
    return SpanReference(serial << 16 | UInt64(row))
  }

  /// Where the row of a number stands; nil where it is not among those that were moved here.
  @inline(__always)
  func row(ofNumber number: UInt64) -> Int? {
    lastSerial == serial && moved == nil ? Int(number & 0xFFFF) : moved?.row(number)
  }

  // MARK: - Writing

  func intern(_ text: SpanBatch.Text) -> UInt32 {
    text.length == 0
      ? 0 : unsafe strings.intern(text.bytes.base, text.length, hash: text.hash)
  }

  /// The column of a key, made when the key is new to the segment.
  func column(ofKey bytes: WireBytes) -> Int {
    let hash = unsafe Bytes.hash(bytes.base, bytes.count)
    let key = bytes.isEmpty ? 0 : unsafe strings.intern(bytes.base, bytes.count, hash: hash)
    if let known = columnOfKey[key] { return known }
    let column = AttributeColumn(key: key)
    directory.columns.append(column)
    if let open = column.open { unsafe writable.append(open.head) }
    columnOfKey[key] = directory.columns.count - 1
    return directory.columns.count - 1
  }

  /// A value of a batch as this segment refers to it.
  @inline(__always)
  func reference(to entry: SpanBatch.AttributeEntry) -> ValueReference {
    switch entry.kind {
    case .string:
      if entry.length == 0 { return ValueReference(.string, 0) }
      return unsafe ValueReference(
        .string, strings.intern(entry.bytes.base, Int(entry.length), hash: entry.hash))
    case .smallInteger:
      return ValueReference(
        .smallInteger,
        UInt32(truncatingIfNeeded: entry.payload) & ValueReference.payloadMask)
    case .constant: return ValueReference(rawValue: UInt32(truncatingIfNeeded: entry.payload))
    case .wideInteger, .double:
      words.append(entry.payload)
      return ValueReference(entry.kind, UInt32(truncatingIfNeeded: words.count - 1))
    case .bytes, .array, .keyValues:
      if entry.length == 0 { return ValueReference(entry.kind, 0) }
      return unsafe ValueReference(
        entry.kind, strings.intern(entry.bytes.base, Int(entry.length), hash: entry.hash))
    }
  }

  /// Appends an entry to a column of the directory.
  @inline(__always)
  func append(_ value: ValueReference, to column: Int, row: Int) {
    // Safe: the directory holds the column for as long as the segment lives.
    columnBytes += unsafe OpenEntries.append(row: row, value, to: writable[column])
  }

  /// Keeps a span's rarer fields and returns where they are; zero for none.
  func keep(extras: SpanBatch.Text) -> UInt32 {
    extras.length == 0 ? 0 : unsafe strings.heap.append(extras.bytes.base, extras.length)
  }

  /// The number of a shape, which is a list of columns.
  func shape(_ list: borrowing GrowingBuffer<UInt32>, hash: UInt64) -> UInt32 {
    // Safe: the list does not grow while it is looked at.
    let columns = unsafe UnsafeBufferPointer(start: list.elements, count: list.count)
    let place = Int(hash & 255)
    if recentShapes[place].hash == hash, unsafe isShape(recentShapes[place].shape, columns) {
      return recentShapes[place].shape
    }
    for known in shapeOfHash[hash] ?? [] {
      if unsafe isShape(known, columns) {
        recentShapes[place] = (hash, known)
        return known
      }
    }
    let number = unsafe shapes.append(columns)
    shapeOfHash[hash, default: []].append(number)
    return number
  }

  private func isShape(_ shape: UInt32, _ columns: UnsafeBufferPointer<UInt32>) -> Bool {
    guard shape < shapes.count else { return false }
    let (start, length) = extent(ofShape: shape)
    return unsafe length == columns.count && shapes.columns.holds(columns, at: start)
  }

  func extent(ofShape shape: UInt32) -> (start: Int, length: Int) {
    shapes.extent(Int(shape))
  }

  func number(of spanClass: SpanClass) -> UInt16 {
    let place = Int(spanClass.kind & 7 | (spanClass.statusCode & 3) << 3)
    if recentClasses[place].spanClass == spanClass { return recentClasses[place].number }
    if let known = classNumbers[spanClass] {
      recentClasses[place] = (spanClass, known)
      return known
    }
    let number = UInt16(truncatingIfNeeded: directory.classes.count)
    directory.classes.append(spanClass)
    classNumbers[spanClass] = number
    return number
  }

  /// The number of a resource or scope of a batch.
  func origin(
    _ entry: SpanBatch.OriginEntry, of batch: SpanBatch,
    in list: WritableKeyPath<SegmentDirectory, [SegmentOrigin]>,
    known: inout [UInt64: UInt16]
  ) -> UInt16 {
    let message = intern(entry.message)
    let schemaURL = intern(entry.schemaURL)
    let identity = UInt64(message) << 32 | UInt64(schemaURL)
    if let number = known[identity] { return number }
    var attributes: [(key: UInt32, value: ValueReference)] = []
    for index in entry.attributes..<entry.attributeEnd {
      let key = batch.keys.bytes(of: batch.attributes[index].key)
      let hash = unsafe Bytes.hash(key.base, key.count)
      attributes.append(
        (
          unsafe strings.intern(key.base, key.count, hash: hash),
          reference(to: batch.attributes[index])
        ))
    }
    let number = UInt16(truncatingIfNeeded: directory[keyPath: list].count)
    directory[keyPath: list].append(
      SegmentOrigin(
        message: message, schemaURL: schemaURL, name: intern(entry.name), attributes: attributes))
    known[identity] = number
    return number
  }
}
