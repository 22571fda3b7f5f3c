/// How the journal stands, for those who ask.
public struct JournalReport: Equatable, Sendable {
  public enum State: Equatable, Sendable {
    /// Requests wait for it.
    case opening
    /// Acknowledged requests are in it.
    case on
    /// Acknowledged requests are in memory only.
    case stopped(JournalFault)
    /// The program is ending.
    case closed

    /// One word for scripts.
    public var word: String {
      switch self {
      case .opening: "opening"
      case .on: "on"
      case .stopped(let fault): fault.kind.rawValue
      case .closed: "closed"
      }
    }

    /// Why it is not written.
    public var reason: String? {
      if case .stopped(let fault) = self { fault.reason } else { nil }
    }
  }

  /// What is read back of it.
  public struct Replay: Equatable, Sendable {
    public var isRunning = false
    /// Spans and log records that the file had at the start.
    public var total: UInt64 = 0
    /// Of those, the ones read.
    public var items: UInt64 = 0
    /// Of those, the ones that memory has no room for.
    public var left: UInt64 = 0
    /// Frames that could not be read, or not whole.
    public var unreadable: UInt64 = 0
    /// Spans and log records that they had; where a frame could be read in part, those too that were.
    public var unreadableItems: UInt64 = 0
    public init() {}

    /// Of the total, what was met so far.
    var met: UInt64 { items &+ unreadableItems }
  }

  public var state = State.opening
  public var path: String
  /// Room that it takes on disk, with what is not merged into the file yet.
  public var bytes: UInt64 = 0
  /// Spans and log records in it.
  public var items: UInt64 = 0
  /// Requests committed since the start.
  public var committed: UInt64 = 0
  /// Requests acknowledged without being in it.
  public var unwritten: UInt64 = 0
  /// Spans and log records deleted for their age or for room.
  public var deleted: UInt64 = 0
  public var replay = Replay()

  public init(path: String) { self.path = path }
}
