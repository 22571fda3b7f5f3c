/// A response, whole.
struct HTTPAnswer: Equatable {
  var status: Int
  var contentType: String
  var body: [UInt8]
  /// `Allow`, for 405.
  var allow: String?
  /// `Accept-Encoding`, for a compression that is not supported.
  var acceptEncoding: String?

  static let protobuf = "application/x-protobuf"

  /// An answer in protobuf.
  static func message(_ body: [UInt8], status: Int = 200) -> HTTPAnswer {
    HTTPAnswer(status: status, contentType: protobuf, body: body)
  }

  /// An error: the body is a `google.rpc.Status`, as OTLP asks.
  static func error(_ status: Int, _ code: GRPCStatus.Code, _ message: String) -> HTTPAnswer {
    .message(ExportResponse.status(GRPCStatus(code, message)), status: status)
  }

  static func text(_ text: String) -> HTTPAnswer {
    HTTPAnswer(status: 200, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
  }
}
