extension Key {
  /// The names of keys that are no characters, as help shows and scripts write them.
  private static let named: [(name: String, key: Key)] = [
    ("Up", .up), ("Down", .down), ("Left", .left), ("Right", .right), ("Home", .home),
    ("End", .end), ("PgUp", .pageUp), ("PgDn", .pageDown), ("Insert", .insert),
    ("Delete", .delete), ("Enter", .enter), ("Esc", .escape), ("Tab", .tab),
    ("S-Tab", .backTab), ("Backspace", .backspace), ("Space", .character(" ")),
  ]

  /// Reads a name such as `j`, `/`, `Enter`, `Ctrl-c`, `Alt-b`, `F2`, `Space`; nil where there is no such key.
  public init?(name: String) {
    if let match = Self.named.first(where: { $0.name == name }) {
      self = match.key
      return
    }
    let scalars = name.unicodeScalars
    if scalars.count == 1, let only = scalars.first {
      self = .character(only)
    } else if name.hasPrefix("Ctrl-"), let letter = name.dropFirst(5).only {
      self = .control(letter)
    } else if name.hasPrefix("Alt-"), let letter = name.dropFirst(4).only {
      self = .alt(letter)
    } else if name.hasPrefix("F"), let number = Int(name.dropFirst()), number > 0 {
      self = .function(number)
    } else {
      return nil
    }
  }

  /// The name that ``init(name:)`` reads; for a mouse event, a paste and a resize a word for it.
  public var name: String {
    if let match = Self.named.first(where: { $0.key == self }) { return match.name }
    switch self {
    case .character(let scalar): return String(scalar)
    case .control(let letter): return "Ctrl-\(letter)"
    case .alt(let letter): return "Alt-\(letter)"
    case .function(let number): return "F\(number)"
    case .mouse(let event): return "Mouse-\(event.kind)"
    case .paste: return "Paste"
    case .resize: return "Resize"
    default: return "\(self)"
    }
  }
}

extension Substring {
  /// The character, where there is exactly one.
  fileprivate var only: Character? { count == 1 ? first : nil }
}
