/// The records of 256 traces, copied by the writer when a snapshot holds them too.
@safe final class TraceChunk: @unchecked Sendable {
  // @unchecked: written only by the store's writer, and only while it alone holds the chunk.
  static let size = 256
  private let records: UnsafeMutablePointer<TraceRecord>

  init() {
    unsafe records = .allocate(capacity: TraceChunk.size)
    unsafe records.initialize(repeating: TraceRecord(), count: TraceChunk.size)
  }

  init(copying other: TraceChunk) {
    unsafe records = .allocate(capacity: TraceChunk.size)
    unsafe records.initialize(from: other.records, count: TraceChunk.size)
  }

  deinit { unsafe records.deallocate() }

  @inline(__always)
  subscript(index: Int) -> TraceRecord {
    precondition(index >= 0 && index < TraceChunk.size, "index is outside of a chunk")
    return unsafe records[index]
  }

  /// Changes a record; the writer's alone.
  @inline(__always)
  func update<Result>(_ index: Int, _ body: (inout TraceRecord) -> Result) -> Result {
    precondition(index >= 0 && index < TraceChunk.size, "index is outside of a chunk")
    return unsafe body(&records[index])
  }
}
