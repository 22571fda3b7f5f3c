import ArgumentParser
import Glibc
import Ingest
import Store
import TUI

/// `tracetop open`: the explorer on files, with no collector.
struct OpenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open", abstract: "Open the explorer on files of traces.",
    discussion: """
      Nothing is listened on. The screen is there at once and the list grows while the files are read. \
      What is broken in them is left out and said: on the status line, and with "i" in a list with its \
      place. Rules for attributes are applied as a collector would apply them to the spans.
      """)

  @OptionGroup var arguments: FileArguments

  @Option(
    help: ArgumentHelp(
      "How much memory the spans may take, such as 512MiB or 2GiB; whole requests go to make room.",
      valueName: "size"))
  var memory = MemorySize.standard

  @OptionGroup var rules: RuleOptions
  @OptionGroup var looking: LookingOptions

  func validate() throws {
    guard memory.bytes >= MemorySize.smallest.bytes else {
      throw ValidationError("--memory must be at least 16MiB.")
    }
  }

  func run() throws {
    let options = try looking.explorerOptions()
    let takesInput = arguments.files.contains("-")
    // Keys come from the terminal where the traces come from stdin.
    let inputs = try arguments.open(
      stdin: takesInput ? StandardInput.handOver() : STDIN_FILENO)
    try ExplorerSession.requireTerminal()
    let log = ProgramLog()
    let source = try FileSource(
      inputs, memory: memory, rules: RuleSetup(rules),
      maximumRecordBytes: arguments.maxRecord.bytes,
      log: log)
    try ExplorerSession.run(options, on: source, log: log)
  }
}
