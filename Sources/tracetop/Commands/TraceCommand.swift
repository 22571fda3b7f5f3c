import ArgumentParser
import Ingest
import Store
import TUI

/// `tracetop trace`: a look at traces that a collector holds, with the options and results of `planoai trace`.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace", abstract: "Print traces that a collector holds.",
    discussion: """
      TARGET is "last" (the trace touched last), "any" (all of them), or a trace id of 8 or 32 \
      hexadecimal digits. Without one it is "last", or "any" with --list, --limit or --since. "listen" \
      starts a collector in the background, "stop" and "down" end it.

      The options and results are those of "planoai trace"; Docs/Trace.md has the differences. Exit \
      codes: 0 done, also when nothing matched; 1 an error; 2 wrong usage; 3 no collector is running.
      """)

  @Argument(help: ArgumentHelp("last, any, a trace id, listen, stop or down.", valueName: "target"))
  var target: String?

  @Option(
    name: .customLong("where"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Only traces that this selects: key=value as planoai has it, or any filter; repeat for AND.",
      valueName: "filter"))
  var filters: [String] = []

  @Flag(help: "Print trace ids only; on a terminal, choose a trace from a list.")
  var list = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("At most so many traces, those touched last.", valueName: "count"))
  var limit: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only traces with a span that began in this time: a number and s, m, h, d or w.",
      valueName: "age"))
  var since: String?

  @Flag(help: "Print JSON.")
  var json = false

  @Option(
    name: .customLong("filter"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Keep only these attributes of spans: keys with commas between them, * for any text; repeat for more.",
      valueName: "keys"))
  var attributeKeys: [String] = []

  @Flag(name: .shortAndLong, help: "Print every attribute of every span, and its events.")
  var verbose = false

  @Flag(name: .customLong("no-interactive"), help: "Ask nothing: print ids on a terminal too.")
  var isNotInteractive = false

  @Flag(name: .customLong("no-color"), help: "Use no colours; NO_COLOR does the same.")
  var hasNoColor = false

  @Flag(help: "Draw with ASCII only.")
  var ascii = false

  @OptionGroup var source: SourceOptions

  func run() throws {
    if let action = listenerAction {
      return try TraceListener.perform(action, from: source)
    }
    let request = try TraceRequest(self)
    let collector = try CollectorAccess.find(source)
    let isChoosing = list && !json && !isNotInteractive && TraceChooser.isPossible
    let traces = try request.fetch(
      from: collector, idsOnly: list && !isChoosing && attributeKeys.isEmpty)
    var keeping = attributeKeys.isEmpty ? nil : AttributeSelection(attributeKeys)
    if let traces, let selection = keeping,
      try !selection.isApplied(to: traces, of: collector)
    {
      keeping = nil
    }
    if isChoosing, let traces, !traces.isEmpty {
      guard let chosen = try TraceChooser.choose(from: traces, ink: ink, glyphs: glyphs) else {
        return StandardOutput.write("Cancelled.\n")
      }
      return print(chosen, keeping: keeping)
    }
    if list { return printList(traces?.ids ?? []) }
    guard !json else { return TraceJSON(traces: traces, selection: keeping).write() }
    guard let newest = traces?.documents.first(where: { _ in true }) else {
      return StandardOutput.write("No traces found.\n")
    }
    print(newest, keeping: keeping)
  }

  private var ink: Ink { .standard(isRefused: hasNoColor) }
  private var glyphs: Glyphs { .set(isASCII: ascii) }

  private func print(_ trace: TraceDocument, keeping selection: AttributeSelection?) {
    var trace = trace
    selection?.apply(to: &trace)
    let text = TraceText(
      ink: ink, glyphs: glyphs,
      extent: verbose ? .all : selection != nil ? .chosen : .usual,
      columns: StandardOutput.columns)
    StandardOutput.write(text.text(of: trace))
  }

  /// What to do about a listener; nil where traces are asked for. With an option that says how to show
  /// traces these words are taken for ids, as `planoai trace` does.
  private var listenerAction: TraceListener.Action? {
    let isShowing =
      list || json || verbose || isNotInteractive || !filters.isEmpty || !attributeKeys.isEmpty
      || (limit ?? 0) != 0 || since?.isEmpty == false
    return isShowing ? nil : target.flatMap(TraceListener.Action.init)
  }

  private func printList(_ ids: [TraceID]) {
    if json {
      var writer = JSONWriter()
      writer.object { json in json.array("trace_ids", ids) { $0.string($1.hex) } }
      StandardOutput.write(writer.bytes + [UInt8(ascii: "\n")])
    } else if ids.isEmpty {
      StandardOutput.write("No trace IDs found.\n")
    } else {
      StandardOutput.write("Trace IDs:\n" + ids.map { "  - \($0.hex.prefix(8))\n" }.joined())
    }
  }
}
