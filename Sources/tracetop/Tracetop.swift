import ArgumentParser

/// `tracetop`: the commands, and what their ends mean to a shell.
@main
struct Tracetop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tracetop",
    abstract: "See what AI gateways do with requests, live, on a terminal.",
    discussion: """
      Without a command tracetop is the explorer. If a collector of yours runs already it attaches to \
      it; otherwise it receives spans itself: OTLP/gRPC on 127.0.0.1:4317, OTLP/HTTP on \
      127.0.0.1:4318, and both on a Unix socket of yours.
      """,
    version: Version.text,
    subcommands: [
      LiveCommand.self, CollectCommand.self, AttachCommand.self, OpenCommand.self,
      TraceCommand.self, TopCommand.self, TailCommand.self, ExportCommand.self, ImportCommand.self,
      StatusCommand.self, StopCommand.self, DemoCommand.self, DocsCommand.self,
    ],
    defaultSubcommand: LiveCommand.self)

  /// Runs the command line and ends the process: 0 done, 1 an error, 2 usage, 3 no collector, 130 interrupted.
  static func main() {
    FileDescriptor.fillStandardStreams()
    Signals.ignoreBrokenPipes()
    PrivateFiles.restrictCreation()
    do {
      var command = try parseNamed() ?? parseAsRoot()
      try command.run()
      StandardOutput.end(with: 0)
    } catch let failure as Failure {
      StandardError.say(failure.message)
      StandardOutput.end(with: failure.exitCode)
    } catch {
      endParsing(with: error)
    }
  }

  /// The command that the first argument names, where its own options are right.
  ///
  /// The parser looks through the options of the command that is there by default before it comes to the
  /// one that is named: a third of the start of a collector. Whatever is not right is left to it, help
  /// and its own messages included.
  private static func parseNamed() -> (any ParsableCommand)? {
    let arguments = CommandLine.arguments.dropFirst()
    guard let name = arguments.first,
      let named = configuration.subcommands.first(where: { $0.configuration.commandName == name })
    else { return nil }
    return try? named.parseAsRoot(Array(arguments.dropFirst()))
  }

  /// Help and version are what was asked for; the rest is wrong usage.
  private static func endParsing(with error: any Error) -> Never {
    let code = exitCode(for: error)
    let text = fullMessage(for: error)
    if code.isSuccess {
      StandardOutput.write(text + "\n")
      StandardOutput.end(with: 0)
    }
    guard code == .validationFailure else {
      StandardError.say(VisibleMessage.of(error))
      StandardOutput.end(with: code == .failure ? 1 : code.rawValue)
    }
    StandardError.write(text + "\n")
    StandardOutput.end(with: 2)
  }
}
