/// The calls that are answered, by their path.
enum GRPCMethod: String, CaseIterable, Equatable {
  case exportTraces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
  case exportLogs = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
  case exportMetrics = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"
  case healthCheck = "/grpc.health.v1.Health/Check"
  case healthWatch = "/grpc.health.v1.Health/Watch"
  case watch = "/tracetop.v1.Collector/Watch"
  case status = "/tracetop.v1.Collector/Status"
  case groups = "/tracetop.v1.Collector/Groups"
  case pin = "/tracetop.v1.Collector/Pin"
  case stop = "/tracetop.v1.Collector/Stop"
  /// What `planoai trace` asks; see ``PlanoTraces``.
  case planoTraces = "/plano.TraceQuery/GetTraces"

  /// The path of almost every call is compared first.
  init?(path: String) {
    if path == GRPCMethod.exportTraces.rawValue {
      self = .exportTraces
    } else if let method = GRPCMethod(rawValue: path) {
      self = method
    } else {
      return nil
    }
  }

  /// The service's full name, such as `grpc.health.v1.Health`.
  var service: String { Self.service(ofPath: rawValue) }

  /// Whether the health service knows a service of this name; the empty name is the whole server.
  static func isServing(_ service: String) -> Bool {
    service.isEmpty || allCases.contains { $0.service == service }
  }

  /// What a caller of a path that is not here is told.
  static func unimplemented(_ path: String) -> GRPCStatus {
    let service = service(ofPath: path)
    return allCases.contains { $0.service == service }
      ? GRPCStatus(.unimplemented, "unknown method \(path)")
      : GRPCStatus(.unimplemented, "unknown service \(service)")
  }

  private static func service(ofPath path: String) -> String {
    path.split(separator: "/", omittingEmptySubsequences: true).first.map(String.init) ?? path
  }
}
