import ArgumentParser
import Ingest

/// `tracetop status`: what the collector has received, holds and lost.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Say what the collector has received, holds and lost.")

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var source: SourceOptions

  func run() throws {
    let status = try CollectorAccess.find(source).status()
    guard json else { return StandardOutput.write(StatusText.text(status, ink: .standard())) }
    var writer = JSONWriter()
    status.write(to: &writer)
    StandardOutput.write(writer.bytes + [UInt8(ascii: "\n")])
  }
}
