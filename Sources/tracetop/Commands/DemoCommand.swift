import ArgumentParser
import Ingest
import Store

/// `tracetop demo`: realistic traffic to look at.
struct DemoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Send realistic traffic of Plano and ContextForge over OTLP.",
    discussion: """
      Sends to a running collector until Ctrl-C, or for the seconds given. Spans leave as they end, \
      as gateways send them, so the last ones come up to 5 seconds later.
      """)

  @Option(help: ArgumentHelp("Requests a second.", valueName: "number"))
  var rate = 5.0

  @Option(help: ArgumentHelp("How long to begin requests.", valueName: "number"))
  var seconds: Double?

  @Option(
    help: ArgumentHelp(
      "Where to send: unix:PATH or host:port of any OTLP/gRPC receiver.", valueName: "address"))
  var to: String?

  @Option(help: ArgumentHelp("The same seed makes the same requests.", valueName: "number"))
  var seed: UInt64?

  @OptionGroup var security: ClientOptions

  func validate() throws {
    guard rate > 0, rate <= 10_000 else {
      throw ValidationError("--rate must be above 0 and at most 10000.")
    }
    guard seconds.map({ $0 > 0 && $0 <= 1e8 }) ?? true else {
      throw ValidationError("--seconds must be above 0.")
    }
  }

  func run() throws {
    Signals.holdEnding()
    let client = try CollectorAccess.findReceiver(to, security.read())
    let pace = rate == rate.rounded() ? "\(Int(rate))" : "\(rate)"
    StandardOutput.write("sending \(pace) requests a second to \(client.address)\n")
    var run = DemoRun(
      client, seed: seed ?? UInt64.random(in: .min ... .max), requestsPerSecond: rate,
      for: seconds.map { Nanoseconds(UInt64($0 * 1e9)) })
    var signal: Int32?
    while signal == nil, let pause = run.pause {
      signal = Signals.wait(milliseconds: Int(pause.rawValue / 1_000_000) + 1)
      do {
        try run.send()
      } catch {
        throw Failure("the demo ended: \(error.message)")
      }
    }
    client.close()
    StandardOutput.write("sent \(run.requests) requests with \(run.spans) spans\n")
    guard signal != Signals.interrupt else { StandardOutput.end(with: Signals.interruptedExit) }
  }
}
