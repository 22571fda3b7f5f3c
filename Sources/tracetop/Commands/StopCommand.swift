import ArgumentParser
import Store

/// `tracetop stop`: asks the collector to end, and waits until it has.
struct StopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop", abstract: "Stop the collector.")

  @OptionGroup var source: SourceOptions

  func run() throws {
    let collector = try CollectorAccess.find(source)
    let held = try? collector.status().statistics
    try collector.stop()
    let count = held.map { " It held \($0.tracesHeld) traces with \($0.spansHeld) spans." } ?? ""
    StandardOutput.write("Stopped the collector at \(collector.address).\(count)\n")
  }
}
