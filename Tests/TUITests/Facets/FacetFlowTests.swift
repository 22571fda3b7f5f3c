import Testing

@testable import TUI

@Suite("Facets in columns")
struct FacetFlowTests {
  /// Three keys with four, two and five values.
  private static let lines: [FacetPaneState.Line] = [4, 2, 5].enumerated().flatMap { key, values in
    (key > 0 ? [.blank] : []) + [.heading(key)] + (0..<values).map { .value(key, $0) }
  }

  private func columns(_ flow: FacetFlow, from top: Int = 0) -> [[Int]] {
    (0..<flow.columns).map { column in
      flow.places(of: Self.lines, from: top).filter { $0.column == column }.map(\.line)
    }
  }

  @Test("One column takes the lines as they are")
  func one() {
    #expect(columns(FacetFlow(rows: 6, columns: 1)) == [[0, 1, 2, 3, 4, 5]])
    #expect(columns(FacetFlow(rows: 6, columns: 1), from: 9) == [[9, 10, 11, 12, 13, 14]])
  }

  @Test("A key whose values have room in the next column stands there; none begins with a blank")
  func several() {
    // Lines 5 and 9 are blank; keys are at 0, 6 and 10.
    #expect(columns(FacetFlow(rows: 5, columns: 2)) == [[0, 1, 2, 3, 4], [6, 7, 8, 9, 10]])
    #expect(
      columns(FacetFlow(rows: 8, columns: 2)) == [
        [0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11, 12, 13],
      ])
    #expect(
      columns(FacetFlow(rows: 6, columns: 3)) == [
        [0, 1, 2, 3, 4, 5], [6, 7, 8, 9], [10, 11, 12, 13, 14, 15],
      ])
  }

  @Test("A key with more values than a column has rows goes on in the next")
  func long() {
    #expect(
      columns(FacetFlow(rows: 4, columns: 3), from: 9) == [[9, 10, 11, 12], [13, 14, 15], []])
    #expect(columns(FacetFlow(rows: 4, columns: 2)) == [[0, 1, 2, 3], [4, 5, 6, 7]])
  }

  @Test("The last lines can be reached, and no further", arguments: 1...8, 1...3)
  func last(rows: Int, columns: Int) {
    let flow = FacetFlow(rows: rows, columns: columns)
    let top = flow.lastTop(of: Self.lines)
    #expect(flow.end(of: Self.lines, from: top) == Self.lines.count)
    #expect(top == 0 || flow.end(of: Self.lines, from: top - 1) < Self.lines.count)
  }
}
