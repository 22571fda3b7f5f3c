import Foundation
import Testing

/// Tables of the fixtures, to be read by people and compared whole.
enum StoryTable {
  /// Compares a table with the one of that name in the fixtures, or records it where that is asked for.
  static func expect(_ table: String, toBe name: String) throws {
    let file = CapturedTraffic.fixtures.appending(path: "stories/\(name).txt")
    if ProcessInfo.processInfo.environment["TRACETOP_RECORD_STORIES"] == "1" {
      try table.write(to: file, atomically: true, encoding: .utf8)
    }
    let known = try String(contentsOf: file, encoding: .utf8)
    for (line, (row, was)) in zip(table.split(separator: "\n"), known.split(separator: "\n"))
      .enumerated() where row != was
    {
      Issue.record("\(name).txt, line \(line + 1) is now: \(row)\n  and was: \(was)")
      return
    }
    #expect(table == known)
  }
}
