import Glibc
import Store
import Synchronization
import Testing

@testable import tracetop

@Suite("ProgramLog")
struct ProgramLogTests {
  /// A folder for one test, removed with its logs.
  final class Folder {
    let path: String

    init() {
      var template = Array("/tmp/tracetop-log-XXXXXX".utf8CString)
      path = unsafe String(cString: mkdtemp(&template))
    }

    deinit {
      for name in ["tracetop.log", "moved"] + (1...5).map({ "tracetop.log.\($0)" }) {
        unsafe unlink("\(path)/\(name)")
      }
      unsafe rmdir(path)
    }

    func lines(_ name: String = "tracetop.log") -> [String] {
      let bytes = (try? TextFile.read("\(path)/\(name)")) ?? []
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func isThere(_ name: String) -> Bool { unsafe access("\(path)/\(name)", F_OK) == 0 }

    func mode(_ name: String) -> mode_t {
      var status = stat()
      _ = unsafe lstat("\(path)/\(name)", &status)
      return status.st_mode & 0o777
    }
  }

  @Test("A log that is long is set aside; three are kept, the oldest goes")
  func rotation() throws {
    let folder = Folder()
    let log = try #require(ProgramLog(in: folder.path, longest: 1_000))
    let text = String(repeating: "x", count: 100)
    for number in 0..<200 { log.write("\(number) \(text)") }
    #expect(!folder.isThere("tracetop.log.4"))
    let kept = ["tracetop.log.3", "tracetop.log.2", "tracetop.log.1", "tracetop.log"]
    let numbers = kept.flatMap { folder.lines($0) }.compactMap { line in
      line.split(separator: " ").dropLast().last.flatMap { Int($0) }
    }
    // No line is lost between two files, and the last is there.
    let first = try #require(numbers.first)
    #expect(numbers == Array(first...199))
    for name in kept {
      #expect(folder.mode(name) == 0o600)
      #expect(folder.lines(name).joined().utf8.count < 1_400)
    }
  }

  @Test("A log that was moved away is left alone, and a new one begun")
  func moved() throws {
    let folder = Folder()
    let log = try #require(ProgramLog(in: folder.path))
    log.write("first")
    _ = unsafe rename("\(folder.path)/tracetop.log", "\(folder.path)/moved")
    log.write("second")
    #expect(folder.lines("moved").map { $0.hasSuffix("first") } == [true])
    #expect(folder.lines().map { $0.hasSuffix("second") } == [true])
    log.reopen()
    log.write("third")
    #expect(folder.lines().map { $0.hasSuffix("third") } == [false, true])
  }

  @Test("Of several who write to one log none loses a line when one sets it aside")
  func several() throws {
    let folder = Folder()
    let logs = (0..<4).compactMap { _ in ProgramLog(in: folder.path, longest: 2_000) }
    #expect(logs.count == 4)
    let threads = logs.enumerated().map { index, log in
      BackgroundThread { for number in 0..<25 { log.write("\(index).\(number)") } }
    }
    for thread in threads { thread?.join() }
    let names = ["tracetop.log.3", "tracetop.log.2", "tracetop.log.1", "tracetop.log"]
    let lines = names.flatMap { folder.lines($0) }
    #expect(lines.count == 100)
    #expect(Set(lines.compactMap { $0.split(separator: " ").last }).count == 100)
  }

  @Test("Control characters in a message stay on its line")
  func control() throws {
    let folder = Folder()
    let log = try #require(ProgramLog(in: folder.path))
    log.write("a\nb\u{1B}[31m")
    #expect(folder.lines().count == 1)
    #expect(folder.lines().first?.contains("\u{1B}") == false)
  }
}
