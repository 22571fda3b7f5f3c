import Ingest

/// Requests that wait to be written, one kind after the other in the order they came.
struct FrameQueue {
  /// Requests of one kind, with their lengths in front.
  struct Lane {
    var bytes: [UInt8] = []
    /// Where each frame ends, and how many spans or records are in it; the last one is still open.
    var frames: [(end: Int, items: Int)] = []

    mutating func append(_ body: UnsafeRawBufferPointer, items: Int) {
      let begin = frames.count > 1 ? frames[frames.count - 2].end : 0
      if frames.isEmpty || bytes.count - begin >= JournalLimits.frameBytes {
        frames.append((end: 0, items: 0))
      }
      var length = UInt(body.count)
      while length >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
        length >>= 7
      }
      bytes.append(UInt8(length))
      unsafe bytes.append(contentsOf: body)
      frames[frames.count - 1].end = bytes.count
      frames[frames.count - 1].items += items
    }

    mutating func removeAll() {
      frames.removeAll(keepingCapacity: true)
      bytes.removeAll(keepingCapacity: bytes.capacity <= JournalLimits.keptBytes)
    }
  }

  private(set) var spans = Lane()
  private(set) var logs = Lane()
  private(set) var requests = 0

  var byteCount: Int { spans.bytes.count + logs.bytes.count }

  mutating func append(_ kind: JournalKind, _ body: UnsafeRawBufferPointer, items: Int) {
    requests += 1
    switch kind {
    case .spans: unsafe spans.append(body, items: items)
    case .logs: unsafe logs.append(body, items: items)
    }
  }

  mutating func removeAll() {
    spans.removeAll()
    logs.removeAll()
    requests = 0
  }

  /// Calls `body` with each frame.
  func forEachFrame<Failure: Error>(
    _ body: (JournalKind, ArraySlice<UInt8>, Int) throws(Failure) -> Void
  ) throws(Failure) {
    for (kind, lane) in [(JournalKind.spans, spans), (.logs, logs)] {
      var begin = 0
      for frame in lane.frames {
        try body(kind, lane.bytes[begin..<frame.end], frame.items)
        begin = frame.end
      }
    }
  }
}
