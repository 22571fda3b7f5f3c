import ArgumentParser
import Store
import TUI

/// How the explorer shows what it has.
struct LookingOptions: ParsableArguments {
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Show only traces that this filter selects; may be given several times.",
      valueName: "filter"))
  var filters: [String] = []

  @Option(help: ArgumentHelp("The colours to use.", valueName: "name"))
  var theme = "default"

  @Flag(help: "Draw with ASCII only.")
  var ascii = false

  @Flag(name: .customLong("no-color"), help: "Use no colours; NO_COLOR does the same.")
  var hasNoColor = false

  @Flag(name: .customLong("no-mouse"), help: "Leave the mouse to the terminal.")
  var hasNoMouse = false

  /// As the explorer takes them; a filter that cannot be read is said before the screen is taken.
  func explorerOptions() throws(Failure) -> ExplorerOptions {
    for filter in filters {
      do {
        _ = try FilterParser.parse(filter)
      } catch {
        throw .usage("--where \"\(filter)\": \(error)")
      }
    }
    var options = ExplorerOptions()
    options.filters = filters
    options.theme = theme
    options.isASCII = ascii
    options.isMouseOn = !hasNoMouse
    let isPlain = hasNoColor || Environment.variable("NO_COLOR") != nil
    options.colorMode = isPlain ? .monochrome : .automatic
    return options
  }
}
