/// One row of the key table: which keys do what, and where.
public struct Binding: Sendable {
  /// Under which heading help lists it.
  public enum Topic: String, CaseIterable, Sendable {
    case opening = "Going in and out"
    case filtering = "Filtering"
    case streaming = "Live rows and order"
    case moving = "Moving"
    case folding = "Folding, zooming, finding"
    case details = "Span details"
    case copying = "Copying"
    case editing = "Editing the line"
    case terminal = "Terminal"
  }

  public var command: Command
  public var keys: [Key]
  public var screens: Set<ScreenKind>
  public var topic: Topic
  /// What it does, for a person.
  public var help: String
  /// A word for the line of hints at the bottom; nil keeps it off.
  public var hint: String?

  init(
    _ command: Command, _ keys: String, _ screens: Set<ScreenKind>, _ topic: Topic, _ help: String,
    hint: String? = nil
  ) {
    self.command = command
    self.keys = keys.split(separator: " ").compactMap { Key(name: String($0)) }
    self.screens = screens
    self.topic = topic
    self.help = help
    self.hint = hint
  }
}

/// The one table of keys: input is looked up in it; the help screen and Docs/Keys.md are made from
/// it.
public enum Keymap {
  /// What a key does on a screen; nil for nothing.
  public static func command(for key: Key, on screen: ScreenKind) -> Command? {
    index[screen]?[key]
  }

  /// The rows of a screen, in the table's order.
  public static func bindings(on screen: ScreenKind) -> [Binding] { byScreen[screen] ?? [] }

  private static let byScreen: [ScreenKind: [Binding]] = Dictionary(
    uniqueKeysWithValues: ScreenKind.allCases.map { screen in
      (screen, bindings.filter { $0.screens.contains(screen) })
    })

  /// The first key of a command on a screen, for texts that name keys.
  public static func key(for command: Command, on screen: ScreenKind) -> Key? {
    bindings(on: screen).first { $0.command == command }?.keys.first
  }

  private static let index: [ScreenKind: [Key: Command]] = {
    var index: [ScreenKind: [Key: Command]] = [:]
    for binding in bindings {
      for screen in binding.screens {
        for key in binding.keys where index[screen]?[key] == nil {
          index[screen, default: [:]][key] = binding.command
        }
      }
    }
    return index
  }()

  private static let lists: Set<ScreenKind> = [
    .traces, .waterfall, .details, .routes, .files, .help, .facets, .groups,
  ]
  private static let tables: Set<ScreenKind> = [.traces, .routes]
  private static let filtered: Set<ScreenKind> = [.traces, .routes, .facets, .groups]
  private static let panes: Set<ScreenKind> = [.waterfall, .details]
  private static let prompts: Set<ScreenKind> = [.filter, .find]
  private static let everywhere = Set(ScreenKind.allCases)

  public static let bindings: [Binding] =
    opening + besides + filtering + streaming + moving + waterfall + grouping + rest

  private static let opening = [
    Binding(.open, "Enter", [.traces], .opening, "open the trace as a waterfall", hint: "open"),
    Binding(
      .open, "Enter", [.waterfall], .opening, "fold or unfold; on a span without children: details",
      hint: "fold"),
    Binding(
      .open, "Enter", [.details], .opening, "show the whole value, JSON laid out; again: one line",
      hint: "whole value"),
    Binding(
      .switchPane, "Tab S-Tab", [.waterfall], .opening, "to the span's details", hint: "details"),
    Binding(.switchPane, "Tab S-Tab", [.details], .opening, "back to the tree", hint: "tree"),
    Binding(
      .open, "Enter", [.routes], .opening, "the traces that the figure under the cursor counts",
      hint: "traces"),
    Binding(
      .switchPane, "Tab", [.routes], .opening,
      "to the next table: routes, switches, filters, denials",
      hint: "table"),
    Binding(.switchPaneBack, "S-Tab", [.routes], .opening, "to the table before"),
    Binding(.maximize, "\\", [.routes], .opening, "this table alone; again: all of them"),
    Binding(
      .routes, "r", [.traces], .opening,
      "routes and filters: what gateways did with the traces of the filter", hint: "routes"),
    Binding(
      .traces, "t", tables.union([.groups]), .opening,
      "the list of traces, with the filter as it is"),
    Binding(
      .files, "i", [.traces], .opening,
      "the files: what was read, and what was left out"),
    Binding(.files, "i", [.files], .opening, "back to the list of traces"),
    Binding(
      .back, "q Esc", panes.union([.help, .routes, .files, .groups]), .opening,
      "back, to the same row",
      hint: "back"),
    Binding(
      .back, "Esc", [.traces], .opening,
      "back to the table that the list came from; else take the filter off"),
    Binding(.help, "?", lists, .opening, "the keys of this screen", hint: "keys"),
    Binding(.quit, "q Q", [.traces], .opening, "quit", hint: "quit"),
    Binding(.quit, "Q", panes.union([.help, .routes, .files, .facets, .groups]), .opening, "quit"),
    Binding(.quit, "Ctrl-c", everywhere, .opening, "quit, from anywhere"),
  ]

