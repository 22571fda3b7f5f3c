/// What is answered over HTTP, by path.
enum HTTPRoute: Equatable {
  case export(Signal)
  case health

  init?(path: String) {
    switch path {
    case "/v1/traces": self = .export(.traces)
    case "/v1/logs": self = .export(.logs)
    case "/v1/metrics": self = .export(.metrics)
    case "/healthz": self = .health
    default: return nil
    }
  }

  /// The methods of the route, as `Allow` lists them.
  var allow: String {
    switch self {
    case .export: "POST"
    case .health: "GET, HEAD"
    }
  }

  func allows(_ method: String) -> Bool {
    switch self {
    case .export: method == "POST"
    case .health: method == "GET" || method == "HEAD"
    }
  }
}
