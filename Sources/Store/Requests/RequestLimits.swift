/// What is too much to be one request.
enum RequestLimits {
  /// Traces in a request. Plano makes one for each agent and filter that drops `traceparent`; what
  /// hundreds of traces share is a constant, a health check or a client that never changes its id.
  static let traces = 32
  /// From the arrival of the first trace to that of the last one with the same id. A client that
  /// sends the same id again later means another request.
  static let arrival = Nanoseconds.seconds(600)
  /// How many of the newest spans are looked through for a parent that another trace may hold.
  static let parentWindow = 131_072
  /// Parents that have not come, in any trace, and are waited for; the oldest half goes first.
  static let waitingParents = 65_536
}
