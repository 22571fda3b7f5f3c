/// Where a person is in the details of a span.
struct SpanDetailState: Equatable, Sendable {
  /// The selected item of the document.
  private(set) var item = 0
  /// The first line on screen.
  private(set) var top = 0
  /// Items shown in full over several lines.
  private(set) var opened: Set<Int> = []

  init() {}

  /// Another span: back to its first item.
  mutating func reset() { self = SpanDetailState() }

  // MARK: - Moving

  /// Goes a number of selectable items down (or up).
  mutating func move(by step: Int, in lines: DetailLines, height: Int) {
    let selectable = lines.selectable
    guard !selectable.isEmpty else { return }
    let here = selectable.firstIndex { $0 >= item } ?? selectable.count - 1
    select(selectable[min(max(0, here + step), selectable.count - 1)], in: lines, height: height)
  }

  mutating func select(_ item: Int, in lines: DetailLines, height: Int) {
    self.item = item
    scroll(in: lines, height: height)
  }

  mutating func scroll(by step: Int, in lines: DetailLines, height: Int) {
    top = min(max(0, top + step), max(0, lines.count - height))
  }

  /// Brings the first line of a section to the top, as far as the text reaches.
  mutating func show(_ item: Int, in lines: DetailLines, height: Int) {
    self.item = item
    guard let range = lines.range(of: item) else { return }
    // The heading stands on the line before.
    top = min(max(0, range.lowerBound - 1), max(0, lines.count - height))
  }

  /// Keeps the selected item on screen: its first line always, the rest where there is room.
  private mutating func scroll(in lines: DetailLines, height: Int) {
    guard let range = lines.range(of: item) else { return }
    let height = max(1, height)
    if range.upperBound > top + height { top = range.upperBound - height }
    if range.lowerBound < top { top = range.lowerBound }
    // The heading over the first item of a section shows with it.
    if range.lowerBound == top, top > 0, lines.isHeading(top - 1) { top -= 1 }
    top = min(max(0, top), max(0, lines.count - height))
  }

  // MARK: - Opening values

  mutating func toggleOpen() {
    if opened.remove(item) == nil { opened.insert(item) }
  }
}
