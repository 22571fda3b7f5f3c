import Store

/// The forms in which requests are written to files.
public enum RequestFormat: String, CaseIterable, Sendable {
  /// A request a line, as the Collector's file exporter writes them.
  case json = "otlp-json"
  /// Requests of spans one behind the other, which is one request with all of them in it; requests of
  /// logs stand among them in a field that other readers pass over.
  case protobuf = "otlp-proto"
}

/// Turns requests into the bytes of a file, one after the other.
public struct RequestFileWriter {
  public let format: RequestFormat
  public private(set) var tally = RequestTally()
  private var json = RequestJSONWriter()

  public init(_ format: RequestFormat) { self.format = format }

  /// The field of a request of spans in which a file has a request of logs: a number that OTLP will
  /// not come to.
  static let logsField = 50_001

  /// The bytes that a request adds to the file, as a collector sends it: trace by trace.
  public mutating func bytes(
    of request: MessageBytes, _ kind: RequestKind = .spans
  ) -> [UInt8] {
    tally.add(request, kind)
    let request = RequestRegrouping.regrouped(request, kind)
    switch (format, kind) {
    case (.protobuf, .spans): return request.bytes
    case (.protobuf, .logs): return request.wrapped(field: Self.logsField)
    case (.json, _):
      json.removeAll()
      unsafe request.withUnsafeBytes { bytes in
        unsafe json.add(line: WireBytes(bytes), as: kind == .spans ? .request : .logsRequest)
      }
      return json.bytes
    }
  }
}
