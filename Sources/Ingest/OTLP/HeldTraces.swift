public import Store
import Synchronization

/// Traces of a snapshot on their way to a viewer: whole traces, those touched last at the end.
public final class HeldTraces: HeldSpans {
  /// How long a request to a viewer is at most, in bytes, if no single span is longer: a few hundred
  /// spans, so that what arrives meanwhile need not wait long behind it.
  static let maximumChunkBytes = 512 << 10

  /// Guards the place in the traces; the viewer's jobs take it one after the other.
  private let chunks: Mutex<TraceRequestChunks<HeldRecords>>

  public init(_ traces: [TraceNumber], of snapshot: Snapshot) {
    let records = HeldRecords(snapshot: snapshot, traces: traces[...])
    chunks = Mutex(TraceRequestChunks(records, maximumBytes: Self.maximumChunkBytes))
  }

  public func nextChunk() -> [UInt8]? { chunks.withLock { $0.next() } }

  /// Looks up what a viewer asks for; throws `invalidArgument` where its filter cannot be read.
  public static func answering(
    _ request: WatchRequest, from snapshot: Snapshot, now: UnixNanos
  ) throws(GRPCStatus) -> HeldTraces {
    let filter: Filter?
    do throws(FilterError) {
      filter = try FilterParser.parse(request.filter)
    } catch {
      throw GRPCStatus(.invalidArgument, error.description)
    }
    let selected = LiveQuery(filter: filter).update(to: snapshot, now: now).traces
    // Numbers break ties, so that the order is the same each time.
    let touched = selected.compactMap { number in
      snapshot.summary(of: number, now: now).map { (time: $0.touched, number: number) }
    }.sorted { ($0.time, $0.number) < ($1.time, $1.number) }
    let wanted = request.limit == 0 ? touched.count : Int(clamping: request.limit)
    return HeldTraces(touched.suffix(wanted).map(\.number), of: snapshot)
  }
}

/// The spans of traces, fetched one at a time; what was evicted meanwhile is passed over.
struct HeldRecords: IteratorProtocol, Sendable {
  let snapshot: Snapshot
  /// The traces that are still to come.
  var traces: ArraySlice<TraceNumber>
  /// Spans of the current trace that are still to come.
  private var references: ArraySlice<SpanReference> = []

  init(snapshot: Snapshot, traces: ArraySlice<TraceNumber>) {
    self.snapshot = snapshot
    self.traces = traces
  }

  mutating func next() -> SpanRecord? {
    while true {
      while let reference = references.popFirst() {
        if let record = snapshot.record(of: reference) { return record }
      }
      guard let trace = traces.popFirst() else { return nil }
      references = snapshot.spans(of: trace).map(\.reference)[...]
    }
  }
}
