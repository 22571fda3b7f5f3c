/// What the receiver takes from its peers. Every number is a decision and has its reason here.
public enum IngestLimits {
  /// The longest request body, in bytes after decompression.
  ///
  /// A thousand times what an SDK batches (512 spans, 350 KB), and 16 times grpc's own default.
  public static let maximumBodyBytes = 64 << 20

  /// The longest compressed body, in bytes on the wire.
  ///
  /// OTLP shrinks to a quarter or less, so a body within ``maximumBodyBytes`` is never longer than
  /// this.
  public static let maximumCompressedBytes = 16 << 20

  /// How much is read and dropped behind an answer that came before its request was whole, in bytes.
  ///
  /// Many clients read no answer before they have sent everything, and one that is hung up on meanwhile
  /// sees a reset instead. Four of the longest bodies; ``requestMilliseconds`` holds all the same.
  static let maximumDrainedBytes = 256 << 20

  /// How much memory a length that is only announced may reserve, in bytes. The rest grows as bytes
  /// arrive.
  static let maximumReservedBytes = 1 << 20

  /// The most requests that have begun and are not answered, on one event loop. Beyond it senders are
  /// told to try again: with 429 or RESOURCE_EXHAUSTED and a delay.
  public static let maximumRequestsInFlight = 4_096

  /// The most memory for bodies that are not whole yet, on one event loop, in bytes: 700 batches of
  /// an SDK. Beyond it senders are told to try again: with 503 or UNAVAILABLE and a delay.
  public static let maximumBytesInFlight = 256 << 20

  /// How long a connection may take for its first request's head, and each later head once it has
  /// begun, in milliseconds. Heads are a packet or two; who takes longer holds a place for nothing.
  public static let headMilliseconds = 10_000

  /// How long nothing of a body may arrive, or nothing of the answers be taken, in milliseconds.
  public static let stallMilliseconds = 30_000

  /// How long a body may take as a whole, in milliseconds: 64 MiB at 2 Mbit/s.
  public static let requestMilliseconds = 300_000

  /// How long a connection may stay open without a request, in milliseconds.
  ///
  /// Exporters keep connections for hours without a word, and open a new one without a loss.
  public static let idleMilliseconds = 3_600_000

  /// The most connections at once over all endpoints; further ones are closed when accepted.
  ///
  /// Below the usual limit of 1,024 open files, with room for the program's own.
  public static let maximumConnections = 768

  /// The most calls at once on one HTTP/2 connection. Exporters use one; a load generator up to 64.
  static let maximumConcurrentStreams = 128

  /// The longest header block, in bytes as HTTP/2 counts them. OTLP needs under 1 KiB; tokens may
  /// be long.
  static let maximumHeaderListBytes = 16 << 10

  /// The HTTP/2 flow-control window of one call, in bytes: a whole batch without waiting for
  /// credit.
  static let streamWindowBytes = 8 << 20

  /// The HTTP/2 flow-control window of one connection, in bytes: a few calls at full speed side by
  /// side.
  static let connectionWindowBytes = 16 << 20

  /// The longest HTTP/2 frame taken, in bytes. Parts are handed on as they arrive, so it costs no
  /// memory.
  static let maximumFrameBytes = 1 << 20

  /// The most that one read from a socket brings, in bytes: the memory that a connection which has sent
  /// a batch holds until it closes.
  static let maximumReadBytes = 256 << 10

  /// The same for a connection that comes when there are ``fewConnections``. Four more reads for a batch
  /// are a hundredth of its cost; a thousand connections that wait would hold 256 MiB.
  static let crowdedReadBytes = 32 << 10

  /// So many connections may hold large buffers: more than one sends at full speed from.
  static let fewConnections = 64

  /// PING, SETTINGS and PRIORITY frames a peer may send in 30 s.
  ///
  /// grpc measures bandwidth with a PING for about every read, and none of them costs much.
  static let maximumControlFrames = 100_000

  /// Calls a peer may break off in 30 s: a viewer that flips filters does, an attacker does it
  /// faster.
  static let maximumStreamResets = 2_000

  /// Connections that wait to be accepted, per endpoint: all exporters of a cluster that come back at
  /// once after a restart. What does not fit tries again after a second.
  static let backlog: Int32 = 4_096

  /// How long to wait after a connection could not be accepted, in milliseconds. Files are given back
  /// within seconds, and four looks a second cost nothing.
  static let acceptPauseMilliseconds: Int64 = 250

  /// Seconds of silence after which the kernel asks a TCP peer whether it is still there.
  ///
  /// A host that went away without a word is found out in ten minutes, not at the idle limit.
  static let keepAliveSeconds = 60

  /// How deep objects may be nested in a request in OTLP/JSON; protobuf's own limit, which
  /// ``WireReader/maximumDepth`` is for requests in protobuf.
  static let maximumNestingDepth = 100

  /// After how long an overloaded collector asks a sender to try again, in milliseconds. What is
  /// under way is through in less.
  static let retryDelayMilliseconds = 1_000

  /// How long `stop()` lets calls come to their end, in milliseconds.
  static let drainMilliseconds = 1_000

  /// What waits for one viewer at most, in bytes. More is dropped and counted: ingest never waits.
  public static let viewerQueueBytes = 8 << 20

  /// What is on its way to one viewer at most before more is taken from its queue, in bytes.
  static let viewerFlightBytes = 1 << 20

  /// Requests of at most this many bytes are passed on as copies, so that they do not keep the
  /// larger
  /// block alive that they were read into.
  static let copiedBytes = 64 << 10
}
