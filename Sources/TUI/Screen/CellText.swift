import Store

/// The one place where text from outside becomes cells: what is drawn, what is dropped, what is replaced.
///
/// Fed one scalar at a time, it says what to do with it. The rules:
/// - What a terminal or a reader would obey becomes the sign that `VisibleText` has for it.
/// - Whatever else a terminal cannot be trusted to draw becomes `�`: zero-width
///   spaces, soft hyphens, unassigned scalars. A run of tag characters becomes one `�`.
/// - Joiners and variation selectors are dropped; what an emoji joins to, its skin tone and its keycap too, so
///   that an emoji is its first scalar only. The two letters of a flag are drawn as letters: `DE`.
/// - A combining mark with nothing before it gets a dotted circle to stand on.
/// - With ``isASCII``, what is not ASCII becomes a look-alike or `?`, as wide as it was.
struct CellText {
  enum Step: Equatable {
    case nothing
    case draw(UInt32, width: UInt8)
    /// A mark over the character before.
    case attach(UInt32)
    /// A mark with no character before it.
    case lone(UInt32)
  }

  /// What the mark-only character stands on: U+25CC DOTTED CIRCLE.
  static let dottedCircle: UInt32 = 0x25CC
  static let replacement: UInt32 = 0xFFFD

  private let isASCII: Bool
  /// What the last scalar that was not dropped was, as far as the next one cares.
  private var last = Last.nothing

  private enum Last { case nothing, other, emoji, joinedEmoji, tags }

  init(isASCII: Bool) { self.isASCII = isASCII }

  mutating func step(_ scalar: Unicode.Scalar) -> Step {
    let code = scalar.value
    if code &- 0x20 < 0x5F {
      last = .other
      return .draw(code, width: 1)
    }
    return slowStep(code)
  }

  private mutating func slowStep(_ code: UInt32) -> Step {
    switch code {
    case 0x200D:
      if last == .emoji { last = .joinedEmoji }
      return .nothing
    // Zero-width non-joiner, variation selectors, the enclosing keycap.
    case 0x200C, 0xFE00...0xFE0F, 0xE0100...0xE01EF, 0x180B...0x180D, 0x20E3: return .nothing
    case 0x1F3FB...0x1F3FF where last == .emoji || last == .joinedEmoji: return .nothing
    case 0x1F1E6...0x1F1FF:
      last = .other
      return .draw(code - 0x1F1E6 + 0x41, width: 1)
    case 0xE0000...0xE007F:
      defer { last = .tags }
      return last == .tags ? .nothing : standIn
    default:
      guard let sign = Unicode.Scalar(code).flatMap(VisibleText.standIn) else {
        return printable(code)
      }
      last = .other
      return isASCII ? standIn : .draw(sign.value, width: 1)
    }
  }

  private mutating func printable(_ code: UInt32) -> Step {
    switch ScalarWidth.of(code) {
    case .narrow: return draw(code, 1)
    case .wide: return draw(code, 2)
    case .mark:
      guard last == .nothing else { return isASCII ? .nothing : .attach(code) }
      last = .other
      return isASCII ? standIn : .lone(code)
    case .standIn:
      last = .other
      return standIn
    }
  }

  private mutating func draw(_ code: UInt32, _ width: UInt8) -> Step {
    if Self.isEmoji(code) {
      if last == .joinedEmoji {
        last = .emoji
        return .nothing
      }
      last = .emoji
    } else {
      last = .other
    }
    guard isASCII else { return .draw(code, width: width) }
    return .draw(Self.asciiLookAlike(code), width: width)
  }

  private var standIn: Step { .draw(isASCII ? 0x3F : Self.replacement, width: 1) }

  /// Whether a joiner after this scalar makes one picture of it and the next, in terminals that know how.
  private static func isEmoji(_ code: UInt32) -> Bool {
    switch code {
    case 0x2190...0x2BFF, 0x3030, 0x303D, 0x3297, 0x3299, 0x1F000...0x1FAFF: true
    default: false
    }
  }

  /// What an ASCII terminal shows in place of typographic characters that are common in messages.
  private static func asciiLookAlike(_ code: UInt32) -> UInt32 {
    let twin: Unicode.Scalar =
      switch code {
      case 0x00A0, 0x2002...0x200A, 0x202F: " "
      case 0x2010...0x2015, 0x2212, 0x2500, 0x2501: "-"
      case 0x2018, 0x2019: "'"
      case 0x201C, 0x201D: "\""
      case 0x2022, 0x00B7: "."
      case 0x2026: "."
      case 0x2192: ">"
      case 0x2190: "<"
      case 0x00B5, 0x03BC: "u"
      case 0x00D7: "x"
      case 0x2502: "|"
      default: "?"
      }
    return twin.value
  }
}

/// How many columns text takes once it is made safe to show.
public enum TextWidth {
  /// The columns that ``Frame/put(_:row:column:width:style:)`` would use with no clip.
  public static func columns(of text: some StringProtocol) -> Int {
    var columns = 0
    // Most text is plain: a column a byte.
    for byte in text.utf8 {
      guard byte &- 0x20 < 0x5F else { return columnsOfScalars(text) }
      columns += 1
    }
    return columns
  }

  private static func columnsOfScalars(_ text: some StringProtocol) -> Int {
    var columns = 0
    var reader = CellText(isASCII: false)
    for scalar in text.unicodeScalars {
      switch reader.step(scalar) {
      case .draw(_, let width): columns += Int(width)
      case .lone: columns += 1
      case .attach, .nothing: break
      }
    }
    return columns
  }

  /// The text cut to a width, with the mark at its end where something was cut; never longer than `width`.
  public static func cut(
    _ text: some StringProtocol, to width: Int, mark: String = "…"
  ) -> String {
    guard columns(of: text) > width else { return String(text) }
    let room = width - columns(of: mark)
    guard room >= 0 else { return "" }
    var columns = 0
    var kept = String.UnicodeScalarView()
    var reader = CellText(isASCII: false)
    for scalar in text.unicodeScalars {
      var step = 0
      switch reader.step(scalar) {
      case .draw(_, let width): step = Int(width)
      case .lone: step = 1
      case .attach, .nothing: break
      }
      if columns + step > room { break }
      columns += step
      kept.append(scalar)
    }
    return String(kept) + mark
  }

  /// The same with its middle left out instead of its end.
  public static func cutMiddle(
    _ text: some StringProtocol, to width: Int, mark: String = "…"
  ) -> String {
    guard columns(of: text) > width else { return String(text) }
    let room = width - columns(of: mark)
    guard room > 1 else { return cut(text, to: width, mark: mark) }
    let head = cut(text, to: (room + 1) / 2, mark: "")
    var tail = text.suffix(room / 2)
    while columns(of: tail) > room / 2 { tail = tail.dropFirst() }
    return head + mark + tail
  }

  /// The text in lines of at most `width` columns, broken at blanks; a word that is longer is broken too.
  static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      let longer = line.isEmpty ? String(word) : "\(line) \(word)"
      if columns(of: longer) <= width {
        line = longer
        continue
      }
      if !line.isEmpty { lines.append(line) }
      var rest = String(word)
      while columns(of: rest) > width {
        let part = cut(rest, to: width, mark: "")
        guard !part.isEmpty else { break }
        lines.append(part)
        rest.removeFirst(part.count)
      }
      line = rest
    }
    return line.isEmpty && !lines.isEmpty ? lines : lines + [line]
  }
}
