import Testing

@testable import TUI

@Suite("Cells")
struct CellTests {
  @Test("Every mark there is fits beside a character, and comes out as it went in")
  func marks() {
    var seen = 0
    for code in 0...0x3FFFF as ClosedRange<UInt32> where ScalarWidth.of(code) == .mark {
      var cell = Cell(base: 0x10FFFD, width: 1, style: Style(.flag, isBold: true))
      cell.add(mark: code)
      #expect(cell.firstMark == code && cell.secondMark == 0)
      cell.add(mark: 0x301)
      cell.add(mark: 0x302)
      #expect(cell.firstMark == code && cell.secondMark == 0x301)
      seen += 1
    }
    #expect(seen > 1_000)
  }

  @Test("The parts of a cell do not touch each other, for every role and emphasis")
  func parts() {
    for role in StyleRole.allCases {
      for emphasis in 0..<16 as Range<UInt8> {
        let style = Style(role: role, emphasis: Style.Emphasis(rawValue: emphasis))
        for width in 0...2 as ClosedRange<UInt8> {
          var cell = Cell(base: 0x1F600, width: width, style: .barError)
          cell.add(mark: 0x1E94A)
          cell.style = style
          #expect(cell.style == style)
          #expect(cell.base == 0x1F600 && cell.width == width && cell.firstMark == 0x1E94A)
          #expect(cell.difference(from: cell) == 0)
        }
      }
    }
  }

  @Test("A blank with a mark over it is no blank")
  func blanks() {
    var cell = Cell.blank(.text)
    #expect(cell.isBlank)
    cell.add(mark: 0x301)
    #expect(!cell.isBlank && cell != .blank(.text))
    #expect(cell.difference(from: .blank(.text)) != 0)
  }
}
