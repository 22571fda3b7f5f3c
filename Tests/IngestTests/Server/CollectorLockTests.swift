import Glibc
import Testing

@testable import Ingest

@Suite("CollectorLock")
struct CollectorLockTests {
  @Test("The lock's file has its socket's name")
  func names() {
    #expect(CollectorLock.path(beside: "/run/x/collector.sock") == "/run/x/collector.pid")
    #expect(CollectorLock.path(beside: "/tmp/own") == "/tmp/own.pid")
    #expect(CollectorLock.path(beside: "/tmp/.sock") == "/tmp/.pid")
  }

  @Test("A lock is held by one, told to others, and gone when it is released")
  func held() throws {
    let folder = TemporaryFolder()
    let socket = folder.path + "/c.sock"
    #expect(CollectorLock.isHeld(beside: socket) == nil)
    let lock = try #require(try CollectorLock.take(beside: socket))
    #expect(CollectorLock.isHeld(beside: socket) == true)
    #expect(throws: CollectorLock.inUse(socket, "\(getpid())")) {
      try CollectorLock.take(beside: socket)
    }
    #expect(SocketFolderTests.mode(folder.path + "/c.pid") == 0o600)
    lock.release()
    #expect(CollectorLock.isHeld(beside: socket) == nil)
    try #require(try CollectorLock.take(beside: socket)).release()
  }

  @Test("A file that somebody left means nothing, whatever is in it")
  func stale() throws {
    let folder = TemporaryFolder()
    let socket = folder.path + "/c.sock"
    let file = unsafe open(folder.path + "/c.pid", O_CREAT | O_WRONLY, 0o666)
    _ = unsafe write(file, "1\nmore than a number\n", 21)
    close(file)
    #expect(CollectorLock.isHeld(beside: socket) == false)
    let lock = try #require(try CollectorLock.take(beside: socket))
    defer { lock.release() }
    #expect(throws: CollectorLock.inUse(socket, "\(getpid())")) {
      try CollectorLock.take(beside: socket)
    }
  }

  @Test("Where no file can be made there is no lock, and no error")
  func noPlace() throws {
    #expect(try CollectorLock.take(beside: "/proc/nowhere/c.sock") == nil)
    let folder = TemporaryFolder()
    // A link in its place is not followed.
    _ = unsafe symlink("/tmp/tracetop-test-elsewhere", folder.path + "/c.pid")
    #expect(try CollectorLock.take(beside: folder.path + "/c.sock") == nil)
    let isThere = unsafe access("/tmp/tracetop-test-elsewhere", F_OK) == 0
    #expect(!isThere)
  }
}
