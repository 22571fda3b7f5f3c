import Benchmark
import Glibc
import Store

/// Processor time is what these benchmarks are about: unlike elapsed time it says nearly the same
/// when other programs are running.
enum Unit {
  case span
  case query
  case frame

  /// Nanoseconds of this thread's processor time, for one of them.
  var cpu: BenchmarkMetric {
    let name =
      switch self {
      case .span: "CPU a span (ns)"
      case .query: "CPU a query (ns)"
      case .frame: "CPU a frame (ns)"
      }
    return .custom(name, polarity: .prefersSmaller, useScalingFactor: false)
  }

  /// Fifteen runs or so, the first two of them thrown away.
  var configuration: Benchmark.Configuration {
    .init(
      metrics: [cpu, .wallClock], timeUnits: .milliseconds, warmupIterations: 2,
      maxDuration: .seconds(6), maxIterations: self == .frame ? 200 : 15)
  }
}

extension Benchmark {
  /// Measures `body`, which does `count` of a unit's work.
  func measure(_ count: Int, _ unit: Unit, _ body: () -> Void) {
    startMeasurement()
    let start = Self.threadTime()
    body()
    let spent = Self.threadTime() - start
    stopMeasurement()
    measurement(unit.cpu, spent / count)
  }

  private static func threadTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}

/// The time of day, which verdicts of unfinished traces and rates depend on.
func moment() -> UnixNanos {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return UnixNanos(UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
}
