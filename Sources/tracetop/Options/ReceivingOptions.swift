import ArgumentParser
import Ingest
import Store

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
  @OptionGroup var retention: RetentionOptions
  @OptionGroup var security: ListenerOptions
  @OptionGroup var journal: JournalSettings

  @Flag(
    name: .customLong("insecure-remote"),
    help: "Take spans on addresses that other machines reach, without TLS or a token.")
  var isRemoteAllowed = false

  /// An option that a collector which runs already would not hear of; nil where none was given.
  var firstUnheard: String? {
    rules.firstGiven ?? security.firstGiven ?? retention.firstGiven
  }

  @Option(
    help: ArgumentHelp(
      "The longest request taken, decompressed, such as 64MiB.", valueName: "size"))
  var maxBody = MemorySize(bytes: IngestLimits.maximumBodyBytes)

  @Option(
    help: ArgumentHelp(
      "The longest attribute value kept; longer ones are cut and counted.", valueName: "size"))
  var maxValue = MemorySize(bytes: BatchLimits().valueBytes)

  @Option(
    help: ArgumentHelp(
      "The most attributes of a span kept; more are left out and counted.", valueName: "count"))
  var maxAttributes = BatchLimits().attributesPerSpan

  @Option(help: ArgumentHelp("The most connections at once.", valueName: "count"))
  var maxConnections = IngestLimits.maximumConnections

  @Option(
    help: ArgumentHelp(
      "Seconds after which a connection without a request is closed.", valueName: "seconds"))
  var idleTimeout = IngestLimits.idleMilliseconds / 1_000

  func validate() throws {
    guard maxBody.bytes >= 1 << 10, maxBody.bytes < 1 << 31 else {
      throw ValidationError("--max-body must be from 1KiB to less than 2GiB.")
    }
    guard maxValue.bytes >= 16, maxValue.bytes < 1 << 31 else {
      throw ValidationError("--max-value must be from 16 bytes to less than 2GiB.")
    }
    guard maxAttributes >= 1, maxConnections >= 1, idleTimeout >= 1 else {
      throw ValidationError(
        "--max-attributes, --max-connections and --idle-timeout must be at least 1.")
    }
    guard memory.bytes >= MemorySize.smallest.bytes else {
      throw ValidationError("--memory must be at least 16MiB.")
    }
  }

  var limits: ReceivingLimits {
    var limits = ReceivingLimits()
    limits.setBodyBytes(maxBody.bytes)
    limits.connections = maxConnections
    limits.idleMilliseconds = min(idleTimeout, Int(Int32.max)) * 1_000
    return limits
  }

  var batchLimits: BatchLimits {
    var limits = BatchLimits()
    limits.attributesPerSpan = maxAttributes
    limits.valueBytes = maxValue.bytes
    return limits
  }

  /// The socket's path; nil where there is to be none.
  var socketPath: String? {
    socket == "off" ? nil : socket ?? CollectorAddress.defaultSocketPath
  }
}
