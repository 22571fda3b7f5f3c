import Store

/// How many traces and spans requests hold whose spans stand trace by trace, as ``HeldTraces`` makes
/// them.
public struct RequestTally: Equatable, Sendable {
  public private(set) var spans = 0
  public private(set) var logs = 0
  /// Traces, counted where one begins.
  public private(set) var traces = 0
  private var last: TraceID?

  public init() {}

  /// Adds a request; what of it is malformed is not counted.
  public mutating func add(_ request: MessageBytes, _ kind: RequestKind = .spans) {
    unsafe request.withUnsafeBytes { bytes in
      unsafe each(1, of: WireBytes(bytes)) { tally, resourceSpans in
        tally.each(2, of: resourceSpans) { tally, scopeSpans in
          tally.each(2, of: scopeSpans) { tally, item in
            switch kind {
            case .spans: tally.add(span: item)
            case .logs: tally.logs += 1
            }
          }
        }
      }
    }
  }

  private mutating func add(span: WireBytes) {
    spans += 1
    var id: TraceID?
    each(1, of: span, atMost: 1) { _, run in
      guard run.count == 16 else { return }
      let words = (0..<16).reduce(into: (UInt64(0), UInt64(0))) { words, index in
        words = (words.0 << 8 | words.1 >> 56, words.1 << 8 | UInt64(run[index]))
      }
      id = TraceID(high: words.0, low: words.1)
    }
    if id != last { traces += 1 }
    last = id
  }

  /// Calls `body` for the payloads of a field.
  private mutating func each(
    _ number: UInt32, of message: WireBytes, atMost limit: Int = .max,
    _ body: (inout RequestTally, WireBytes) -> Void
  ) {
    var reader = WireReader(message)
    var found = 0
    do throws(WireError) {
      while !reader.isAtEnd, found < limit {
        let tag = try reader.tag()
        if tag == number << 3 | 2 {
          body(&self, try reader.bytes())
          found += 1
        } else {
          try reader.skip(tag, depth: WireReader.maximumDepth)
        }
      }
    } catch {
      return
    }
  }
}
