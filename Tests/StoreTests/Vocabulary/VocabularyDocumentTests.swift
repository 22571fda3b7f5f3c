import Foundation
import Store
import Testing

@Suite("Docs/Vocabulary.md")
struct VocabularyDocumentTests {
  @Test("The page is what the table says")
  func isCurrent() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Docs/Vocabulary.md")
    let made = VocabularyDocument().markdown()
    if ProcessInfo.processInfo.environment["TRACETOP_RECORD_DOCS"] == "1" {
      try made.write(to: page, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: page, encoding: .utf8) == made)
  }

  @Test("Every kind of evidence, role and dimension is on the page")
  func isWhole() {
    let page = VocabularyDocument().markdown()
    let words =
      Evidence.words.map(\.name) + Role.allCases.map(\.name) + Dimension.allCases.map(\.name)
      + Verdict.allCases.map(\.name)
    for word in words { #expect(page.contains("`\(word)`"), "\(word)") }
    for word in Evidence.words {
      let start = "| `\(word.name)` | \(word.text)"
      let row = page.split(separator: "\n").first { $0.hasPrefix(start) }
      #expect(row?.hasSuffix("|  |") == false, "\(word.name) comes from nowhere")
    }
  }
}