  private static let moving = [
    Binding(.moveDown, "j Down", lists, .moving, "one row down"),
    Binding(.moveUp, "k Up", lists, .moving, "one row up"),
    Binding(.halfPageDown, "Ctrl-d", lists, .moving, "half a page down"),
    Binding(.halfPageUp, "Ctrl-u", lists, .moving, "half a page up"),
    Binding(.pageDown, "Ctrl-f PgDn", lists, .moving, "a page down"),
    Binding(.pageUp, "Ctrl-b PgUp", lists, .moving, "a page up"),
    Binding(.moveToTop, "g Home", lists, .moving, "to the first row"),
    Binding(.moveToBottom, "G End", lists, .moving, "to the last row"),
    Binding(.columnLeft, "h Left", tables, .moving, "the value to the left, for = and !"),
    Binding(.columnRight, "l Right", tables, .moving, "the value to the right, for = and !"),
    Binding(.nextError, "e", [.traces, .waterfall], .moving, "the next error or denial below"),
    Binding(.previousError, "E", [.traces, .waterfall], .moving, "the next error or denial above"),
  ]

  private static let filtering = [
    Binding(
      .filter, "/", filtered, .filtering, "type a filter: tenant.id=acme dur>2s", hint: "filter"),
    Binding(
      .only, "=", filtered.union([.details]), .filtering,
      "only traces with the value under the cursor",
      hint: "only"),
    Binding(
      .exclude, "!", filtered.union([.details]), .filtering,
      "no traces with the value under the cursor",
      hint: "not"),
    Binding(
      .undoFilter, "u", filtered, .filtering, "undo the last change of the filter", hint: "undo"),
    Binding(.previousFilter, "-", filtered, .filtering, "the filter before this one, and back"),
  ]

  private static let streaming = [
    Binding(
      .hold, "Space", filtered, .streaming,
      "hold the rows as they are; again: let them move", hint: "hold"),
    Binding(.follow, "F", [.traces], .streaming, "to the newest row, and stay on the newest"),
    Binding(
      .joinTraces, "J", [.traces, .waterfall], .streaming,
      "the traces of one request apart; again: joined"),
    Binding(
      .sort, "s", [.traces], .streaming,
      "sort by the next column: time, duration, errors, spans, tokens, cost, tenant, user ..."),
    Binding(
      .sort, "s", [.routes, .groups], .streaming, "sort the table by another of its figures",
      hint: "sort"),
    Binding(.reverseSort, "S", tables.union([.groups]), .streaming, "turn the order around"),
    Binding(.sortLeft, "<", [.traces], .streaming, "sort by the column to the left"),
    Binding(.sortRight, ">", [.traces], .streaming, "sort by the column to the right"),
    Binding(
      .widenWindow, "]", [.routes, .groups], .streaming, "look further back: 1m, 5m, 15m, 1h, all",
      hint: "window"),
    Binding(.narrowWindow, "[", [.routes, .groups], .streaming, "look less far back"),
    Binding(
      .pin, "p", [.traces, .waterfall], .streaming,
      "pin (*), to be kept longer; again: unpin"),
    Binding(
      .demo, "D", [.traces], .streaming, "with nothing received yet: send demo traffic",
      hint: "demo"),
  ]

  private static let waterfall = [
    Binding(.unfold, "l", [.waterfall], .folding, "unfold, then to the first child"),
    Binding(.fold, "h", [.waterfall], .folding, "fold, then to the parent"),
    Binding(.foldAll, "z", [.waterfall], .folding, "fold everything; again: unfold everything"),
    Binding(
      .foldGroups, "Z", [.waterfall], .folding,
      "fold the groups (filters, controls, routing, runs); again: unfold them", hint: "groups"),
    Binding(.find, "/", panes, .folding, "find in the tree: names and services", hint: "find"),
    Binding(.findNext, "n", panes, .folding, "the next match"),
    Binding(.findPrevious, "N", panes, .folding, "the match before"),
    Binding(.zoomIn, "+", [.waterfall], .folding, "zoom in on the selected span", hint: "zoom"),
    Binding(.zoomOut, "-", [.waterfall], .folding, "zoom out"),
    Binding(.zoomFit, "0", [.waterfall], .folding, "the whole trace again"),
    Binding(.panLeft, "Left", [.waterfall], .folding, "zoomed: earlier; else fold"),
    Binding(.panRight, "Right", [.waterfall], .folding, "zoomed: later; else unfold"),
    Binding(.showAttributes, "1", panes, .details, "to the attributes"),
    Binding(.showEvents, "2", panes, .details, "to the events"),
    Binding(.showLinks, "3", panes, .details, "to the links"),
    Binding(.showResource, "4", panes, .details, "to the resource and the scope"),
    Binding(.showSpan, "5", panes, .details, "to the ids, times and status"),
    Binding(
      .showCall, "6", panes, .details, "to the call: model, tokens, cost, messages, signals"),
    Binding(.showVerdict, "7", panes, .details, "to what the verdict goes by"),
    Binding(.showLogs, "8", panes, .details, "to the log records; Enter opens one"),
  ]

