import NIOCore
import Store

/// Requests and decisions on their way to one viewer, at most so many bytes; a request that does not
/// fit is dropped and counted.
///
/// The count stands in the queue where the requests would have stood, so a viewer learns of a loss
/// between what came before it and what came after. A pure value.
struct ViewerQueue {
  enum Entry: Equatable {
    case request(MessageBytes)
    case logs(MessageBytes)
    case missed(spans: UInt64)
    case decisions([SamplingDecision])
    case missedLogs(UInt64)
    case pins(PinChange)
  }

  /// About what a decision or a pin takes.
  private static let bytesPerDecision = 24

  let maximumBytes: Int
  /// Bytes of decisions and pins that wait; they are never dropped.
  private(set) var decisionBytes = 0
  /// Bytes of requests that wait.
  private(set) var byteCount = 0
  private var entries = CircularBuffer<Entry>()
  /// Spans and log records dropped since the last request that fitted.
  private var missing: UInt64 = 0
  private var missingLogs: UInt64 = 0

  init(maximumBytes: Int = IngestLimits.viewerQueueBytes) { self.maximumBytes = maximumBytes }

  var isEmpty: Bool { entries.isEmpty && missing == 0 && missingLogs == 0 }

  /// Adds a request of so many spans, or drops it. A request is never too long for an empty queue.
  ///
  /// Returns whether it was added.
  mutating func append(_ body: MessageBytes, spans: Int) -> Bool {
    guard byteCount == 0 || byteCount + body.count <= maximumBytes else {
      missing += UInt64(spans)
      return false
    }
    add(.request(body), bytes: body.count)
    return true
  }

  /// Adds decisions, behind the spans that they are about; false where too many wait already for this
  /// viewer ever to have been told the truth: it has to begin anew.
  mutating func append(_ decisions: [SamplingDecision]) -> Bool {
    decisionBytes += decisions.count * ViewerQueue.bytesPerDecision
    guard decisionBytes <= maximumBytes else { return false }
    if case .decisions(let waiting)? = entries.last {
      entries[entries.index(before: entries.endIndex)] = .decisions(waiting + decisions)
    } else {
      entries.append(.decisions(decisions))
    }
    return true
  }

  /// Adds what was pinned, as decisions are added.
  mutating func append(_ pins: PinChange) -> Bool {
    decisionBytes += pins.traces.count * ViewerQueue.bytesPerDecision
    guard decisionBytes <= maximumBytes else { return false }
    entries.append(.pins(pins))
    return true
  }

  /// Adds a request of so many log records, or drops it.
  mutating func append(logs body: MessageBytes, records: Int) -> Bool {
    guard byteCount == 0 || byteCount + body.count <= maximumBytes else {
      missingLogs += UInt64(records)
      return false
    }
    add(.logs(body), bytes: body.count)
    return true
  }

  private mutating func add(_ entry: Entry, bytes: Int) {
    while let loss = takeLoss() { entries.append(loss) }
    entries.append(entry)
    byteCount += bytes
  }

  private mutating func takeLoss() -> Entry? {
    if missing > 0 {
      defer { missing = 0 }
      return .missed(spans: missing)
    }
    guard missingLogs > 0 else { return nil }
    defer { missingLogs = 0 }
    return .missedLogs(missingLogs)
  }

  /// Takes what has waited longest.
  mutating func next() -> Entry? {
    guard let entry = entries.popFirst() else { return takeLoss() }
    switch entry {
    case .request(let body), .logs(let body): byteCount -= body.count
    case .decisions(let decisions):
      decisionBytes -= decisions.count * ViewerQueue.bytesPerDecision
    case .pins(let pins): decisionBytes -= pins.traces.count * ViewerQueue.bytesPerDecision
    case .missed, .missedLogs: break
    }
    return entry
  }
}
