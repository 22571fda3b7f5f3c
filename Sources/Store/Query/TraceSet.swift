/// Certain traces, by number: what a query stays among whatever its filter says.
public struct TraceSet: Equatable, Sendable {
  private let bits: TraceBits
  /// In ascending order, each once.
  public let numbers: [TraceNumber]

  public init(_ traces: some Sequence<TraceNumber>) {
    var bits = TraceBits()
    var numbers: [TraceNumber] = []
    for trace in traces.sorted() where bits.insert(trace.rawValue) { numbers.append(trace) }
    self.bits = bits
    self.numbers = numbers
  }

  public var count: Int { numbers.count }

  public func contains(_ trace: TraceNumber) -> Bool { bits.contains(trace.rawValue) }

  public static func == (left: TraceSet, right: TraceSet) -> Bool {
    left.numbers == right.numbers
  }
}
