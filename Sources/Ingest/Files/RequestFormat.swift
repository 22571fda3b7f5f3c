import Store

/// The forms in which requests are written to files.
public enum RequestFormat: String, CaseIterable, Sendable {
  /// A request a line, as the Collector's file exporter writes them.
  case json = "otlp-json"
  /// Requests one behind the other, which is one request with all of them in it.
  case protobuf = "otlp-proto"
}

/// Turns requests into the bytes of a file, one after the other.
public struct RequestFileWriter {
  public let format: RequestFormat
  public private(set) var tally = RequestTally()
  private var json = RequestJSONWriter()

  public init(_ format: RequestFormat) { self.format = format }

  /// The bytes that a request adds to the file.
  public mutating func bytes(of request: MessageBytes) -> [UInt8] {
    tally.add(request)
    guard format == .json else { return request.bytes }
    json.removeAll()
    unsafe request.withUnsafeBytes { bytes in unsafe json.add(line: WireBytes(bytes)) }
    return json.bytes
  }
}
