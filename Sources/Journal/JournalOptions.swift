public import Store

/// Where the journal is and how much of it is kept.
public struct JournalOptions: Equatable, Sendable {
  /// What a commit waits for before a request is acknowledged.
  public enum Sync: String, Sendable, CaseIterable {
    /// The operating system has the bytes: they outlive this process however it ends, and after a power
    /// loss the last moments may be missing, never anything before them.
    case normal
    /// The disk has the bytes: they outlive a power loss too, as far as the disk keeps its word.
    case full
  }

  public var path: String
  /// The most room on disk, in bytes, with what is not merged into the file yet.
  public var maximumBytes = 1 << 30
  /// How long a frame is kept.
  public var maximumAge = Nanoseconds.seconds(86_400)
  public var sync = Sync.normal

  public init(path: String) { self.path = path }

  /// How long the write-ahead log gets, in bytes: an eighth of a small journal.
  var logBytes: Int { min(JournalLimits.logBytes, size / 8) }

  private var size: Int { max(maximumBytes, JournalLimits.smallestBytes) }

  /// Room for frames, in bytes: what the log, a group on its way and the table itself leave.
  var frameBytes: Int { size - logBytes - 2 * JournalLimits.frameBytes - size / 32 }
}

/// The journal's numbers. Every one is a decision and has its reason here.
enum JournalLimits {
  /// What may wait to be written, in bytes of requests: a second of full speed. Beyond it senders are
  /// told to try again.
  static let queueBytes = 64 << 20

  /// Requests share a frame up to this length, in bytes before compression: neighbours repeat each
  /// other, and beyond a megabyte or two zstd finds no more of it.
  static let frameBytes = 2 << 20

  /// zstd's level. One more takes an eighth off the disk and a quarter more processor.
  static let compressionLevel: Int32 = 1

  /// SQLite's pages, in bytes. Its own default: a small group writes two or three of them.
  static let pageBytes = 4_096

  /// The longest write-ahead log before it is merged into the file, in bytes. Each merge waits for the
  /// disk twice.
  static let logBytes = 16 << 20

  /// The least that the journal may be limited to, in bytes: room for a log and a few frames.
  static let smallestBytes = 32 << 20

  /// After how long a disk that was full is tried again, in nanoseconds.
  static let retryNanoseconds: UInt64 = 5_000_000_000

  /// How often the progress of reading back is told of, in nanoseconds: a screen shows no more. Its end
  /// is told of at once.
  static let replayNewsNanoseconds: UInt64 = 33_000_000

  /// Queue memory of more bytes than this is given back once it is empty.
  static let keptBytes = 2 << 20

  /// Pages given back to the disk in one step, for the same reason.
  static let shrunkPages = 1_024

  /// Frames deleted in one transaction at most, so that no sender waits long for them.
  static let deletedFrames = 64
}
