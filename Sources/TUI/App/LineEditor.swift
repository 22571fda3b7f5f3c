/// One line of text being typed, with a cursor and the readline commands.
struct LineEditor: Equatable, Sendable {
  private(set) var characters: [Character]
  /// Characters before the cursor.
  private(set) var cursor: Int
  /// What was deleted last by a command that deletes more than one character.
  private(set) var killed: [Character] = []

  init(_ text: String = "") {
    characters = Array(text)
    cursor = characters.count
  }

  var text: String { String(characters) }

  /// The text left of the cursor.
  var prefix: String { String(characters[..<cursor]) }

  // MARK: - Typing

  /// Puts text in at the cursor. Line breaks become spaces; other control characters are dropped.
  mutating func insert(_ text: String) {
    var typed: [Character] = []
    for character in text {
      if character.isNewline || character == "\t" {
        typed.append(" ")
      } else if character.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) {
        typed.append(character)
      }
    }
    let room = max(0, Self.maximumCharacters - characters.count)
    characters.insert(contentsOf: typed.prefix(room), at: cursor)
    cursor += min(typed.count, room)
  }

  /// The longest line, so that a wrong paste cannot make every key slow.
  static let maximumCharacters = 4_096

  /// Other text with the cursor at a place in it.
  mutating func replace(with text: String, cursor: Int? = nil) {
    characters = Array(text.prefix(Self.maximumCharacters))
    self.cursor = min(max(0, cursor ?? characters.count), characters.count)
  }

  // MARK: - Commands

  /// Does an editing command; false when it is none.
  mutating func apply(_ command: Command) -> Bool {
    switch command {
    case .characterLeft: cursor = max(0, cursor - 1)
    case .characterRight: cursor = min(characters.count, cursor + 1)
    case .wordLeft: cursor = wordStart
    case .wordRight: cursor = wordEnd
    case .lineStart: cursor = 0
    case .lineEnd: cursor = characters.count
    case .deleteBackward: remove(max(0, cursor - 1)..<cursor)
    case .deleteForward: remove(cursor..<min(characters.count, cursor + 1))
    case .deleteWordBackward: kill(blankStart..<cursor)
    case .deleteWordForward: kill(cursor..<wordEnd)
    case .deleteToStart: kill(0..<cursor)
    case .deleteToEnd: kill(cursor..<characters.count)
    case .yank:
      characters.insert(contentsOf: killed, at: cursor)
      cursor += killed.count
    default: return false
    }
    return true
  }

  private mutating func remove(_ range: Range<Int>) {
    characters.removeSubrange(range)
    cursor = range.lowerBound
  }

  private mutating func kill(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    killed = Array(characters[range])
    remove(range)
  }

  // MARK: - Words

  private func isWord(_ index: Int) -> Bool {
    characters[index].isLetter || characters[index].isNumber
  }

  private var wordStart: Int {
    var at = cursor
    while at > 0, !isWord(at - 1) { at -= 1 }
    while at > 0, isWord(at - 1) { at -= 1 }
    return at
  }

  private var wordEnd: Int {
    var at = cursor
    while at < characters.count, !isWord(at) { at += 1 }
    while at < characters.count, isWord(at) { at += 1 }
    return at
  }

  /// Where Ctrl-w stops: at blanks alone, so one press takes a whole predicate.
  private var blankStart: Int {
    var at = cursor
    while at > 0, characters[at - 1] == " " { at -= 1 }
    while at > 0, characters[at - 1] != " " { at -= 1 }
    return at
  }
}
