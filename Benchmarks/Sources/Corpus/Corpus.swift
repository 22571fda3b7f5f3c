public import Store

/// Made-up requests of exactly 512 spans, endless and always the same.
///
/// Spans are made trace by trace, put together in blocks of 4,096, ordered by service within the
/// block and cut into requests, so that a request carries a few services and a trace arrives in
/// several requests, as it does from exporters that batch.
public struct Corpus: Sequence, IteratorProtocol {
  public static let spansPerRequest = 512
  public static let seed: UInt64 = 20_251_120
  /// When the first trace starts.
  public static let beginning = UnixNanos(1_760_000_000_000_000_000)

  private static let block = 8 * spansPerRequest

  /// What has been made so far.
  public struct Tally: Sendable {
    public var requests = 0
    public var spans = 0
    public var traces = 0
    public var attributes = 0
    public var events = 0
    public var errors = 0
    public var bytes = 0
  }

  public private(set) var tally = Tally()
  /// When the youngest trace starts.
  public private(set) var latest = beginning

  private var maker = TraceMaker(seed: seed)
  private var made: [MadeSpan] = []
  private var ready: ArraySlice<MadeSpan> = []

  public init() {}

  public mutating func next() -> [UInt8]? {
    if ready.isEmpty { makeBlock() }
    let spans = ready.prefix(Self.spansPerRequest)
    ready = ready.dropFirst(Self.spansPerRequest)
    let body = Self.request(spans)
    tally.requests += 1
    tally.spans += spans.count
    tally.bytes += body.count
    for span in spans {
      tally.traces += span.parentSpanID.isEmpty ? 1 : 0
      tally.attributes += span.attributes.count
      tally.events += span.events.count
      tally.errors += span.status.code == 2 ? 1 : 0
    }
    return body
  }

  private mutating func makeBlock() {
    while made.count < Self.block {
      made += maker.trace(startingAt: latest.rawValue)
      latest = latest + Nanoseconds(UInt64(maker.random.within(1..<280_000_000)))
    }
    let block = made.prefix(Self.block)
    made.removeFirst(Self.block)
    var byService = [[MadeSpan]](repeating: [], count: Cast.services.count)
    for span in block { byService[span.service].append(span) }
    ready = ArraySlice(byService.joined())
  }

  /// An `ExportTraceServiceRequest`: spans below their resource and scope.
  private static func request(_ spans: ArraySlice<MadeSpan>) -> [UInt8] {
    var writer = WireWriter(reserving: 1 << 19)
    for (origin, spans) in groups(spans, by: { $0.service * Cast.instances + $0.instance }) {
      let (service, instance) = (origin / Cast.instances, origin % Cast.instances)
      writer.message(1) { resourceSpans in
        resourceSpans.message(1) {
          $0.attributes(1, Cast.resource(service: service, instance: instance))
        }
        for (scope, spans) in groups(spans, by: { $0.scope }) {
          resourceSpans.message(2) { scopeSpans in
            scopeSpans.message(1) {
              $0.string(1, scope)
              $0.string(2, "0.50.1")
            }
            for span in spans { scopeSpans.message(2) { $0.span(span) } }
          }
        }
      }
    }
    return writer.bytes
  }

  /// Spans with the same key together, in the order in which keys first appear.
  private static func groups<Key: Hashable>(
    _ spans: some Sequence<MadeSpan>, by key: (MadeSpan) -> Key
  ) -> [(Key, [MadeSpan])] {
    var groups: [(Key, [MadeSpan])] = []
    var places: [Key: Int] = [:]
    for span in spans {
      let key = key(span)
      if let place = places[key] {
        groups[place].1.append(span)
      } else {
        places[key] = groups.count
        groups.append((key, [span]))
      }
    }
    return groups
  }
}
