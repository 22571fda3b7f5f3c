/// Where to listen, and for whom.
public struct IngestConfiguration: Equatable, Sendable {
  /// OTLP/gRPC over TCP, and tracetop's own calls.
  public var grpc: CollectorAddress
  /// OTLP/HTTP.
  public var http: CollectorAddress
  /// The path of the Unix socket that speaks what `grpc` speaks; nil for none.
  public var socketPath: String?
  /// Whether TCP addresses that others can reach are allowed.
  public var allowsRemote: Bool
  public var limits: ReceivingLimits

  public init(
    grpc: CollectorAddress = .tcp(host: "127.0.0.1", port: 4317),
    http: CollectorAddress = .tcp(host: "127.0.0.1", port: 4318),
    socketPath: String? = CollectorAddress.defaultSocketPath, allowsRemote: Bool = false,
    limits: ReceivingLimits = ReceivingLimits()
  ) {
    self.grpc = grpc
    self.http = http
    self.socketPath = socketPath
    self.allowsRemote = allowsRemote
    self.limits = limits
  }
}
