public import Store

/// The answer to `plano.TraceQuery/GetTraces`, the call of Plano's own `planoai trace`.
///
/// The request has no bytes and the answer is no protobuf: it is `{"traces":[…]}` as compact JSON, in
/// planoai's own fields (planoai 0.4.39, `trace_cmd.py`), the trace touched last first. planoai takes
/// messages of 4 MiB and shows nothing at all of a longer one, so the newest traces that fit are sent,
/// each whole. A trace too long to be sent at all is sent in part; how many of its spans are left out
/// stands beside them, as does how many traces are (members that planoai passes over).
public struct PlanoTraces {
  /// The longest message that a gRPC client takes if it was not told otherwise, in bytes.
  public static let maximumBytes = 4 << 20
  /// How much of an answer a trace may take that would not fit into one, as a part of the whole: more
  /// spans than planoai itself would keep (500), and room for the traces before and after it.
  static let partShare = 4

  private let snapshot: Snapshot
  private let maximumBytes: Int
  private var bytes = Array(#"{"traces":["#.utf8)
  private var taken = 0

  /// The answer for a snapshot.
  public static func answer(
    from snapshot: Snapshot, maximumBytes: Int = PlanoTraces.maximumBytes
  ) -> [UInt8] {
    var answer = PlanoTraces(snapshot: snapshot, maximumBytes: maximumBytes)
    for trace in snapshot.tracesByRecency {
      guard answer.append(trace) else { break }
    }
    return answer.finish()
  }

  private init(snapshot: Snapshot, maximumBytes: Int) {
    self.snapshot = snapshot
    self.maximumBytes = maximumBytes
  }

  /// What may follow the traces: `],"traces_left_out":…}`.
  private static let reservedBytes = 64
  /// The most that stands around the spans of one trace.
  private static let frameBytes = 128

  private var room: Int { maximumBytes - bytes.count - Self.reservedBytes - Self.frameBytes }

  /// Adds a trace; false where it does not fit and the answer is full.
  private mutating func append(_ trace: TraceNumber) -> Bool {
    let rows = snapshot.spans(of: trace)
    var texts = SpanTexts(snapshot: snapshot)
    let capacity = maximumBytes - Self.reservedBytes - Self.frameBytes - 16
    if !texts.append(rows[...], atMost: capacity) {
      texts.removeAll()
      guard room >= capacity / Self.partShare else { return false }
      texts.appendImportant(rows, atMost: capacity / Self.partShare)
    }
    guard texts.count <= room, let id = snapshot.summary(of: trace, now: UnixNanos(0))?.id else {
      return texts.count <= room
    }
    if taken > 0 { bytes.append(UInt8(ascii: ",")) }
    bytes += Array(#"{"trace_id":"\#(id.hex)","spans":["#.utf8)
    bytes += texts.joined
    bytes.append(UInt8(ascii: "]"))
    let missing = rows.count - texts.spans
    if missing > 0 { bytes += Array(#","spans_left_out":\#(missing)"#.utf8) }
    bytes.append(UInt8(ascii: "}"))
    taken += 1
    return true
  }

  private mutating func finish() -> [UInt8] {
    bytes.append(UInt8(ascii: "]"))
    let missing = Int(snapshot.statistics.tracesHeld) - taken
    if missing > 0 { bytes += Array(#","traces_left_out":\#(missing)"#.utf8) }
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }
}

/// The spans of one trace as JSON texts, in the order in which they arrived.
private struct SpanTexts {
  let snapshot: Snapshot
  private var texts: [(place: SpanReference, text: [UInt8])] = []
  /// Bytes of all, with the commas between them.
  private(set) var count = 0

  init(snapshot: Snapshot) { self.snapshot = snapshot }

  var spans: Int { texts.count }

  var joined: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for (index, entry) in texts.sorted(by: { $0.place < $1.place }).enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += entry.text
    }
    return bytes
  }

  /// Appends spans until one does not fit; whether all did.
  mutating func append(_ rows: ArraySlice<SpanRow>, atMost limit: Int) -> Bool {
    for row in rows {
      guard let record = snapshot.record(of: row.reference) else { continue }
      var json = JSONWriter(isIndented: false)
      json.object { $0.planoMembers(of: record, service: row.service) }
      guard count + json.bytes.count + 1 <= limit else { return false }
      count += json.bytes.count + 1
      texts.append((row.reference, json.bytes))
    }
    return true
  }

  /// Appends as many as fit: those without a parent first and those that tell of trouble, since a trace
  /// is not understood without them, then the others as they came.
  mutating func appendImportant(_ rows: [SpanRow], atMost limit: Int) {
    let isImportant = { (row: SpanRow) in row.parentSpanID.isNone || row.hasError }
    guard append(rows.filter(isImportant)[...], atMost: limit) else { return }
    _ = append(rows.filter { !isImportant($0) }[...], atMost: limit)
  }

  mutating func removeAll() {
    texts.removeAll()
    count = 0
  }
}
