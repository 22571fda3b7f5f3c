import Synchronization

/// The log records of one request on their way from a decoder to the store.
///
/// A record is a line of a ``SpanBatch``: its attributes are columns there, so that what is done to the
/// attributes of spans (limits, rules) is done to those of records by the same code. Its time is the
/// line's start, the time of observation its end, the severity its kind; severity text, body and rarer
/// fields stand as wire bytes where a span has its rarer fields.
public final class LogBatch {
  public let lines: SpanBatch
  /// Records that name no trace.
  public private(set) var withoutTrace = 0
  /// Whether copies have their numbers.
  private var isNumbered = false
  /// How often each record was found so far; kept for its memory.
  private var found: [UInt64: UInt64] = [:]
  /// Gives records that say no time a hash of their own: nothing tells two of them apart.
  private static let nameless = Atomic<UInt64>(0)

  public init(limits: BatchLimits = BatchLimits()) {
    // Nothing of a record makes a trace what it is: a vocabulary would be work for nothing.
    lines = SpanBatch(
      vocabulary: Vocabulary(roles: [], dimensions: [:], measures: [], clues: [], events: []),
      limits: limits)
  }

  public func removeAll() {
    lines.removeAll()
    withoutTrace = 0
    isNumbered = false
  }

  // MARK: - Filling

  /// Ends a record that ``SpanBatch/beginSpan(resource:scope:)`` began. An id that is not valid counts as
  /// one that is not there, which is what OTLP asks of receivers.
  public func finishRecord() {
    guard lines.finishLine() else {
      withoutTrace += 1
      return
    }
  }

  /// Takes away what is too much, as ``SpanBatch/cut(bodyBytes:)`` does, of bodies too.
  public func cut(bodyBytes: Int) -> BatchCuts {
    var cuts = lines.cut(bodyBytes: bodyBytes)
    guard bodyBytes > lines.limits.valueBytes else { return cuts }
    for index in 0..<lines.count where lines.spans[index].extras.length > lines.limits.valueBytes {
      lines.cutContent(ofLine: index)
      cuts.valuesCut += 1
    }
    return cuts
  }

  // MARK: - Copies

  /// The field of a `LogRecord` that numbers records which are alike in everything, from 1 for the
  /// second: a number that OTLP will not come to. It stands with the rarer fields.
  public static let copyField = 31

  /// Gives records that are alike in everything their numbers: in one request none of them is one that was
  /// sent again, so none is to be taken for another. A request that is sent again has the same numbers, and
  /// what is held and goes on from here keeps them.
  public func numberCopies() {
    guard !isNumbered, lines.count > 1 else { return }
    isNumbered = true
    found.removeAll(keepingCapacity: lines.count < 1 << 16)
    for position in 0..<lines.count where hasTime(position) {
      let hash = hash(ofRecord: position)
      let copies = found[hash, default: 0]
      found[hash] = copies + 1
      guard copies > 0 else { continue }
      let content = lines.spans[position].extras.bytes
      // One that has its number already comes from a file or a viewer's answer that has it twice.
      guard !WireValues.hasCopyNumber(content) else { continue }
      var writer = WireWriter(reserving: content.count + 4)
      writer.raw(content)
      writer.varint(Self.copyField, copies)
      lines.setContent(writer.bytes, ofLine: position)
    }
  }

  /// Whether a `LogRecord` has a number among those that are like it.
  public static func hasCopyNumber(_ record: WireBytes) -> Bool {
    WireValues.hasCopyNumber(record)
  }

  /// Calls `body` with what tells each record from every other, but for those that nothing does.
  public func forEachHash(_ body: (UInt64) -> Void) {
    for position in 0..<lines.count where hasTime(position) { body(hash(ofRecord: position)) }
  }

  private func hasTime(_ position: Int) -> Bool {
    lines.spans[position].start | lines.spans[position].end != 0
  }

  // MARK: - Structured bodies

  /// Calls `change` with each body that is no text, and puts what it returns in its place.
  public func changeBodies(_ change: (AttributeValue) -> AttributeValue?) -> Bool {
    var isChanged = false
    for index in 0..<lines.count {
      let content = lines.spans[index].extras.bytes
      guard let body = WireValues.body(ofRecord: content), body.isStructured,
        let changed = change(body)
      else { continue }
      lines.setContent(WireValues.record(content, withBody: changed), ofLine: index)
      isChanged = true
    }
    return isChanged
  }

  // MARK: - Reading

  /// Tells the record from every other by all that it says.
  func hash(ofRecord position: Int) -> UInt64 {
    let entry = lines.spans[position]
    guard hasTime(position) else {
      let number = Self.nameless.wrappingAdd(1, ordering: .relaxed).newValue
      return Bytes.mix(number ^ Bytes.seed, 0x9e37_79b9_7f4a_7c15)
    }
    var state = Bytes.mix(entry.traceHigh ^ Bytes.seed, entry.traceLow ^ 0xe703_7ed1_a0b4_28db)
    for word in [
      entry.spanID, entry.start, entry.end,
      UInt64(UInt32(bitPattern: entry.kind)) << 32 | UInt64(entry.flags),
      SpanBatch.Text(entry.extras.bytes).hash, lines.resources[entry.resource].message.hash,
      lines.scopes[entry.scope].message.hash,
    ] { state = Bytes.mix(state ^ word, 0xe703_7ed1_a0b4_28db) }
    for index in entry.attributes..<entry.attributeEnd {
      let attribute = lines.attributes[index]
      let key = SpanBatch.Text(lines.keys.bytes(of: attribute.key)).hash
      let value = attribute.hash == 0 ? attribute.payload : attribute.hash
      state = Bytes.mix(
        state ^ key, value ^ UInt64(attribute.kind.rawValue) ^ 0x9e37_79b9_7f4a_7c15)
    }
    return state
  }

  /// The batch as the bytes of an `ExportLogsServiceRequest`, as rules have left it; records without a
  /// trace are left out.
  public func exportRequest() -> [UInt8] { lines.exportLogRequest() }
}

extension AttributeValue {
  /// Whether it is a list or has members.
  var isStructured: Bool {
    switch self {
    case .array, .keyValues: true
    default: false
    }
  }
}
