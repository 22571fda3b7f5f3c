/// What the headers of a call say, as far as it matters here.
struct GRPCRequestHead: Equatable {
  var method = "POST"
  var path = ""
  var contentType: String?
  /// `grpc-encoding`: how messages with the compressed flag are compressed.
  var encoding: String?
  var te: String?
  /// What the caller shows to be let in.
  var authorization: String?
}
