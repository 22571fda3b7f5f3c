import ArgumentParser
import TUI

/// `tracetop`, `tracetop live`: the explorer, on the collector of this user or as one.
struct LiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "live", abstract: "Open the explorer (the default).",
    discussion: """
      Where a collector of yours runs on the socket, the explorer attaches to it. Otherwise it is \
      the collector, for as long as it is open.
      """)

  @Flag(help: "Send realistic traffic of Plano and ContextForge to look at.")
  var demo = false

  @OptionGroup var receiving: ReceivingOptions
  @OptionGroup var looking: LookingOptions

  func run() throws {
    let options = try looking.explorerOptions()
    try ExplorerSession.requireTerminal()
    let log = ProgramLog()
    let source: any ExplorerSource
    if let path = receiving.socketPath, let address = CollectorAccess.running(at: path) {
      if let option = receiving.firstUnheard {
        throw Failure(
          "\(option) has no effect: a collector runs already (\(address)), with options of its own; "
            + "stop it with \"tracetop stop\" first")
      }
      source = try AttachedSource(address, memory: receiving.memory, log: log)
    } else {
      source = try LocalCollector(receiving, isDemo: demo, log: log)
    }
    if demo { source.startDemo() }
    try ExplorerSession.run(options, on: source, log: log)
  }
}
