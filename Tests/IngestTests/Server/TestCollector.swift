import Glibc
import Store
import Synchronization
import Testing

@testable import Ingest

/// A collector with all its sockets on free ports, which keeps the bodies it was sent.
final class TestCollector: Sendable {
  /// Bodies in the order of their arrival; guarded because both event loops add to it.
  let bodies = Log<[UInt8]>()
  let stops = Log<Void>()
  /// The lines of the program's log.
  let lines = Log<String>()
  let collector: Collector
  let server: IngestServer
  let endpoints: [Endpoint]

  init(
    socketPath: String? = nil, limits: ReceivingLimits = ReceivingLimits(),
    security: ListenerSecurity = .none,
    viewerQueueBytes: Int = IngestLimits.viewerQueueBytes, journal: (any RequestJournal)? = nil,
    held: @escaping HeldProvider = { (_) throws(GRPCStatus) in NothingHeld() },
    pins: @escaping @Sendable (PinRequest) -> Bool = { _ in false },
    planoTraces: @escaping @Sendable () -> [UInt8] = { [] }
  ) throws {
    let (bodies, stops, lines) = (bodies, stops, lines)
    collector = Collector(
      info: WatchFrame.ServerInfo(version: "test"), journal: journal,
      receiver: { RecordingReceiver(bodies) },
      held: held, pins: pins, planoTraces: planoTraces,
      status: { Array("{\"requests\":\($0.requests)}".utf8) },
      metrics: { Array("requests \($0.requests)\n".utf8) }, log: { lines.append($0) },
      onStop: { stops.append(()) }, viewerQueueBytes: viewerQueueBytes)
    let free = CollectorAddress.tcp(host: "127.0.0.1", port: 0)
    server = IngestServer(
      service: collector,
      configuration: IngestConfiguration(
        grpc: free, http: free, socketPath: socketPath, limits: limits), security: security)
    endpoints = try server.start()
    collector.setEndpoints(endpoints)
  }

  deinit { server.stop() }

  func address(_ kind: Endpoint.Kind) throws -> CollectorAddress {
    try #require(endpoints.first { $0.kind == kind }).address
  }

  func port(_ kind: Endpoint.Kind) throws -> Int {
    guard case .tcp(_, let port) = try address(kind) else { return 0 }
    return port
  }
}

/// Takes everything but "bad" and "partial" and "busy".
final class RecordingReceiver: TraceReceiver {
  private let bodies: Log<[UInt8]>

  init(_ bodies: Log<[UInt8]>) { self.bodies = bodies }

  func receive(json body: UnsafeRawBufferPointer) -> ExportOutcome { unsafe receive(body) }

  func receive(_ body: UnsafeRawBufferPointer) -> ExportOutcome {
    let bytes = unsafe Array(body)
    switch String(decoding: bytes.prefix(16), as: UTF8.self) {
    case "bad": return .malformed("byte 0: bad")
    case "busy": return .overloaded("busy")
    case "partial": return .partial(accepted: 2, rejected: 3, reason: "three are bad")
    default:
      bodies.append(bytes)
      return .accepted(count: 1)
    }
  }
}

/// Things that happened on other threads.
final class Log<Element: Sendable>: Sendable {
  /// Guards the elements; any thread appends and reads.
  private let elements = Mutex<[Element]>([])

  func append(_ element: Element) { elements.withLock { $0.append(element) } }
  var all: [Element] { elements.withLock { $0 } }

  /// Waits until the condition holds for what was logged; records an issue after ten seconds.
  @discardableResult
  func wait(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
    until condition: ([Element]) -> Bool
  ) -> [Element] {
    for _ in 0..<10_000 {
      let all = all
      if condition(all) { return all }
      usleep(1_000)
    }
    Issue.record("never: \(what)", sourceLocation: sourceLocation)
    return all
  }
}

extension Log {
  /// Waits until something holds that is no log line; false after ten seconds.
  func eventually(_ condition: () -> Bool) -> Bool {
    for _ in 0..<10_000 {
      if condition() { return true }
      usleep(1_000)
    }
    return false
  }
}

/// A folder that is removed with everything in it.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/tracetop-test-XXXXXX".utf8CString)
    path = unsafe String(cString: mkdtemp(&template))
  }

  deinit {
    // Tests make files in it, never folders.
    if let folder = unsafe opendir(path) {
      while let entry = unsafe readdir(folder) {
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
          unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
            unsafe String(cString: name)
          }
        }
        unsafe unlink("\(path)/\(name)")
      }
      unsafe closedir(folder)
    }
    unsafe rmdir(path)
  }
}
