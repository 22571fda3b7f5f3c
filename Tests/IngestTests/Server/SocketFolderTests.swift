import Glibc
import Testing

@testable import Ingest

@Suite("SocketFolder")
struct SocketFolderTests {
  static func mode(_ path: String) -> mode_t {
    var status = stat()
    _ = unsafe lstat(path, &status)
    return status.st_mode & 0o7777
  }

  @Test("tracetop's own folder is made, for this user alone")
  func make() throws {
    let outer = TemporaryFolder()
    let path = outer.path + "/own"
    defer { unsafe rmdir(path) }
    let folder = SocketFolder(path: path, isOwn: true)
    try folder.prepare()
    #expect(Self.mode(path) == 0o700)
    // What is there already is taken, and closed to others if it was open.
    _ = unsafe chmod(path, 0o755)
    try folder.prepare()
    #expect(Self.mode(path) == 0o700)
  }

  @Test(
    "A folder of another user is refused", .enabled(if: getuid() == 0, "needs root to make one"))
  func anotherUser() throws {
    let outer = TemporaryFolder()
    let path = outer.path + "/own"
    defer { unsafe rmdir(path) }
    _ = unsafe mkdir(path, 0o700)
    _ = unsafe chown(path, 1, 1)
    #expect(
      throws: IngestError(
        .invalid,
        "the folder \(path) belongs to another user, who could listen in; "
          + "choose a --socket elsewhere")
    ) { try SocketFolder(path: path, isOwn: true).prepare() }
  }

  @Test("A link in place of tracetop's own folder is refused")
  func link() throws {
    let outer = TemporaryFolder()
    let path = outer.path + "/own"
    _ = unsafe symlink("/tmp", path)
    #expect(throws: IngestError(.invalid, "\(path) is not a folder; choose another --socket")) {
      try SocketFolder(path: path, isOwn: true).prepare()
    }
    // Where the user named the socket, a link to a folder is the user's business.
    try SocketFolder(path: path, isOwn: false).prepare()
  }

  @Test("A missing parent is said")
  func missingParent() {
    let path = "/tmp/tracetop-test-nowhere/own"
    #expect(
      throws: IngestError(
        .invalid,
        "cannot make the folder \(path): /tmp/tracetop-test-nowhere does not exist; "
          + "choose a --socket elsewhere")
    ) { try SocketFolder(path: path, isOwn: true).prepare() }
  }
}
