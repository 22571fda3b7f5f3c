internal import Glibc

/// What the event loops, the journal's thread and those who look share; under the journal's mutex.
struct JournalShared {
  var waiting = FrameQueue()
  var report: JournalReport
  /// Whether the thread waits to be woken.
  var isAsleep = false
  var isClosing = false
  /// When a disk that was full is tried again, in nanoseconds since the machine started.
  var retryAt: UInt64 = 0
  /// When the progress of reading back is told of again, in nanoseconds of the monotonic clock.
  var tellReplayAt: UInt64 = 0
  var onSettled: [@Sendable () -> Void] = []
  var onNews: @Sendable () -> Void = {}
}

extension JournalShared {
  /// Whether a request is to wait for the disk.
  func accepts() -> Bool {
    switch report.state {
    case .opening, .on: true
    case .closed: false
    case .stopped(let fault):
      fault.isPassing && JournalClock.read(CLOCK_BOOTTIME) >= retryAt
    }
  }
}

extension JournalReport.State {
  /// Whether there is anything left to write to.
  var isAlive: Bool {
    switch self {
    case .opening, .on: true
    case .closed: false
    case .stopped(let fault): fault.isPassing
    }
  }
}

/// The file while it is written; the journal's thread alone touches it.
struct OpenJournal: ~Copyable {
  let database: JournalDatabase
  let lock: JournalLock
  let identity: JournalFile.Identity?
  let clock: JournalClock
  let codec = FrameCodec()
  var totals: JournalDatabase.Totals
  var logIdentity: JournalFile.Identity?
}
