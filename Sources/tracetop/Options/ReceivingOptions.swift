import ArgumentParser
import Ingest

/// Where spans come in, and how many are held.
struct ReceivingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where to take OTLP/gRPC; port 0 takes a free one, \"off\" none.", valueName: "address"))
  var grpc = "127.0.0.1:4317"

  @Option(
    help: ArgumentHelp(
      "Where to take OTLP/HTTP; port 0 takes a free one, \"off\" none.", valueName: "address"))
  var http = "127.0.0.1:4318"

  @Option(
    help: ArgumentHelp(
      "The Unix socket for viewers and exporters, or \"off\".",
      discussion: "Else $XDG_RUNTIME_DIR/tracetop/collector.sock.", valueName: "path"))
  var socket: String?

  @Option(
    help: ArgumentHelp(
      "How much memory spans may take, such as 512MiB or 2GiB.", valueName: "size"))
  var memory = MemorySize.standard

  @OptionGroup var rules: RuleOptions

  @Flag(
    name: .customLong("insecure-remote"),
    help: "Take spans on addresses that other machines reach, without TLS or a token.")
  var isRemoteAllowed = false

  func validate() throws {
    guard memory.bytes >= MemorySize.smallest.bytes else {
      throw ValidationError("--memory must be at least 16MiB.")
    }
  }

  /// The socket's path; nil where there is to be none.
  var socketPath: String? {
    socket == "off" ? nil : socket ?? CollectorAddress.defaultSocketPath
  }
}
