public import Store
import Synchronization

/// Traces of a snapshot on their way to a viewer: whole traces, those touched last at the end.
public final class HeldTraces: HeldSpans {
  /// How long a request to a viewer is at most, in bytes, if no single span is longer: a few hundred
  /// spans, so that what arrives meanwhile need not wait long behind it.
  static let maximumChunkBytes = 512 << 10

  /// Guards the place in the traces; the viewer's jobs take it one after the other.
  private let place: Mutex<Place>

  public init(_ traces: [TraceNumber], of snapshot: Snapshot) {
    place = Mutex(Place(snapshot: snapshot, traces: traces[...]))
  }

  public func nextChunk() -> [UInt8]? { place.withLock { $0.next() } }

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
      snapshot.touched(number).map { (time: $0, number: number) }
    }.sorted { ($0.time, $0.number) < ($1.time, $1.number) }
    let wanted = request.limit == 0 ? touched.count : Int(clamping: request.limit)
    return HeldTraces(touched.suffix(wanted).map(\.number), of: snapshot)
  }
}

extension HeldTraces {
  /// How far the traces have been sent; what was evicted meanwhile is passed over.
  private struct Place {
    let snapshot: Snapshot
    /// The traces that are still to come.
    var traces: ArraySlice<TraceNumber>
    /// Spans of the current trace that are still to come.
    var references: ArraySlice<SpanReference> = []
    var export = SpanExport()

    init(snapshot: Snapshot, traces: ArraySlice<TraceNumber>) {
      self.snapshot = snapshot
      self.traces = traces
    }

    /// The next request: closed by the span that makes it long enough.
    mutating func next() -> [UInt8]? {
      while export.count < HeldTraces.maximumChunkBytes {
        if let reference = references.popFirst() {
          _ = export.append(reference, of: snapshot)
        } else if let trace = traces.popFirst() {
          references = snapshot.references(of: trace)[...]
        } else {
          break
        }
      }
      return export.count == 0 ? nil : export.finish()
    }
  }
}
