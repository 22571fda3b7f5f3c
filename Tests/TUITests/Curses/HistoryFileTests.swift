import Foundation
import Testing

@testable import TUI

@Suite("History of filters")
struct HistoryFileTests {
  /// A folder of this test's own.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tracetop-history-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  @Test("What is added is there the next time, in folders made for the user alone")
  func roundTrip() throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("state/tracetop/history").path
      let history = HistoryFile(path: path)
      #expect(history.load() == [])
      history.append("tenant=acme")
      history.append("")
      history.append("two\nlines")
      history.append("dur>2s")
      history.append("tenant=acme")
      #expect(history.load() == ["two lines", "dur>2s", "tenant=acme"])
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let above = try FileManager.default.attributesOfItem(
        atPath: folder.appendingPathComponent("state").path)
      #expect(above[.posixPermissions] as? Int == 0o700)
    }
  }

  @Test("The newest 500 lines are kept, and a long file is made short")
  func limit() throws {
    try withFolder { folder in
      let path = folder.appendingPathComponent("history").path
      let history = HistoryFile(path: path)
      for number in 1...1_001 { history.append("filter \(number)") }
      let expected = (502...1_001).map { "filter \($0)" }
      #expect(history.load() == expected)
      let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      #expect(lines.count == 500)
      #expect(history.load() == expected)
    }
  }

  @Test("Where nothing can be written nothing is kept, and nothing fails")
  func nowhere() {
    HistoryFile(path: nil).append("x")
    #expect(HistoryFile(path: nil).load() == [])
    let history = HistoryFile(path: "/dev/null/tracetop/history")
    history.append("x")
    #expect(history.load() == [])
  }
}
