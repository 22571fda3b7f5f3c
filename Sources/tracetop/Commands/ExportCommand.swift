import ArgumentParser
import Ingest
import Store
import Synchronization

/// What `--format` takes.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
  case json = "otlp-json"
  case protobuf = "otlp-proto"

  var requestFormat: RequestFormat { self == .json ? .json : .protobuf }
}

/// `tracetop export`: traces that a collector holds, into a file.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write traces that a collector holds to a file.",
    discussion: """
      Whole traces and their logs, as OTLP: "tracetop open" and "tracetop import" read them back \
      exactly. otlp-json is a request a line, as the OpenTelemetry Collector's file exporter writes \
      them, of spans or of logs; otlp-proto is one protobuf message of spans, with the logs in a field \
      that other readers pass over. "-" is stdout. The file is yours alone \
      (0600), and one that is there is not overwritten without --force.
      """)

  @Argument(
    help: ArgumentHelp("The file to write, or - for stdout.", valueName: "file"),
    completion: .file())
  var file: String

  @Option(
    name: .customLong("where"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Only traces that this filter selects; repeat for AND.", valueName: "filter"))
  var filters: [String] = []

  @Option(help: ArgumentHelp("otlp-json or otlp-proto.", valueName: "format"))
  var format = ExportFormat.json

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var source: SourceOptions

  func run() throws {
    let filter = try WhereFilters.joined(filters) ?? ""
    if file == "-", format == .protobuf, StandardOutput.isTerminal {
      throw Failure.usage("otlp-proto is not for a terminal; name a file, or pipe it somewhere")
    }
    let writing = Writing(format.requestFormat)
    Interruption.watch { writing.discard() }
    let collector = try CollectorAccess.find(source)
    if file != "-" { writing.set(try OutputFile.open(file, replacing: force)) }
    do {
      try collector.watch(WatchRequest(filter: filter, follow: false)) { writing.take($0) }
    } catch {
      writing.discard()
      throw error
    }
    let tally = try writing.finish()
    let line = "exported \(TallyText.of(tally))"
    if file != "-" {
      StandardOutput.write("\(line) to \(VisibleText.of(file))\n")
    } else if StandardError.isTerminal {
      StandardError.say(line)
    }
  }
}

/// An export under way: frames come on the client's thread.
private final class Writing: Sendable {
  private struct State: ~Copyable {
    var writer: RequestFileWriter
    /// Nil for stdout.
    var file: OutputFile?
    var failure: Failure?
  }

  /// Guards the file and what went wrong; the client's thread writes, the command's ends it.
  private let state: Mutex<State>

  init(_ format: RequestFormat) {
    state = Mutex(State(writer: RequestFileWriter(format), file: nil))
  }

  /// Writes to a file from now on.
  func set(_ file: consuming sending OutputFile) {
    var file: OutputFile? = file
    state.withLock { $0.file = file.take() }
  }

  /// Writes a frame's traces; false where nothing more can be written.
  func take(_ frame: WatchFrame) -> Bool {
    let (request, kind): (MessageBytes, RequestKind)
    switch frame {
    case .exportRequest(let body): (request, kind) = (body, .spans)
    case .exportLogs(let body): (request, kind) = (body, .logs)
    default: return true
    }
    return state.withLock { state in
      let bytes = state.writer.bytes(of: request, kind)
      do throws(Failure) {
        switch state.file {
        case .some(let file): try file.write(bytes)
        case .none: StandardOutput.write(bytes)
        }
        return true
      } catch {
        state.failure = error
        return false
      }
    }
  }

  func discard() {
    state.withLock { state in
      if let file = state.file.take() { file.discard() }
    }
  }

  func finish() throws(Failure) -> RequestTally {
    if let failure = state.withLock({ $0.failure }) {
      discard()
      throw failure
    }
    return try state.withLock { (state) throws(Failure) -> RequestTally in
      if let file = state.file.take() { try file.finish() }
      return state.writer.tally
    }
  }
}
