/// How a role looks, for each depth of colour.
struct Look: Equatable, Sendable {
  /// Of 256 colours; -1 is the terminal's own.
  var foreground: Int16 = -1
  var background: Int16 = -1
  /// Of 8 colours; -1 is the terminal's own. The background stays the terminal's.
  var basic: Int16 = -1
  /// On top of colours, where there are any.
  var emphasis: Style.Emphasis = []
  /// In place of colours, where there are none.
  var monochrome: Style.Emphasis = []

  /// Whether a blank that looks so cannot be told from one of another look: no line under it, no
  /// background.
  func isBare(_ added: Style.Emphasis, hasColours: Bool) -> Bool {
    let emphasis = added.union(hasColours ? self.emphasis : monochrome)
    return emphasis.isDisjoint(with: [.reverse, .underline]) && background < 0
  }
}

/// A named set of looks. Meaning never hangs on a colour alone: letters and glyphs stand beside it.
struct Theme: Sendable {
  let name: String
  private let looks: [Look]

  subscript(role: StyleRole) -> Look { looks[Int(role.rawValue)] }

  /// The names that `--theme` takes.
  static let names = ["default", "light", "high-contrast", "mono"]

  /// The theme of a name; nil where there is none.
  init?(named name: String) {
    guard Self.names.contains(name) else { return nil }
    self.name = name
    let column = name == "light" ? 1 : name == "high-contrast" ? 2 : 0
    looks = StyleRole.allCases.map { role in
      var look = Self.look(of: role)
      let colours = Self.colours(of: role)
      look.foreground = [colours.dark, colours.light, colours.strong][column]
      if role == .statusBar {
        look.foreground = [252, 234, 16][column]
        look.background = [236, 254, 255][column]
      }
      if name == "mono" {
        look.foreground = -1
        look.background = -1
        look.basic = -1
        look.emphasis = look.monochrome
      }
      return look
    }
  }

  /// Foregrounds of 256 colours for dark, light and either background with all the contrast there is.
  ///
  /// The first column keeps to middle tones, which can be read on white as well.
  private static func colours(of role: StyleRole) -> (dark: Int16, light: Int16, strong: Int16) {
    switch role {
    case .text, .title, .selection, .value, .statusBar: (-1, -1, -1)
    case .dim, .rule: (244, 243, 248)
    case .live, .ok: (71, 28, 46)
    case .held, .unfinished: (178, 130, 226)
    case .error, .barError, .promptError: (203, 160, 196)
    case .denied: (170, 127, 201)
    case .warning, .flag: (214, 130, 220)
    case .tenant: (74, 25, 51)
    case .user: (108, 30, 120)
    case .model: (139, 91, 177)
    case .key, .helpKey: (73, 30, 87)
    case .number: (-1, -1, -1)
    case .match: (214, 130, 226)
    case .prompt: (75, 25, 39)
    case .barInbound: (67, 67, 75)
    case .barOrchestrate: (73, 30, 80)
    case .barFilter: (178, 136, 226)
    case .barRoute: (139, 91, 177)
    case .barAgent: (108, 65, 120)
    case .barLLM: (74, 25, 51)
    case .barUpstream: (110, 61, 117)
    case .barTool: (173, 130, 215)
    case .barOther: (245, 245, 250)
    }
  }

  /// The eight-colour and colourless looks, and emphasis, which all themes share.
  private static func look(of role: StyleRole) -> Look {
    switch role {
    case .text, .value, .user, .number: Look()
    case .dim: Look(emphasis: [], monochrome: .dim)
    case .title: Look(emphasis: .bold, monochrome: .bold)
    case .statusBar: Look(monochrome: [])
    case .live: Look(basic: 2, emphasis: .bold, monochrome: .bold)
    case .held: Look(basic: 3, emphasis: .bold, monochrome: .reverse)
    case .selection: Look(emphasis: .reverse, monochrome: .reverse)
    case .error: Look(basic: 1, emphasis: .bold, monochrome: .bold)
    case .denied: Look(basic: 5, emphasis: .bold, monochrome: .bold)
    case .warning, .flag: Look(basic: 3, monochrome: .bold)
    case .ok: Look(basic: 2)
    case .unfinished: Look(basic: 3, monochrome: .dim)
    case .tenant: Look(basic: 6)
    case .model: Look(basic: 5)
    case .key: Look(basic: 6, monochrome: .dim)
    case .helpKey: Look(basic: 6, emphasis: .bold, monochrome: .bold)
    case .rule: Look(monochrome: .dim)
    case .prompt: Look(basic: 4, emphasis: .bold, monochrome: .bold)
    case .promptError: Look(basic: 1, emphasis: .underline, monochrome: [.bold, .underline])
    case .match: Look(basic: 3, emphasis: .underline, monochrome: .underline)
    case .barInbound, .barUpstream: Look(basic: 4)
    case .barOrchestrate, .barAgent: Look(basic: 6)
    case .barFilter, .barTool: Look(basic: 3)
    case .barRoute: Look(basic: 5)
    case .barLLM: Look(basic: 2)
    case .barOther: Look()
    case .barError: Look(basic: 1, emphasis: .bold, monochrome: .bold)
    }
  }
}
