/// In which of OTLP's two encodings a request is written, and so its answer.
enum HTTPFormat: String, Equatable {
  case protobuf = "application/x-protobuf"
  case json = "application/json"

  /// Reads `Content-Type`; nil for anything that is not OTLP. Parameters do not matter.
  init?(contentType: String?) {
    let type = contentType.map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }
    switch type {
    case HTTPFormat.protobuf.rawValue, "application/protobuf": self = .protobuf
    case HTTPFormat.json.rawValue: self = .json
    default: return nil
    }
  }
}
