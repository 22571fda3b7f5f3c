import ArgumentParser
import Configuration
import Store

/// What is kept of what arrives.
struct RetentionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep this share of unremarkable requests, such as 10%; what failed, was denied or is slow is kept.",
      discussion: "Decided by trace id when a request has settled. Counts and rates are scaled.",
      valueName: "share"))
  var sample: String?

  @Option(
    help: ArgumentHelp(
      "What is slow: a duration such as 2s, or p99, slower than 99 of 100 of its name.",
      valueName: "duration"))
  var slow: String?

  func validate() throws {
    if let sample, RetentionPolicy.share(sample) == nil {
      throw ValidationError("--sample \"\(sample)\": \(RetentionPolicy.expectedShare).")
    }
    if let slow, RetentionPolicy.slowness(slow) == nil {
      throw ValidationError("--slow \"\(slow)\": \(RetentionPolicy.expectedSlowness).")
    }
  }

  /// What was asked for, with what the configuration says where nothing was.
  func policy(_ configured: RetentionSettings) -> RetentionPolicy {
    let share = sample.flatMap { RetentionPolicy.share($0) } ?? configured.sample
    return RetentionPolicy(
      // All of them is no thinning, and costs nothing.
      sampling: share.flatMap { $0 < 1 ? $0 : nil },
      slowness: slow.flatMap { RetentionPolicy.slowness($0) } ?? configured.slow ?? .ofName)
  }

  /// An option that a collector which runs already would not hear of; nil where none was given.
  var firstGiven: String? {
    let given = [("--sample", sample), ("--slow", slow)]
    return given.first { $0.1 != nil }?.0
  }
}
