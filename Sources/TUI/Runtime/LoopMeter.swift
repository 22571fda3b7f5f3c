import Store

/// Measures the screen's own work while the overlay is on; there is none while it is off.
struct LoopMeter {
  /// How many measurements quantiles are of, the last ones.
  static let samples = 256

  private var frames: [UInt64] = []
  private var keys: [UInt64] = []
  private var next = (frame: 0, key: 0)
  /// When the first key came that no frame has answered yet, by the monotonic clock.
  private var keyCame: UInt64?
  private var writtenBefore: UInt64?
  private var written: Int?
  private var writtenInAll: Int?
  private var version: UInt64?
  private var lag: Nanoseconds?

  init(version: UInt64) {
    self.version = version
    writtenBefore = WrittenBytes.ofThread()
  }

  mutating func noteKey(at moment: UInt64) { keyCame = keyCame ?? moment }

  /// A frame that was begun at a moment has been sent.
  mutating func noteFrame(began: UInt64, _ snapshot: Snapshot) {
    let ended = Clock.monotonic()
    Self.add(ended - began, to: &frames, at: &next.frame)
    if let came = keyCame {
      Self.add(ended - came, to: &keys, at: &next.key)
      keyCame = nil
    }
    if let before = writtenBefore, let now = WrittenBytes.ofThread() {
      written = Int(now - before)
      writtenInAll = (writtenInAll ?? 0) + Int(now - before)
      writtenBefore = now
    }
    if version != snapshot.version {
      version = snapshot.version
      lag = Clock.now().since(snapshot.statistics.lastArrival)
    }
  }

  func figures(_ work: QueryWorker.Figures) -> OverlayFigures {
    var figures = OverlayFigures()
    figures.frame = Self.times(frames)
    figures.key = Self.times(keys)
    figures.written = written
    figures.writtenInAll = writtenInAll
    figures.query = work.query
    figures.groups = work.groups
    figures.lag = lag
    return figures
  }

  private static func add(_ time: UInt64, to times: inout [UInt64], at place: inout Int) {
    if times.count < samples { times.append(time) } else { times[place] = time }
    place = (place + 1) % samples
  }

  private static func times(_ times: [UInt64]) -> OverlayFigures.Times? {
    guard !times.isEmpty else { return nil }
    let sorted = times.sorted()
    return OverlayFigures.Times(
      p50: Nanoseconds(sorted[(sorted.count - 1) / 2]),
      p99: Nanoseconds(sorted[(sorted.count - 1) * 99 / 100]), count: sorted.count)
  }
}
