import ArgumentParser
import Ingest
import Store

/// `tracetop import`: the traces of files, into a running collector.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Send the traces of files to a running collector.",
    discussion: """
      The collector takes them as it takes any others: its rules apply, and its limits. What is broken \
      in a file is said with its place and left out, the rest is sent; the exit code is then 1.
      """)

  @OptionGroup var arguments: FileArguments

  @Option(
    help: ArgumentHelp(
      "Where to send: unix:PATH or host:port of any OTLP/gRPC receiver.", valueName: "address"))
  var to: String?

  @OptionGroup var security: ClientOptions

  func run() throws {
    let inputs = try arguments.open()
    let progress = ImportProgress(inputs)
    Interruption.watch { progress.interrupt() }
    let client = try CollectorAccess.findReceiver(to, security.read())
    let sink = SendingSink { (body) throws(IngestError) in try client.exportTraces(body) }
    var hasLost = false
    for (number, input) in inputs.enumerated() {
      progress.begin(number)
      let reader = FileReader(
        input, into: sink, maximumRecordBytes: arguments.maxRecord.bytes,
        onProgress: { progress.show($0) })
      do throws(FileError) {
        try reader.run()
        try sink.flush()
      } catch {
        progress.close(sent: sink.sent)
        throw Failure(error.message)
      }
      progress.end(reader.report)
      if !reader.report.isWhole || reader.report.spansRejected > 0 { hasLost = true }
    }
    client.close()
    progress.close(sent: sink.sent, refused: sink.refused, reason: sink.reason)
    if hasLost || sink.refused > 0 { StandardOutput.end(with: 1) }
  }
}
