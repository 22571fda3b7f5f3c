import ArgumentParser

/// `tracetop collect`: the collector alone.
struct CollectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collect", abstract: "Receive and hold spans, without a screen.",
    discussion: """
      Prints a line for each endpoint once it is bound, then "ready". Ends with SIGTERM or \
      "tracetop stop", after the calls that are under way. Look at it with "tracetop attach".
      """)

  @Flag(help: "Run in the background; prints the same lines and returns when it is ready.")
  var detach = false

  /// Said to the copy that `--detach` starts.
  @Flag(name: .customLong("detached"), help: .hidden)
  var isDetached = false

  @OptionGroup var receiving: ReceivingOptions

  func run() throws {
    guard !detach else { return try Detached.run(CommandLine.arguments) }
    // Before any thread is begun, so that all of them leave the signals to this one.
    Signals.holdEnding()
    let collector = try LocalCollector(receiving, log: ProgramLog())
    for warning in collector.warnings { StandardError.say(warning) }
    for endpoint in collector.endpoints { StandardOutput.offer("listening \(endpoint)\n") }
    StandardOutput.offer("ready\n")
    if isDetached { Detached.closeStreams() }
    let signal = Signals.wait()
    collector.stop()
    guard signal != Signals.interrupt else { StandardOutput.end(with: Signals.interruptedExit) }
  }
}
