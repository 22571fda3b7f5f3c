import ArgumentParser

/// `tracetop attach`: the explorer on a collector that runs already.
struct AttachCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attach", abstract: "Open the explorer on a running collector.")

  @Argument(
    help: ArgumentHelp(
      "unix:PATH or host:port; without one, your own collector's socket.", valueName: "address"))
  var address: String?

  @Option(
    help: ArgumentHelp(
      "How much memory the spans may take here, such as 512MiB.", valueName: "size"))
  var memory = MemorySize.standard

  @OptionGroup var security: ClientOptions
  @OptionGroup var looking: LookingOptions

  func run() throws {
    let options = try looking.explorerOptions()
    try ExplorerSession.requireTerminal()
    let shown = try security.read()
    let collector = try CollectorAccess.find(address, shown)
    let log = ProgramLog()
    let source = try AttachedSource(
      collector.address, security: shown, memory: memory, log: log)
    try ExplorerSession.run(options, on: source, log: log)
  }
}
