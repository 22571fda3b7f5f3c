/// What the memory of a store goes into, in bytes.
public struct MemoryParts: Equatable, Sendable {
  /// Rows, attributes and numbers.
  public var columns = 0
  /// Names, values and wire bytes, each once a segment.
  public var strings = 0
  /// The records of traces.
  public var traces = 0
  /// What finds traces and requests by their ids.
  public var indexes = 0

  public init() {}

  /// Each with its name.
  public var named: [(name: String, bytes: Int)] {
    [("columns", columns), ("strings", strings), ("traces", traces), ("indexes", indexes)]
  }
}
