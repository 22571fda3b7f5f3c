import Foundation
import Store
import Testing

@Suite("Docs/Query.md")
struct QueryDocumentTests {
  /// The lines of all fenced blocks of a kind, with their line numbers.
  private func lines(of kind: String) throws -> [(number: Int, text: String)] {
    // The sources may be reached through a symbolic link, the page lies beside what it points to.
    let here = URL(filePath: #filePath).resolvingSymlinksInPath()
    let root = (0..<4).reduce(here) { url, _ in url.deletingLastPathComponent() }
    let page = try String(contentsOf: root.appending(path: "Docs/Query.md"), encoding: .utf8)
    var found: [(number: Int, text: String)] = []
    var open: String?
    for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line.hasPrefix("```") {
        open = open == nil ? String(line.dropFirst(3)) : nil
      } else if open == kind {
        found.append((index + 1, String(line)))
      }
    }
    return found
  }

  /// A line without its explanation.
  private func example(_ line: String) -> String {
    line.range(of: "  ").map { String(line[..<$0.lowerBound]) } ?? line
  }

  @Test(
    "Every example is read, and its printed form as the same filter", arguments: ["", "-reserved"])
  func examples(suffix: String) throws {
    let forms: FilterForms = suffix.isEmpty ? [] : .all
    let lines = try lines(of: "filter\(suffix)")
    #expect(lines.count > 10)
    for line in lines {
      let text = example(line.text)
      do throws(FilterError) {
        let filter = try FilterParser.parse(text, accepting: forms)
        #expect(filter != nil, "line \(line.number): \(text)")
        #expect(try FilterParser.parse(filter?.description ?? "", accepting: forms) == filter)
      } catch {
        Issue.record("line \(line.number): \(text): \(error)")
      }
    }
  }

  @Test("Every error is the one the page says")
  func errors() throws {
    let lines = try lines(of: "error")
    #expect(lines.count > 10)
    for (text, message) in zip(lines, lines.dropFirst()) where !text.text.hasPrefix("  ") {
      let error = #expect(throws: FilterError.self, "line \(text.number)") {
        try FilterParser.parse(text.text, accepting: [])
      }
      #expect(error?.description == String(message.text.dropFirst(2)), "line \(message.number)")
    }
  }
}
