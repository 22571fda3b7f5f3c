/// A response, whole.
struct HTTPAnswer: Equatable {
  var status: Int
  /// Nil for an answer that has no body by its nature.
  var contentType: String?
  var body: [UInt8]
  /// `Allow`, for 405.
  var allow: String?
  /// `Accept-Encoding`, for a compression that is not supported.
  var acceptEncoding: String?
  /// `Retry-After`, for an answer that asks to try again.
  var retryAfterSeconds: Int?
  /// What is counted and logged, for an error.
  var refusal = Refusal(.malformed, "")
  /// `Access-Control-Allow-Headers`, for a preflight.
  var allowedHeaders: String?

  init(status: Int, contentType: String?, body: [UInt8] = []) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }

  /// The answer to an export that was taken, in its encoding.
  static func message(_ body: [UInt8], as format: HTTPFormat = .protobuf) -> HTTPAnswer {
    HTTPAnswer(status: 200, contentType: format.rawValue, body: body)
  }

  /// An error: the body is a `google.rpc.Status` in the encoding of the request, as OTLP asks.
  static func error(
    _ code: Int, _ status: GRPCStatus, as format: HTTPFormat = .protobuf
  ) -> HTTPAnswer {
    let body = format == .json ? ExportResponse.json(status) : ExportResponse.status(status)
    var answer = HTTPAnswer(status: code, contentType: format.rawValue, body: body)
    // Rounded up: `Retry-After` has whole seconds.
    answer.refusal = Refusal(status)
    if code == 415 { answer.refusal.kind = .unsupported }
    answer.retryAfterSeconds = status.retryDelayMilliseconds.map { max(1, ($0 + 999) / 1_000) }
    return answer
  }

  static func error(
    _ code: Int, _ grpcCode: GRPCStatus.Code, _ message: String, as format: HTTPFormat = .protobuf
  ) -> HTTPAnswer {
    error(code, GRPCStatus(grpcCode, message), as: format)
  }

  /// How a call that ended badly over gRPC ends over HTTP.
  static func error(_ status: GRPCStatus, as format: HTTPFormat) -> HTTPAnswer {
    let code =
      switch status.code {
      case .unavailable: 503
      // Without a delay, trying again does not help: the request itself is too large.
      case .resourceExhausted: status.retryDelayMilliseconds == nil ? 413 : 429
      case .deadlineExceeded: 408
      case .unauthenticated: 401
      default: 400
      }
    return error(code, status, as: format)
  }

  static func text(_ text: [UInt8], _ type: String = "text/plain; charset=utf-8") -> HTTPAnswer {
    HTTPAnswer(status: 200, contentType: type, body: text)
  }

  /// Yes to a browser that asks whether a page of this machine may send.
  static func preflight(_ requestedHeaders: String?) -> HTTPAnswer {
    var answer = HTTPAnswer(status: 204, contentType: nil)
    answer.allowedHeaders = requestedHeaders ?? "content-type, content-encoding"
    return answer
  }
}
