/// A span's document broken into lines for a width.
struct DetailLines: Equatable {
  struct Line: Equatable {
    enum Kind: Equatable {
      case heading, note, message, entry, pair
      /// A line of a value that is shown in full, under its key and as wide as the pane.
      case continuation
    }

    var item: Int
    var key: String
    var value: String
    var origin: String?
    var kind: Kind
    var level: Int
    /// Columns of the keys where it stands.
    var keyWidth = 0
    var tone: StyleRole?
  }

  private(set) var lines: [Line] = []
  /// Columns of the keys: of what was told of the span, and of what it says itself.
  private let toldWidth: Int
  private let ownWidth: Int
  /// Items that the cursor can be on, in order.
  let selectable: [Int]
  private var firstLines: [Int] = []

  /// `opened` items have all of their value, wrapped, with JSON laid out. `isSpacious` puts a blank
  /// line before each heading.
  init(_ document: SpanDocument, opened: Set<Int>, width: Int, isSpacious: Bool = false) {
    toldWidth = min(
      Self.maximumToldWidth, Self.keyWidth(document.items.filter(\.isTold), width))
    ownWidth = Self.keyWidth(document.items.filter { !$0.isTold }, width)
    selectable = document.items.indices.filter { document.items[$0].isSelectable }
    for (index, item) in document.items.enumerated() {
      firstLines.append(lines.count)
      if isSpacious, item.kind == .heading, index > 0 {
        lines.append(Line(item: index, key: "", value: "", kind: .heading, level: 0))
      }
      append(item, index, isOpened: opened.contains(index), width: width)
    }
    firstLines.append(lines.count)
  }

  /// The most columns that words for what was told may take: one long one must not push all values
  /// to the right.
  static let maximumToldWidth = 24

  private static func keyWidth(_ items: [SpanDocument.Item], _ width: Int) -> Int {
    let longest = items.reduce(0) { longest, item in
      item.kind == .pair ? max(longest, TextWidth.columns(of: item.key) + item.level * 2) : longest
    }
    return max(6, min(longest, width * 45 / 100))
  }

  private mutating func append(
    _ item: SpanDocument.Item, _ index: Int, isOpened: Bool, width: Int
  ) {
    let keyWidth = item.isTold ? toldWidth : ownWidth
    let room =
      switch item.kind {
      case .message: width
      case .entry: width - max(TextWidth.columns(of: item.key) + 2, 8)
      default: width - keyWidth - 2
      }
    let isOneLine = !isOpened || (TextWidth.columns(of: item.value) <= room && !item.isLaidOut)
    var value = isOneLine ? [item.value] : Self.wrapped(item.value, width - 2 - item.level * 2)
    // A message has no key that a line of its own would be for.
    // A folded line keeps what it said when it opens: the rest comes below.
    let first =
      isOneLine || item.kind == .message
      ? value.removeFirst() : item.folded.isEmpty ? "" : item.value
    lines.append(
      Line(
        item: index, key: item.key, value: first, origin: item.origin, kind: Line.Kind(item.kind),
        level: item.level, keyWidth: keyWidth, tone: item.tone))
    if isOpened { value += item.folded.flatMap { Self.wrapped($0, width - 2 - item.level * 2) } }
    for text in value {
      lines.append(
        Line(item: index, key: "", value: text, kind: .continuation, level: item.level))
    }
  }

  var count: Int { lines.count }

  func range(of item: Int) -> Range<Int>? {
    guard item >= 0, item + 1 < firstLines.count else { return nil }
    return firstLines[item]..<firstLines[item + 1]
  }

  func isHeading(_ line: Int) -> Bool { lines[line].kind == .heading }

  // MARK: - Wrapping

  /// The most lines that one value is laid out over.
  static let maximumLines = 2_000

  private static func wrapped(_ value: String, _ width: Int) -> [String] {
    let paragraphs =
      PrettyJSON.lines(value)
      ?? value.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
    var lines: [String] = []
    for paragraph in paragraphs {
      lines.append(contentsOf: broken(paragraph, width))
      if lines.count >= maximumLines {
        return lines.prefix(maximumLines) + ["(longer: y copies all of it)"]
      }
    }
    return lines
  }

  /// One paragraph in lines of at most `width` columns, broken after a blank where there is one in
  /// the second half.
  private static func broken(_ text: String, _ width: Int) -> [String] {
    guard TextWidth.columns(of: text) > width else { return [text] }
    var lines: [String] = []
    var rest = text[...]
    while TextWidth.columns(of: rest.prefix(width + 1)) > width || rest.count > width {
      let line = TextWidth.cut(rest.prefix(width), to: width, mark: "")
      guard !line.isEmpty else { break }
      var end = rest.index(rest.startIndex, offsetBy: line.count)
      if let blank = rest[..<end].lastIndex(of: " "),
        rest.distance(from: rest.startIndex, to: blank) > width / 2
      {
        end = rest.index(after: blank)
      }
      lines.append(String(rest[..<end]))
      rest = rest[end...]
    }
    if !rest.isEmpty { lines.append(String(rest)) }
    return lines
  }
}

extension DetailLines.Line.Kind {
  init(_ kind: SpanDocument.Item.Kind) {
    switch kind {
    case .heading: self = .heading
    case .note: self = .note
    case .message: self = .message
    case .entry: self = .entry
    case .pair: self = .pair
    }
  }
}
