/// What the head of an HTTP/1.1 request says, as far as it matters here.
struct HTTPRequestHead: Equatable {
  var method = "POST"
  /// The path without its query.
  var path = "/v1/traces"
  var contentType: String?
  var contentEncoding: String?
  /// What the caller shows to be let in.
  var authorization: String?
  /// The page that a browser sends for.
  var origin: String?
  /// `Access-Control-Request-Method` and `-Headers`: what a browser asks leave for.
  var requestedMethod: String?
  var requestedHeaders: String?
  /// The announced length of the body; nil where it is chunked or absent.
  var contentLength: Int?
  /// `Expect: 100-continue`: the peer waits before it sends the body.
  var expectsContinue = false
  var isKeepAlive = true
}
