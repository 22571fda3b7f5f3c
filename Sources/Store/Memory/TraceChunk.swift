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

  /// Where a record stands; the writer's alone.
  @inline(__always)
  func place(_ index: Int) -> RecordPlace {
    precondition(index >= 0 && index < TraceChunk.size, "index is outside of a chunk")
    return unsafe RecordPlace(records + index)
  }
}

/// The place of a record that the writer is busy with: fields are read and changed where they stand,
/// and no record is copied for one of them. Good until the writer makes or forgets a trace or publishes.
@safe struct RecordPlace {
  private let pointer: UnsafeMutablePointer<TraceRecord>

  init(_ pointer: UnsafeMutablePointer<TraceRecord>) { unsafe self.pointer = pointer }

  @inline(__always) var record: TraceRecord {
    // Safe: the writer holds the chunk for as long as it holds its lock.
    unsafeAddress { unsafe UnsafePointer(pointer) }
    nonmutating unsafeMutableAddress { unsafe pointer }
  }
}