  private static let besides = [
    Binding(
      .open, "Enter", [.facets], .opening,
      "on a value: its traces alone; on a key: all of its values as a table", hint: "open"),
    Binding(.facets, "f", [.facets], .opening, "close the facets", hint: "close"),
    Binding(
      .back, "q Esc", [.facets], .opening, "back to the list; the facets stay where there is room",
      hint: "list"),
    Binding(.switchPane, "Tab S-Tab", [.facets], .opening, "as Esc"),
    Binding(
      .open, "Enter", [.groups], .opening, "the traces of the group; Esc comes back",
      hint: "traces"),
    Binding(
      .groups, "b", [.groups], .opening,
      "group by the next key: tenant, user, model ... and those of the facets", hint: "next key"),
    Binding(.previousKey, "B", [.groups], .opening, "group by the key before"),
  ]

  private static let grouping = [
    Binding(
      .facets, "f", [.traces], .opening,
      "facets: the keys that split these traces best, with their values", hint: "facets"),
    Binding(
      .groups, "b", [.traces], .opening, "who is affected: the traces grouped by a key",
      hint: "who"),
  ]

  private static let rest = [
    Binding(.copy, "y", [.traces, .waterfall], .copying, "copy the trace id", hint: "copy id"),
    Binding(.copyMore, "Y", filtered, .copying, "copy the value under the cursor"),
    Binding(.copyMore, "Y", [.waterfall], .copying, "copy the span id"),
    Binding(.copy, "y", [.details], .copying, "copy the value", hint: "copy"),
    Binding(.copyMore, "Y", [.details], .copying, "copy as a filter: key=value"),
    Binding(
      .write, "w", [.traces], .copying,
      "write the traces of the list to a file"
    ),
    Binding(.write, "w", panes, .copying, "write this trace to a file"),
    Binding(.find, "/", [.help], .moving, "search the keys", hint: "search"),

    Binding(.acceptLine, "Enter", [.filter], .editing, "apply the filter", hint: "apply"),
    Binding(.acceptLine, "Enter", [.find], .editing, "keep the matches", hint: "done"),
    Binding(
      .cancelLine, "Esc Ctrl-g", [.filter], .editing,
      "close the suggestions, then the prompt", hint: "cancel"),
    Binding(.cancelLine, "Esc Ctrl-g", [.find], .editing, "close the prompt", hint: "cancel"),
    Binding(
      .complete, "Tab", [.filter], .editing, "take the suggestion; again: the next one",
      hint: "complete"),
    Binding(.completeBackward, "S-Tab", [.filter], .editing, "the suggestion before"),
    Binding(
      .historyUp, "Up Ctrl-p", [.filter], .editing, "earlier filters that begin the same way",
      hint: "history"),
    Binding(.historyDown, "Down Ctrl-n", [.filter], .editing, "later filters"),
    Binding(
      .historySearch, "Ctrl-r", [.filter], .editing, "search earlier filters; again: further back"),
    Binding(.lineStart, "Ctrl-a Home", prompts, .editing, "to the start of the line"),
    Binding(.lineEnd, "Ctrl-e End", prompts, .editing, "to the end of the line"),
    Binding(.characterLeft, "Ctrl-b Left", prompts, .editing, "a character left"),
    Binding(.characterRight, "Ctrl-f Right", prompts, .editing, "a character right"),
    Binding(.wordLeft, "Alt-b", prompts, .editing, "a word left"),
    Binding(.wordRight, "Alt-f", prompts, .editing, "a word right"),
    Binding(.deleteBackward, "Backspace Ctrl-h", prompts, .editing, "delete the character before"),
    Binding(.deleteForward, "Delete Ctrl-d", prompts, .editing, "delete the character here"),
    Binding(.deleteWordBackward, "Ctrl-w", prompts, .editing, "delete back to a space"),
    Binding(.deleteWordForward, "Alt-d", prompts, .editing, "delete the word after"),
    Binding(.deleteToEnd, "Ctrl-k", prompts, .editing, "delete to the end"),
    Binding(.deleteToStart, "Ctrl-u", prompts, .editing, "delete to the start"),
    Binding(.yank, "Ctrl-y", prompts, .editing, "put back what was deleted last"),

    Binding(
      .overlay, "F12", everywhere, .terminal,
      "what tracetop itself takes: frames, keys, queries, lag, memory; again: off"),
    Binding(.toggleMouse, "F2", everywhere, .terminal, "mouse off, to select text; again: on"),
    Binding(.redraw, "Ctrl-l", everywhere, .terminal, "draw the screen anew"),
    Binding(.suspend, "Ctrl-z", everywhere, .terminal, "to the shell; fg comes back"),
  ]
}
