/// What groups and facets add up of a trace, in 32 bytes, so that a million spans are summed in a
/// millisecond; the records have ten times as much.
struct TraceFigure: BitwiseCopyable {
  /// When it began; when it arrived, where no span has a start.
  var start: UInt64 = 0
  var tokens: UInt64 = 0
  var costUSD: Double = 0
  /// What it counts as: more than one where requests are thinned and it stands for others.
  var weight: Float = 1
  /// The bucket of its duration in a ``LatencyHistogram``.
  var bucket: UInt16 = 0
  var flags: UInt8 = 0
  /// How it ended; unfinished where time tells whether it is that or partial.
  var verdict: UInt8 = 0

  /// It is held, and leads its request where traces are joined.
  static let isUnit: UInt8 = 1
  /// It ended in an error, a denial, or its client gone.
  static let hasFailed: UInt8 = 2
  static let hasTokens: UInt8 = 4
  static let hasCost: UInt8 = 8
  /// It stands for other traces of its request, too.
  static let isJoined: UInt8 = 16
  /// It is one request with others, as its record says.
  static let hasPeer: UInt8 = 32
  /// Its root came, and every parent.
  static let isWhole: UInt8 = 64
  /// ``start`` is what its spans say.
  static let hasStart: UInt8 = 128

  @inline(__always) func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

  init() {}

  init(_ record: TraceRecord) {
    start = record.start == .max ? record.firstTouched : record.start
    tokens = record.tokens
    costUSD = record.costUSD
    let began = record.start == .max ? 0 : record.start
    bucket = UInt16(
      truncatingIfNeeded: LatencyHistogram.bucket(record.end > began ? record.end - began : 0))
    flags = Self.isUnit
    if record.start != .max { flags |= Self.hasStart }
    if record.peer != 0 { flags |= Self.hasPeer }
    if record.rootRow > 0, record.missingParents == 0 { flags |= Self.isWhole }
    weight = record.weight == 0 ? 1 : record.weight
    let failing = Evidence.denial.union(.departure).union(.failure).rawValue
    if record.evidence & failing != 0 { flags |= Self.hasFailed }
    verdict = record.verdict(now: 0).rawValue
    if record.measured & 16 != 0 { flags |= Self.hasTokens }
    if record.measured & 4 != 0 { flags |= Self.hasCost }
  }
}

/// The figures of a chunk's traces side by side.
@safe struct ChunkFigures {
  /// The number of the first trace, and one more than that of the last.
  let first: UInt64
  var end: UInt64 { first + UInt64(TraceChunk.size) }
  private let figures: UnsafePointer<TraceFigure>

  init(_ first: UInt64, _ figures: UnsafePointer<TraceFigure>) {
    self.first = first
    unsafe self.figures = figures
  }

  @inline(__always)
  subscript(number: UInt64) -> TraceFigure { unsafe address(number).pointee }

  /// Where the figure of a trace of the chunk is.
  @inline(__always)
  func address(_ number: UInt64) -> UnsafePointer<TraceFigure> {
    // Safe: within the chunk.
    unsafe figures + Int(truncatingIfNeeded: (number &- first) & UInt64(TraceChunk.size - 1))
  }
}
