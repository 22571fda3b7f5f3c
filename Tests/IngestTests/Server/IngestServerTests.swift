import Glibc
import Testing

@testable import Ingest

@Suite("IngestServer")
struct IngestServerTests {
  static let free = CollectorAddress.tcp(host: "127.0.0.1", port: 0)

  static func collector() -> Collector { Collector(receiver: { RecordingReceiver(Log()) }) }

  static func server(
    grpc: CollectorAddress = .off, http: CollectorAddress = .off, socketPath: String? = nil
  ) -> IngestServer {
    IngestServer(
      service: collector(),
      configuration: IngestConfiguration(grpc: grpc, http: http, socketPath: socketPath))
  }

  @Test("Endpoints are announced with the ports they got, in order")
  func endpoints() throws {
    let folder = TemporaryFolder()
    let server = Self.server(grpc: Self.free, http: Self.free, socketPath: folder.path + "/c.sock")
    let endpoints = try server.start()
    defer { server.stop() }
    #expect(endpoints.map(\.kind) == [.grpc, .http, .unix])
    #expect(endpoints[2].description == "unix \(folder.path)/c.sock")
    guard case .tcp("127.0.0.1", let port) = endpoints[0].address else {
      Issue.record("not where it was asked for: \(endpoints[0])")
      return
    }
    #expect(port > 0)
  }

