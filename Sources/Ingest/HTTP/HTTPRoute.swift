/// What is answered over HTTP, by path.
enum HTTPRoute: Equatable {
  case export(Signal)
  case health
  /// The collector's own figures, for Prometheus.
  case metrics
  /// A browser's question before it sends (Fetch standard, "CORS-preflight request").
  case preflight(requestedHeaders: String?)

  init?(path: String) {
    switch path {
    case "/v1/traces": self = .export(.traces)
    case "/v1/logs": self = .export(.logs)
    case "/v1/metrics": self = .export(.metrics)
    case "/healthz": self = .health
    case "/metrics": self = .metrics
    default: return nil
    }
  }

  /// The methods of the route, as `Allow` lists them.
  var allow: String {
    switch self {
    case .export: "POST"
    case .health, .metrics, .preflight: "GET, HEAD"
    }
  }

  func allows(_ method: String) -> Bool {
    switch self {
    case .export: method == "POST"
    case .health, .metrics: method == "GET" || method == "HEAD"
    case .preflight: method == "OPTIONS"
    }
  }
}
