extension Turn {
  private var helpHeight: Int { HelpView.textArea(of: state.size).rows }

  mutating func performOnHelp(_ command: Command) {
    switch command {
    case .find: state.help?.isSearching = true
    case .back: state.help = nil
    default: if let rows = command.rows(ofTextHeight: helpHeight) { scrollHelp(by: rows) }
    }
  }

  mutating func scrollHelp(by rows: Int) {
    let (size, glyphs) = (state.size, state.glyphs)
    state.help?.scroll(by: rows, in: size, glyphs: glyphs)
  }

  mutating func performOnHelpSearch(_ command: Command) {
    switch command {
    case .acceptLine: state.help?.isSearching = false
    case .cancelLine:
      state.help?.isSearching = false
      state.help?.needle = LineEditor()
      scrollHelp(by: 0)
    default:
      if state.help?.needle.apply(command) ?? false { scrollHelp(by: -1_000_000) }
    }
  }
}
