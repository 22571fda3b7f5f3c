import ArgumentParser
import Ingest
import Store

/// `tracetop import`: the traces and logs of files, into a running collector.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Send the traces of files to a running collector.",
    discussion: """
      The collector takes them as it takes any others: its rules apply, and its limits. What is broken \
      in a file is said with its place and left out, the rest is sent; the exit code is then 1. A \
      collector that is busy, or goes away meanwhile, is tried again for as long as --retry-for says; \
      what it acknowledged is not sent again.
      """)

  @OptionGroup var arguments: FileArguments

  @Option(
    help: ArgumentHelp(
      "Where to send: unix:PATH or host:port of any OTLP/gRPC receiver.", valueName: "address"))
  var to: String?

  @Option(
    name: .customLong("retry-for"), parsing: .unconditional,
    help: ArgumentHelp(
      "How long a request is tried that does not get through: a number and s, m, h, d or w.",
      valueName: "age"))
  var patience = "60s"

  @OptionGroup var security: ClientOptions

  func run() throws {
    let patience = try Age(patience, of: "--retry-for")
    let inputs = try arguments.open()
    let progress = ImportProgress(inputs)
    Interruption.watch { progress.interrupt() }
    let shown = try security.read()
    let client = try CollectorAccess.findReceiver(to, shown)
    let address = client.address
    let sender = PatientSender(
      client, patienceMilliseconds: Int(clamping: patience.length.rawValue / 1_000_000),
      connect: { () throws(IngestError) in try CollectorClient(address, security: shown) },
      onWaiting: { progress.wait($0) })
    let sink = SendingSink(sender)
    var hasLost = false
    for (number, input) in inputs.enumerated() {
      progress.begin(number)
      let reader = FileReader(
        input, into: sink, maximumRecordBytes: arguments.maxRecord.bytes,
        onProgress: { progress.show($0) })
      do throws(FileError) {
        try reader.run()
      } catch {
        Interruption.yield()
        progress.close(spans: sink.sent.spans, logs: sink.sent.logs)
        throw Failure(error.message)
      }
      Interruption.yield()
      progress.end(reader.report)
      if !reader.report.isWhole || reader.report.spansRejected > 0 { hasLost = true }
    }
    sender.close()
    let (spans, logs) = sink.sent
    progress.close(spans: spans, logs: logs)
    if hasLost || spans.refused + logs.refused > 0 { StandardOutput.end(with: 1) }
  }
}
