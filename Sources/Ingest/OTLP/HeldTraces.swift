public import Store
import Synchronization

/// Traces of a snapshot on their way to a viewer: whole traces, those touched last at the end.
public final class HeldTraces: HeldSpans {
  /// How long a request to a viewer is at most, in bytes, if no single span is longer: a few hundred
  /// spans, so that what arrives meanwhile need not wait long behind it.
  static let maximumChunkBytes = 512 << 10

  /// Guards the place in the traces; the viewer's jobs take it one after the other.
  private let place: Mutex<Place>

  public init(_ traces: [TraceNumber], of snapshot: Snapshot, spans: UInt64 = 0) {
    place = Mutex(
      Place(
        snapshot: snapshot, traces: traces[...],
        maximumSpans: spans == 0 ? Int.max : Int(clamping: spans)))
  }

  public func nextChunk() -> [UInt8]? { place.withLock { $0.next() } }

  public func decisions() -> [SamplingDecision] { place.withLock { $0.takeDecisions() } }

  public func pins() -> [TraceID] { place.withLock { $0.takePins() } }

  public func nextLogs() -> [UInt8]? { place.withLock { $0.nextLogs() } }

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
    let isYoung = { (trace: TraceNumber) in
      request.since == UnixNanos(0) || snapshot.hasSpan(of: trace, startedSince: request.since)
    }
    let wanted = request.limit == 0 ? Int.max : Int(clamping: request.limit)
    let chosen =
      if let filter {
        Array(
          recent(matching: filter, of: snapshot, now: now).lazy.filter(isYoung).prefix(wanted))
      } else {
        Array(snapshot.tracesByRecency.lazy.filter(isYoung).prefix(wanted))
      }
    guard request.isWhole else {
      return HeldTraces(chosen.reversed(), of: snapshot, spans: request.spans)
    }
    var sent = Set(chosen)
    // First, so that those asked for stay the last ones.
    let others = chosen.flatMap { snapshot.requestTraces(of: $0) }.filter {
      sent.insert($0).inserted
    }
    return HeldTraces(others + chosen.reversed(), of: snapshot, spans: request.spans)
  }

  /// The traces that a filter selects, the one touched last first.
  private static func recent(
    matching filter: Filter, of snapshot: Snapshot, now: UnixNanos
  ) -> [TraceNumber] {
    let selected = LiveQuery(filter: filter).update(to: snapshot, now: now).traces
    let placed = selected.compactMap { trace in
      snapshot.recency(of: trace).map { (recency: $0, trace: trace) }
    }
    return placed.sorted { $0.recency > $1.recency }.map(\.trace)
  }
}

extension HeldTraces {
  /// How far the traces have been sent; what was evicted meanwhile is passed over.
  private struct Place {
    let snapshot: Snapshot
    /// How many spans of each trace are sent at most.
    let maximumSpans: Int
    /// The traces that are still to come.
    var traces: ArraySlice<TraceNumber>
    /// Spans of the current trace that are still to come.
    var references: ArraySlice<SpanReference> = []
    var export = SpanExport()
    /// What was decided of the traces that are in the request, or begin there.
    var decisions: [SamplingDecision] = []
    /// The pinned ones of these.
    var pins: [TraceID] = []
    /// The traces whose logs are still to come; none where not all spans are wanted either.
    var logTraces: ArraySlice<TraceNumber>
    var logs: (trace: TraceNumber, references: ArraySlice<LogReference>)?
    var logExport = LogExport()

    init(snapshot: Snapshot, traces: ArraySlice<TraceNumber>, maximumSpans: Int) {
      self.snapshot = snapshot
      self.maximumSpans = maximumSpans
      self.traces = traces
      logTraces = maximumSpans == Int.max ? traces : []
    }

    mutating func nextLogs() -> [UInt8]? {
      while logExport.count < HeldTraces.maximumChunkBytes {
        if let reference = logs?.references.popFirst(), let trace = logs?.trace {
          logExport.append(reference, of: trace, in: snapshot)
        } else if let trace = logTraces.popFirst() {
          logs = (trace, snapshot.logReferences(of: trace)[...])
        } else {
          break
        }
      }
      return logExport.count == 0 ? nil : logExport.finish()
    }

    mutating func takeDecisions() -> [SamplingDecision] {
      defer { decisions = [] }
      return decisions
    }

    mutating func takePins() -> [TraceID] {
      defer { pins = [] }
      return pins
    }

    /// The next request: closed by the span that makes it long enough.
    mutating func next() -> [UInt8]? {
      while export.count < HeldTraces.maximumChunkBytes {
        if let reference = references.popFirst() {
          _ = export.append(reference, of: snapshot)
        } else if let trace = traces.popFirst() {
          references = snapshot.references(of: trace).suffix(maximumSpans)
          if let decision = snapshot.decision(of: trace) { decisions.append(decision) }
          if let id = snapshot.pinnedID(of: trace) { pins.append(id) }
        } else {
          break
        }
      }
      return export.count == 0 ? nil : export.finish()
    }
  }
}
