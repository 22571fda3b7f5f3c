import Testing

@testable import TUI

@Suite("Rect")
struct RectTests {
  private let screen = Rect(Size(rows: 24, columns: 80))

  @Test("Splits give the whole away, and no more than there is")
  func splits() {
    let (status, rest) = screen.split(top: 3)
    #expect(status == Rect(row: 0, column: 0, rows: 3, columns: 80))
    #expect(rest == Rect(row: 3, column: 0, rows: 21, columns: 80))
    let (list, preview) = rest.split(bottom: 4)
    #expect(list == Rect(row: 3, column: 0, rows: 17, columns: 80))
    #expect(preview == Rect(row: 20, column: 0, rows: 4, columns: 80))
    let (left, right) = list.split(left: 30)
    #expect(left == Rect(row: 3, column: 0, rows: 17, columns: 30))
    #expect(right == Rect(row: 3, column: 30, rows: 17, columns: 50))
    #expect(list.split(right: 10).right == Rect(row: 3, column: 70, rows: 17, columns: 10))
    #expect(screen.split(top: 100).rest.isEmpty)
    #expect(screen.split(bottom: 100).rest.isEmpty)
    #expect(screen.split(top: -5).top.isEmpty)
  }

  @Test("Margins that meet leave nothing")
  func inset() {
    #expect(
      screen.inset(top: 1, left: 2, bottom: 3, right: 4)
        == Rect(row: 1, column: 2, rows: 20, columns: 74))
    #expect(screen.inset(top: 20, bottom: 20).isEmpty)
  }

  @Test("Holds its own corners only")
  func contains() {
    let rect = Rect(row: 1, column: 2, rows: 2, columns: 2)
    #expect(rect.contains(row: 1, column: 2) && rect.contains(row: 2, column: 3))
    #expect(!rect.contains(row: 3, column: 2) && !rect.contains(row: 1, column: 4))
    #expect(!rect.contains(row: 0, column: 2) && !rect.contains(row: 1, column: 1))
  }
}
