import Testing

@testable import tracetop

@Suite("TraceChooser")
struct TraceChooserTests {
  @Test("The selection stays in the list, and the lines shown stay around it")
  func moving() {
    var menu = ChoiceMenu(count: 10, lines: 4)
    func press(_ key: KeyStrokes.Key) -> [Int] {
      #expect(menu.press(key) == .goOn)
      return [menu.selected, menu.shown.lowerBound, menu.shown.upperBound]
    }
    #expect(press(.up) == [0, 0, 4])
    #expect(press(.down) == [1, 0, 4])
    #expect(press(.pageDown) == [5, 2, 6])
    #expect(press(.last) == [9, 6, 10])
    #expect(press(.down) == [9, 6, 10])
    #expect(press(.pageUp) == [5, 5, 9])
    #expect(press(.other) == [5, 5, 9])
    #expect(press(.first) == [0, 0, 4])
    #expect(menu.press(.take) == .take)
    #expect(menu.press(.leave) == .leave)
  }

  @Test("A list shorter than its lines is shown whole")
  func short() {
    var menu = ChoiceMenu(count: 2, lines: 0)
    #expect(menu.shown == 0..<1)
    menu = ChoiceMenu(count: 2, lines: 15)
    #expect(menu.shown == 0..<2)
    #expect(menu.press(.pageDown) == .goOn)
    #expect(menu.selected == 1)
  }

  @Test("Keys that were read together are taken one by one")
  func keys() {
    var bytes = Array("jk\u{1B}[A\u{1B}OB\u{1B}[5~\u{1B}[1;5Cxg\rq\u{1B}".utf8)
    var keys: [KeyStrokes.Key] = []
    while !bytes.isEmpty { keys.append(KeyStrokes.take(from: &bytes)) }
    #expect(
      keys == [.down, .up, .up, .down, .pageUp, .other, .other, .first, .take, .leave, .leave])
    for broken in ["\u{1B}[", "\u{1B}[1", "\u{1B}O", "\u{1B}["] {
      var bytes = Array(broken.utf8)
      while !bytes.isEmpty { _ = KeyStrokes.take(from: &bytes) }
    }
  }
}
