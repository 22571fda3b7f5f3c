import Store

/// Counts what a request of logs or metrics in OTLP/JSON holds, and finds out whether it is
/// well-formed JSON; nothing is kept.
enum JSONSignalCounter {
  /// A member on the way to what is counted, by either of its names.
  private typealias Step = [StaticString]

  static func logRecords(in body: MessageBytes) throws(JSONError) -> Int {
    try count(
      [
        ["resourceLogs", "resource_logs"], ["scopeLogs", "scope_logs"],
        ["logRecords", "log_records"],
      ], in: body)
  }

  static func dataPoints(in body: MessageBytes) throws(JSONError) -> Int {
    try count(
      [
        ["resourceMetrics", "resource_metrics"], ["scopeMetrics", "scope_metrics"], ["metrics"],
        [
          "gauge", "sum", "histogram", "exponentialHistogram", "exponential_histogram", "summary",
        ],
        ["dataPoints", "data_points"],
      ], in: body)
  }

  private static func count(_ path: [Step], in body: MessageBytes) throws(JSONError) -> Int {
    unsafe try body.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws(JSONError) -> Int in
      var reader = JSONReader(unsafe WireBytes(bytes), scratch: JSONScratch())
      guard try reader.peek() == UInt8(ascii: "{") else { throw reader.expected("an object") }
      let total = try count(path[...], &reader)
      guard reader.isAtEnd() else { throw reader.error(.trailing) }
      return total
    }
  }

  /// How many messages stand at the end of a path: below the message that comes next, or below each
  /// of a list of them.
  private static func count(
    _ path: ArraySlice<Step>, _ reader: inout JSONReader
  ) throws(JSONError) -> Int {
    if try reader.takeNull() { return 0 }
    guard try reader.peek() == UInt8(ascii: "[") else { return try countOne(path, &reader) }
    try reader.beginList()
    var total = 0
    var isFirst = true
    while try reader.nextElement(&isFirst) { total += try countOne(path, &reader) }
    return total
  }

  private static func countOne(
    _ path: ArraySlice<Step>, _ reader: inout JSONReader
  ) throws(JSONError) -> Int {
    guard try reader.peek() == UInt8(ascii: "{") else { throw reader.expected("an object") }
    guard let step = path.first else {
      try reader.skipValue()
      return 1
    }
    try reader.beginObject()
    var total = 0
    var isFirst = true
    while let key = try reader.nextKey(&isFirst) {
      if step.contains(where: { key.elementsEqual($0) }) {
        total += try count(path.dropFirst(), &reader)
      } else {
        try reader.skipValue()
      }
    }
    return total
  }
}
