import ArgumentParser
import Journal
import Store

/// What becomes of spans when the program ends: `--journal` and its like.
struct JournalSettings: ParsableArguments {
  /// ``JournalOptions/Sync`` as it is written.
  enum Sync: String, ExpressibleByArgument, CaseIterable { case normal, full }

  @Option(
    name: .customLong("journal"),
    help: ArgumentHelp(
      "The file that requests are written to before they are acknowledged.",
      discussion: "Else $XDG_STATE_HOME/tracetop/journal.sqlite.", valueName: "file"))
  var path: String?

  @Flag(
    name: .customLong("no-journal"),
    help: "Keep spans in memory only: what was received is gone when the program ends.")
  var isOff = false

  @Option(
    name: .customLong("journal-size"),
    help: ArgumentHelp("The most room of the journal on disk; the oldest goes.", valueName: "size"))
  var size = MemorySize(bytes: 1 << 30)

  @Option(
    name: .customLong("journal-age"),
    help: ArgumentHelp("How long the journal keeps what it has, such as 24h.", valueName: "age"))
  var age = Age.day

  @Option(
    name: .customLong("journal-sync"),
    help: ArgumentHelp(
      "What an acknowledged request outlives: normal, the end of this process however it ends; "
        + "full, a power loss too.", valueName: "how"))
  var sync = Sync.normal

  /// The smallest journal that works: room for what is not merged yet and a few frames.
  static let smallest = 32 << 20

  func validate() throws {
    guard !isOff || path == nil else {
      throw ValidationError("--journal and --no-journal exclude each other.")
    }
    guard size.bytes >= Self.smallest else {
      throw ValidationError("--journal-size must be at least 32MiB.")
    }
    guard age.length > .zero else { throw ValidationError("--journal-age must not be 0.") }
    guard path != "" else { throw ValidationError("--journal needs a file.") }
  }

  /// Where the journal is and how much of it is kept; nil where there is to be none.
  ///
  /// Demo traffic is nothing to keep, unless a file is named for it.
  func options(isDemo: Bool = false) -> JournalOptions? {
    guard !isOff, !isDemo || path != nil else { return nil }
    guard let path = path ?? Environment.stateFolder.map({ "\($0)/tracetop/journal.sqlite" })
    else { return nil }
    var options = JournalOptions(path: path)
    options.maximumBytes = size.bytes
    options.maximumAge = age.length
    options.sync = sync == .full ? .full : .normal
    return options
  }
}

extension Age: ExpressibleByArgument {
  static let day = Age(length: .seconds(86_400))

  init?(argument: String) {
    guard let age = try? Age(argument) else { return nil }
    self = age
  }

  var defaultValueDescription: String { "\(length.rawValue / 3_600_000_000_000)h" }
}
