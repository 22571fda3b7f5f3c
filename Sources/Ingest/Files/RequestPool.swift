import Store

/// Records of one kind on their way to a receiver, many in one request where they are short.
///
/// How long a request the receiver takes is not known: one that it refuses for its length or form goes
/// again record by record, and a record alone in shorter and shorter parts. What is left at the end is
/// said with the record's place; everything else has been sent.
struct RequestPool {
  /// No record is put to others that would make a request longer than this, in bytes; what an SDK sends
  /// is a third of it.
  static let mostBytes = 1 << 20
  /// What is refused and no longer than this is not cut any further, in bytes: a receiver that refuses
  /// so little takes nothing.
  static let leastCutBytes = 16 << 10

  /// A record in the request.
  private struct Record {
    var bytes: Range<Int>
    var items: Int
    var place: FilePlace
  }

  /// What of a record the receiver did not take, and why.
  private struct Leftover {
    var items = 0
    var reason = ""
  }

  private let kind: RequestKind
  private let sender: PatientSender
  /// Why nothing of the kind is sent any more; nil while it is.
  private var refusal: String?
  private var request: [UInt8] = []
  private var records: [Record] = []
  private(set) var tally = SendingSink.Tally()
  /// Records of which something was left out.
  private var refusals: [FileProblem] = []

  init(_ kind: RequestKind, _ sender: PatientSender) {
    self.kind = kind
    self.sender = sender
  }

  // MARK: - Filling

  /// Whether a record of so many bytes may be put to what is waiting.
  func hasRoom(for bytes: Int) -> Bool {
    records.isEmpty || request.count + bytes <= Self.mostBytes
  }

  /// Whether it is time to send what is waiting.
  var isFull: Bool { request.count >= Self.mostBytes }

  /// Adds a record for which there is room.
  mutating func add(_ record: some Collection<UInt8>, items: Int, at place: FilePlace) {
    let start = request.count
    request.append(contentsOf: record)
    records.append(Record(bytes: start..<request.count, items: items, place: place))
  }

  /// Gives up what is waiting and what will come: the receiver takes nothing of the kind.
  mutating func refuse(_ reason: String) {
    refusal = reason
    giveUp()
  }

  private mutating func giveUp() {
    let items = UInt64(records.reduce(0) { $0 + $1.items })
    tally.sent += items
    tally.refused += items
    tally.reason = refusal ?? ""
    removeAll()
  }

  /// What was left out since this was asked last.
  mutating func takeRefusals() -> [FileProblem] {
    defer { refusals = [] }
    return refusals
  }

  private mutating func removeAll() {
    request.removeAll(keepingCapacity: request.count <= 2 * Self.mostBytes)
    records.removeAll(keepingCapacity: true)
  }

  // MARK: - Sending

  /// Sends what is waiting; throws where the receiver cannot be reached or takes nothing.
  mutating func flush() throws(IngestError) {
    guard !records.isEmpty else { return }
    guard refusal == nil else { return giveUp() }
    do throws(IngestError) {
      try send(request[...], items: records.reduce(0) { $0 + $1.items })
    } catch {
      guard error.kind == .unfit else { throw error }
      try sendRecords(error)
    }
    removeAll()
  }

  /// Sends the records of a request that was refused. Those that are done are gone where this throws.
  private mutating func sendRecords(_ refusal: IngestError) throws(IngestError) {
    let isOne = records.count == 1
    var done = 0
    defer { records.removeFirst(done) }
    while done < records.count {
      let record = records[done]
      var left = Leftover()
      if isOne {
        try sendParts(of: request[record.bytes], items: record.items, refusal, &left)
      } else {
        try send(request[record.bytes], items: record.items, orParts: &left)
      }
      if left.items > 0 { note(left, of: record) }
      done += 1
    }
  }

  private mutating func send(
    _ bytes: ArraySlice<UInt8>, items: Int, orParts left: inout Leftover
  ) throws(IngestError) {
    do throws(IngestError) {
      try send(bytes, items: items)
    } catch {
      guard error.kind == .unfit else { throw error }
      try sendParts(of: bytes, items: items, error, &left)
    }
  }

  /// Sends what was refused in parts that are half as long.
  private mutating func sendParts(
    of bytes: ArraySlice<UInt8>, items: Int, _ refusal: IngestError, _ left: inout Leftover
  ) throws(IngestError) {
    // Where there are two items there are two parts, so this comes to an end.
    let parts =
      items > 1 && bytes.count > Self.leastCutBytes
      ? RequestCut.parts(of: bytes, kind, atMost: bytes.count / 2) : []
    guard parts.count > 1 else {
      left.items += items
      left.reason = refusal.message
      return
    }
    for part in parts { try send(part.request[...], items: part.items, orParts: &left) }
  }

  private mutating func send(_ bytes: ArraySlice<UInt8>, items: Int) throws(IngestError) {
    let answer = try sender.send(kind, MessageBytes(bytes))
    tally.sent += UInt64(items)
    tally.refused += UInt64(max(0, answer.rejected))
    if !answer.reason.isEmpty { tally.reason = answer.reason }
  }

  private mutating func note(_ left: Leftover, of record: Record) {
    let name = kind == .spans ? "span" : "log record"
    let items = left.items == 1 ? "1 \(name)" : "\(left.items) \(name)s"
    refusals.append(FileProblem(at: record.place, "\(items) left out: \(left.reason)"))
  }
}
