import CNcurses

/// A theme as this terminal can show it: one ready cchar_t a style, made when first asked for.
struct Palette {
  private enum Depth { case none, basic, many }

  private let theme: Theme
  private let depth: Depth
  /// By role and emphasis: 16 for each role.
  private var cells: [cchar_t?]
  /// By the same: whether a blank of the style looks like any other blank.
  private let isBare: [Bool]

  /// Asks ncurses for the colours; call it once, after newterm.
  init(theme: Theme, mode: ExplorerOptions.ColorMode) {
    self.theme = theme
    cells = Array(repeating: nil, count: StyleRole.allCases.count * 16)
    depth = Self.depth(mode)
    let hasColours = depth != .none
    isBare = StyleRole.allCases.flatMap { role in
      (0..<16).map { emphasis in
        theme[role].isBare(Style.Emphasis(rawValue: emphasis), hasColours: hasColours)
      }
    }
    guard depth != .none else { return }
    start_color()
    // Where the terminal cannot return to its own colours, white on black is the nearest.
    let hasOwnColours = use_default_colors() == OK
    for role in StyleRole.allCases {
      let look = theme[role]
      let colours =
        depth == .many ? (look.foreground, look.background) : (look.basic, Int16(-1))
      init_extended_pair(
        Int32(role.rawValue) + 1, Int32(hasOwnColours || colours.0 >= 0 ? colours.0 : 7),
        Int32(hasOwnColours || colours.1 >= 0 ? colours.1 : 0))
    }
  }

  private static func depth(_ mode: ExplorerOptions.ColorMode) -> Depth {
    // Asked of the description: starting colours to find out would begin with white on black.
    let has = unsafe tigetnum("colors")
    guard has >= 8, unsafe tigetnum("pairs") > Int32(StyleRole.allCases.count) else { return .none }
    switch mode {
    case .monochrome: return .none
    case .sixteen: return .basic
    case .many: return has >= 256 ? .many : .basic
    case .automatic:
      // https://no-color.org: any value that is not empty.
      if TerminalSetup.environment("NO_COLOR") != nil { return .none }
      return has >= 256 ? .many : .basic
    }
  }

  private static func index(_ style: Style) -> Int {
    Int(style.role.rawValue) * 16 + Int(style.emphasis.rawValue & 15)
  }

  /// Whether nothing of a cell can be seen, whatever colour its character would have.
  func isInvisible(_ cell: Cell) -> Bool { cell.isBlank && isBare[Self.index(cell.style)] }

  /// Whether a blank may have this style without being seen.
  func isBare(_ style: Style) -> Bool { isBare[Self.index(style)] }

  /// A blank in a style.
  mutating func cell(_ style: Style) -> cchar_t {
    let index = Self.index(style)
    if let cell = cells[index] { return cell }
    let look = theme[style.role]
    var emphasis = style.emphasis.union(depth == .none ? look.monochrome : look.emphasis)
    // Eight colours have no shades: what is dim has to be dim by itself.
    if depth == .basic, look.monochrome == .dim, look.basic < 0 { emphasis.insert(.dim) }
    var attributes: attr_t = 0
    if emphasis.contains(.bold) { attributes |= cnc_bold() }
    if emphasis.contains(.dim) { attributes |= cnc_dim() }
    if emphasis.contains(.reverse) { attributes |= cnc_reverse() }
    if emphasis.contains(.underline) { attributes |= cnc_underline() }
    let cell = cnc_cell(attributes, depth == .none ? 0 : Int32(style.role.rawValue) + 1)
    cells[index] = cell
    return cell
  }
}
