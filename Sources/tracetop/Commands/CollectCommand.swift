import ArgumentParser
import Ingest

/// `tracetop collect`: the collector alone.
struct CollectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collect", abstract: "Receive and hold spans, without a screen.",
    discussion: """
      Prints a line for each endpoint once it is bound, then "ready". Ends with SIGTERM or \
      "tracetop stop", after the calls that are under way. SIGHUP has it read certificates and tokens \
      anew. Look at it with "tracetop attach". Takes sockets from systemd, and tells it when it is ready.
      """)

  @Flag(help: "Run in the background; prints the same lines and returns when it is ready.")
  var detach = false

  /// Said to the copy that `--detach` starts.
  @Flag(name: .customLong("detached"), help: .hidden)
  var isDetached = false

  @OptionGroup var receiving: ReceivingOptions

  /// Sockets that systemd has opened.
  private var inherited: [InheritedSocket] {
    get throws(Failure) {
      do throws(IngestError) {
        return try InheritedSocket.takeAll()
      } catch {
        throw Failure(error.message)
      }
    }
  }

  func run() throws {
    guard !detach else { return try Detached.run(CommandLine.arguments) }
    // Before any thread is begun, so that all of them leave the signals to this one.
    Signals.holdEnding()
    let hadTerminal = Environment.hasTerminal
    let collector = try LocalCollector(receiving, inherited: inherited, log: ProgramLog())
    for warning in collector.warnings { StandardError.say(warning) }
    for endpoint in collector.endpoints { StandardOutput.offer("listening \(endpoint)\n") }
    StandardOutput.offer("ready\n")
    if isDetached { Detached.closeStreams() }
    ServiceNotice.ready()
    var signal = Signals.wait()
    // A terminal that has gone takes the collector along; otherwise somebody wants files read anew.
    while signal == Signals.hangUp, !hadTerminal || Environment.hasTerminal {
      ServiceNotice.reloading()
      collector.reload()
      ServiceNotice.ready()
      signal = Signals.wait()
    }
    ServiceNotice.stopping()
    collector.stop()
    guard signal != Signals.interrupt else { StandardOutput.end(with: Signals.interruptedExit) }
  }
}
