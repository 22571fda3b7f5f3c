import Glibc

/// How well the values of a key split traces: what they tell of errors, else how evenly they divide.
struct SplitPower {
  var score = 0.0
  var tellsErrors = false

  /// Below this a difference may be chance: twice the log likelihood ratio, which for no difference at
  /// all goes past 15 once in ten thousand (chi-square, one degree of freedom), and past 15 + 2 ln n once
  /// in ten thousand times n: so a key of many values tells by chance no sooner than one of few.
  private static func significance(_ values: Int) -> Double { 15 + 2 * log(Double(values)) }
  /// What explains less of the errors than this is not worth a place before the others.
  private static let leastGain = 0.02
  /// Keys with more values than these are no way to divide traces unless they tell of errors.
  private static let fewValues = 20.0

  /// - Parameters:
  ///   - values: traces and errors of each value, that of no value with them.
  ///   - isKnown: the vocabulary knows the key: people ask by it.
  init(_ values: [(traces: Int, errors: Int)], traces: Int, errors: Int, isKnown: Bool) {
    let shares = values.filter { $0.traces > 0 }
    guard traces > 0, shares.count > 1 else { return }
    let before = Self.entropy(errors, traces)
    if before > 0 {
      var most = 0.0
      for value in shares where value.traces < traces {
        let rest = (traces: traces - value.traces, errors: errors - value.errors)
        let after =
          (Double(value.traces) * Self.entropy(value.errors, value.traces)
            + Double(rest.traces) * Self.entropy(rest.errors, rest.traces)) / Double(traces)
        most = max(most, before - after)
      }
      let likelihood = 2 * Double(traces) * most * 0.693_147_180_559_945_3
      let gain = most / before
      if likelihood > Self.significance(shares.count), gain >= Self.leastGain {
        tellsErrors = true
        score = gain
        return
      }
    }
    // Shares of memberships: a trace with two values divides itself.
    let total = Double(shares.reduce(0) { $0 + $1.traces })
    let evenness =
      shares.reduce(0.0) { sum, value in
        let share = Double(value.traces) / total
        return sum - share * log2(share)
      } / log2(Double(shares.count))
    let fewness = min(1, Self.fewValues / Double(shares.count))
    score = evenness * fewness * (isKnown ? 1 : 0.5)
  }

  /// Of a yes or no, in bits.
  private static func entropy(_ count: Int, _ total: Int) -> Double {
    guard count > 0, count < total else { return 0 }
    let share = Double(count) / Double(total)
    return -share * log2(share) - (1 - share) * log2(1 - share)
  }
}
