import Glibc
import Store

/// Questions to one store, each asked again and again, with what they cost in processor time: a table in
/// some seconds, where the other benchmarks load a store for each question.
///
///     Questions 1m CORPUS      the corpus whose answers are known, 1,000,448 spans
///     Questions 10m            10,000,384 spans, made up on the way: 3 GB
///     … --only TEXT            only rows whose title has the text
@main
struct Questions {
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    var wanted = ""
    if let option = arguments.firstIndex(of: "--only"), option + 1 < arguments.count {
      wanted = arguments[option + 1]
      arguments.removeSubrange(option...option + 1)
    }
    let isLarge: Bool
    switch (arguments.first, arguments.count) {
    case ("1m", 2): isLarge = false
    case ("10m", 1): isLarge = true
    default:
      print("usage: Questions 1m CORPUS | 10m [--only TEXT]")
      exit(2)
    }
    let table = Table(isLarge: isLarge, wanted: wanted)
    let held = isLarge ? Held(made: 19_532) : Held(corpus: arguments[1])
    table.begin(held)
    askSpans(table, held)
    askTraces(table, held)
    askGroups(table, held)
    askOneTrace(table)
    askWhileArriving(table, held)
    if table.hasFailed { exit(1) }
  }
}

/// The time of day, which verdicts of unfinished traces and rates depend on.
func moment() -> UnixNanos {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return UnixNanos(UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
}
