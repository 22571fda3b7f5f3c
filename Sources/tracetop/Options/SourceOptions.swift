import ArgumentParser

/// Where a one-shot command finds the collector.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The collector to ask: unix:PATH or host:port.",
      discussion: "Else its socket, else 127.0.0.1:$PLANO_TRACE_PORT, else 127.0.0.1:4317.",
      valueName: "address"))
  var from: String?

  @OptionGroup var security: ClientOptions
}