  @Test("A taken port is one clear line, and nothing else stays bound")
  func takenPort() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/c.sock"
    let first = Self.server(http: Self.free)
    let taken = try #require(try first.start().first).address
    defer { first.stop() }
    let second = Self.server(grpc: Self.free, http: taken, socketPath: path)
    let message =
      "cannot listen on \(taken): the port is in use; is another collector running? "
      + "try --http 127.0.0.1:0 or --http off"
    #expect(throws: IngestError(.inUse, message)) { try second.start() }
    #expect(!Self.exists(path))
  }

  @Test("Addresses that others can reach are refused")
  func remote() {
    let server = Self.server(grpc: .tcp(host: "0.0.0.0", port: 0))
    let message =
      "--grpc 0.0.0.0:0 is not loopback; others could read and send spans: use 127.0.0.1, add "
      + "--tls-cert and --tls-key with --tls-client-ca or --token-file, or allow it with "
      + "--insecure-remote"
    #expect(throws: IngestError(.invalid, message)) { try server.start() }
  }

  @Test("IPv6 and localhost can be listened on")
  func otherLoopbacks() throws {
    let local = Self.server(http: .tcp(host: "localhost", port: 0))
    #expect(try local.start().first?.description.hasPrefix("http 127.0.0.1:") == true)
    local.stop()
    let six = Self.server(http: .tcp(host: "::1", port: 0))
    do {
      #expect(try six.start().first?.description.hasPrefix("http [::1]:") == true)
      six.stop()
    } catch {
      // A machine without IPv6 says so in one line.
      #expect(error.message.hasPrefix("cannot listen on [::1]:0: "))
    }
  }

  @Test("A socket whose channel failed keeps its port and is served again")
  func failure() throws {
    let collector = try TestCollector()
    for round in 1...3 {
      for listener in collector.server.listeners {
        // The one that nobody connected to may still be out of service since the last round.
        let isBroken = collector.lines.eventually { listener.breakDown() }
        #expect(isBroken)
      }
      // Until then a connection may be the old channel's, and go with it.
      let failures = collector.collector.statistics
      let isOver = collector.lines.eventually { failures.counts.acceptsFailed == 2 * UInt64(round) }
      #expect(isOver)
      // Connecting waits for as long as nobody serves the socket.
      let client = try CollectorClient(collector.address(.grpc))
      try client.exportTraces(MessageBytes(Array("\(round)".utf8)))
      client.close()
    }
    #expect(collector.bodies.all.count == 3)
  }

  /// Whether there is a file of any kind.
  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  // MARK: - The Unix socket

  @Test("The socket is this user's alone, and goes with the server")
  func socketFile() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/c.sock"
    let server = Self.server(socketPath: path)
    _ = try server.start()
    var status = stat()
    let result = unsafe lstat(path, &status)
    #expect(result == 0)
    #expect(status.st_mode == S_IFSOCK | 0o600)
    #expect(CollectorClient.isRunning(at: .unix(path: path)))
    server.stop()
    #expect(!Self.exists(path))
    #expect(!CollectorClient.isRunning(at: .unix(path: path)))
  }

  @Test("A dead process's socket is replaced")
  func deadSocket() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/c.sock"
    // The lock of a dead process is gone; its file is not.
    let left = try SocketFile.listen(at: path)
    close(left.descriptor)
    left.lock?.release()
    let pid = unsafe open(folder.path + "/c.pid", O_CREAT | O_WRONLY, 0o600)
    _ = unsafe write(pid, "999999\n", 7)
    close(pid)
    #expect(Self.exists(path))
    let server = Self.server(socketPath: path)
    #expect(try server.start().count == 1)
    server.stop()
  }

  @Test("A living process's socket is left alone")
  func livingSocket() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/c.sock"
    let first = Self.server(socketPath: path)
    _ = try first.start()
    defer { first.stop() }
    let message =
      "another collector runs on \(path) (process \(getpid())); look at it with `tracetop attach`, "
      + "end it with `tracetop stop`, or choose another --socket"
    #expect(throws: IngestError(.inUse, message)) {
      try Self.server(socketPath: path).start()
    }
    #expect(CollectorClient.isRunning(at: .unix(path: path)))
  }

  @Test("A server that stops does not remove another's socket")
  func successor() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/c.sock"
    let first = Self.server(socketPath: path)
    _ = try first.start()
    unsafe unlink(path)
    // One of a version that knew no lock.
    unsafe unlink(folder.path + "/c.pid")
    let second = Self.server(socketPath: path)
    _ = try second.start()
    first.stop()
    #expect(CollectorClient.isRunning(at: .unix(path: path)))
    #expect(CollectorLock.isHeld(beside: path) == true)
    second.stop()
  }

  @Test("Where the socket's file is gone, the lock tells that a collector runs")
  func socketWithoutFile() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/c.sock"
    let first = Self.server(socketPath: path)
    _ = try first.start()
    unsafe unlink(path)
    #expect(throws: CollectorLock.inUse(path, "\(getpid())")) {
      try Self.server(socketPath: path).start()
    }
    first.stop()
    #expect(CollectorLock.isHeld(beside: path) == nil)
    #expect(!Self.exists(folder.path + "/c.pid"))
  }

  @Test("Anything else in the way is never deleted")
  func fileInTheWay() throws {
    let folder = TemporaryFolder()
    let path = folder.path + "/notes"
    close(unsafe open(path, O_CREAT | O_WRONLY, 0o600))
    let message = "\(path) is in the way and is not a socket; choose another --socket"
    #expect(throws: IngestError(.invalid, message)) {
      try Self.server(socketPath: path).start()
    }
    #expect(Self.exists(path))
  }

  @Test("A folder that is not there, and a path that is too long")
  func badPaths() {
    let missing = "/tmp/tracetop-test-nowhere"
    #expect(
      throws: IngestError(
        .invalid, "the folder \(missing) does not exist; make it or choose another --socket")
    ) { try Self.server(socketPath: missing + "/c.sock").start() }
    let long = "/tmp/" + String(repeating: "x", count: 103)
    #expect(
      throws: IngestError(
        .invalid,
        "the socket's path is 108 bytes long and may have 107: \(long); choose a shorter --socket")
    ) { try Self.server(socketPath: long).start() }
  }

  @Test("Stopping twice is stopping once, and a stopped port is free again")
  func stop() throws {
    let first = Self.server(grpc: Self.free)
    let address = try #require(try first.start().first).address
    let client = try CollectorClient(address)
    defer { client.close() }
    first.stop()
    first.stop()
    let second = Self.server(grpc: address)
    #expect(try second.start().first?.address == address)
    second.stop()
  }
}
