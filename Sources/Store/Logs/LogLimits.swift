/// How much of the store logs may take.
enum LogLimits {
  /// Logs take at most this part of the memory budget (one part of so many): what a collector is for is
  /// spans, and a chatty service must not push them out. Beyond it the oldest logs go, before their traces.
  static let partOfBudget = 4

  /// Log records that wait for a trace of which no span has come yet. Records come a second after they
  /// were written, spans only when they have ended: a model's answer takes half a minute. This is half a
  /// minute at 8,000 records a second.
  static let waiting = 1 << 18

  /// How long they wait. A trace that has not come after it was sampled out, or goes elsewhere.
  static let waitingTime = Nanoseconds.seconds(600)

  /// A segment of logs is closed at this part of what logs may take, so that they go in small steps, ...
  static let segmentsPerShare = 16
  /// ... but not below and not above these.
  static let smallestSegment = 1 << 20
  static let largestSegment = 64 << 20

  static func share(ofBudget bytes: Int) -> Int { bytes / partOfBudget }

  static func segmentBytes(ofBudget bytes: Int) -> Int {
    min(max(share(ofBudget: bytes) / segmentsPerShare, smallestSegment), largestSegment)
  }
}
