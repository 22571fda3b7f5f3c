import Store
import Support
import Testing

@testable import TUI

@Suite("Facts on a line")
struct FactLineTests {
  private func text(_ line: StyledLine) -> String { line.map(\.text).joined() }

  private func line(_ facts: [FactLine.Fact], _ width: Int) -> String {
    text(FactLine(facts, .unicode).line(width: width))
  }

  @Test("What does not fit is shortened, then left out, the least important first")
  func order() {
    let facts = [
      FactLine.Fact([([("auto → gpt-4o", .text)], 5), ([("gpt-4o", .text)], 9)]),
      FactLine.Fact([("412 tok", .number)], 7), FactLine.Fact([("$0.031", .number)], 3),
    ]
    var seen: [String] = []
    for width in 4...40 {
      let text = line(facts, width)
      if seen.last != text { seen.append(text) }
    }
    let expected = [
      "gpt…", "gpt-…", "gpt-4o", "gpt-4o …", "auto → gpt-4o …", "gpt-4o   412 tok …",
      "auto → gpt-4o   412 tok …", "auto → gpt-4o   412 tok   $0.031",
    ]
    #expect(seen == expected)
  }

  @Test("A line is never wider than its room, whatever stands in it", arguments: 0..<50)
  func width(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let pieces = ["guard", "注文", "e\u{301}", "\u{1B}[31m", "→", "a very long name of a model", ""]
    let facts = (0..<Int.random(in: 1...6, using: &random)).map { _ in
      let forms = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        (
          line: [(pieces.randomElement(using: &random) ?? "", Style.text)] as StyledLine,
          importance: Int.random(in: 0...5, using: &random)
        )
      }
      return FactLine.Fact(forms, cut: Bool.random(using: &random) ? (6, 1) : nil)
    }
    for width in 0...60 {
      for maximum in 1...3 {
        let lines = FactLine(facts, .unicode).lines(width: width, atMost: maximum)
        #expect(lines.count <= maximum, "seed \(seed)")
        #expect(lines.allSatisfy { $0.columns <= width }, "seed \(seed), width \(width)")
      }
    }
  }

  @Test("Steps that allowed are counted where there is no room for their names")
  func chain() {
    var steps = ["guard", "pii", "rag", "audit"].map { name in
      FilterStep(name, .allow, kind: .http, duration: 12.ms, start: UnixNanos(1))
    }
    steps[1].verdict = .modified
    steps[3].direction = .output
    steps[3].count = 24
    let context = ViewContext(
      snapshot: SnapshotFixture().snapshot(), now: UnixNanos(1), glyphs: .unicode,
      zone: .offset(seconds: 0))
    let chain = FilterChainFact(context: context, filters: steps, omitted: 2)
    let forms: [String] = chain.forms.map { text($0) }
    let expected = [
      "in guard ✓ 12ms  pii ✎ 12ms  rag ✓ 12ms   out audit ×24 ✓ 12ms  +2 not reported",
      "in guard ✓ 12ms  pii ✎ 12ms  rag ✓ 12ms   out +1 ✓  +2 not reported",
      "in guard ✓ 12ms  pii ✎ 12ms  +1 ✓   out +1 ✓  +2 not reported",
      "in +1 ✓  pii ✎ 12ms  +1 ✓   out +1 ✓  +2 not reported",
      "in +1 ✓  pii ✎  +1 ✓   out +1 ✓  +2 not reported", "4 filters ✓✎✓✓",
    ]
    #expect(forms == expected)
  }

  @Test("A payload that a gateway cut says so")
  func cuts() {
    let dots = String(repeating: "x", count: 50) + "..."
    let sized = #"{"_truncated":true,"_original_size":50120,"_preview":"{\"a\""}"#
    #expect(PayloadCut.of(sized) == "cut by the gateway: the whole had 50,120 characters")
    #expect(PayloadCut.of(dots) == "cut by the gateway after 50 characters")
    #expect(PayloadCut.of("whole...") == nil)
    #expect(PayloadCut.of(#"{"_truncated":true}"#) == "cut by the gateway")
    #expect(PayloadCut.of("{}") == nil)
  }
}
