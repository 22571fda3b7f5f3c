import Ingest

/// `trace listen`, `trace stop` and `trace down`: planoai's words for a collector in the background.
enum TraceListener {
  enum Action: String {
    case listen, stop, down
  }

  static func perform(_ action: Action, from: SourceOptions) throws(Failure) {
    switch action {
    case .listen: try listen()
    case .stop, .down: try stop(from)
    }
  }

  /// Starts a collector where planoai's listener would take spans, but on this machine's own address.
  private static func listen() throws(Failure) {
    let socket = CollectorAddress.defaultSocketPath
    if let address = CollectorAccess.running(at: socket) {
      return StandardOutput.write("Trace listener already running at \(address)\n")
    }
    let port = Environment.planoPort ?? "4317"
    try Detached.run(
      ["tracetop", "collect", "--detach", "--grpc", "127.0.0.1:\(port)", "--http", "off"])
    StandardOutput.write("Trace listener started\n")
  }

  private static func stop(_ source: SourceOptions) throws(Failure) {
    let collector: CollectorAccess
    do {
      collector = try CollectorAccess.find(source)
    } catch {
      guard source.from == nil, error.isOfNoCollector else { throw error }
      return StandardOutput.write("No background trace listener running\n")
    }
    try collector.stop()
    StandardOutput.write("Trace listener stopped\n")
  }
}
