import Store

/// Counts what a request of logs or metrics holds, and finds out whether it is well-formed.
///
/// Only the messages on the way to what is counted are entered; nothing is kept.
enum SignalCounter {
  /// Log records: resource_logs = 1 / scope_logs = 2 / log_records = 2.
  static func logRecords(in body: MessageBytes) throws(WireError) -> Int {
    try count([1, 2, 2], in: body)
  }

  /// Data points: resource_metrics = 1 / scope_metrics = 2 / metrics = 2 / gauge, sum, histogram,
  /// exponential histogram or summary = 5, 7, 9, 10, 11 / data_points = 1.
  static func dataPoints(in body: MessageBytes) throws(WireError) -> Int {
    var total = 0
    for kind: UInt32 in [5, 7, 9, 10, 11] { total += try count([1, 2, 2, kind, 1], in: body) }
    return total
  }

  private static func count(_ path: [UInt32], in body: MessageBytes) throws(WireError) -> Int {
    unsafe try body.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws(WireError) -> Int in
      unsafe try count(path[...], in: WireReader(WireBytes(bytes)))
    }
  }

  /// How many messages stand at the end of a path of field numbers.
  private static func count(
    _ path: ArraySlice<UInt32>, in reader: WireReader
  ) throws(WireError) -> Int {
    guard let field = path.first else { return 1 }
    var reader = reader
    var total = 0
    while !reader.isAtEnd {
      let tag = try reader.tag()
      if tag == field << 3 | 2 {
        let inner = try reader.bytes()
        total += try count(path.dropFirst(), in: reader.nested(inner))
      } else {
        try reader.skip(tag, depth: WireReader.maximumDepth)
      }
    }
    return total
  }
}
