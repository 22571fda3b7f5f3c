import Ingest
import Store

/// What `trace` is asked for, checked, and how it is answered.
struct TraceRequest {
  var target: TraceTarget
  /// One filter for all of `--where`; nil for every trace.
  var filter: String?
  /// What is wrong with a filter that is right only as a pair of planoai's.
  private var slip: Failure?
  var limit: Int?
  var age: Age?

  /// Checks in the order in which `planoai trace` does, so that of several mistakes the same is said.
  init(_ command: TraceCommand) throws(Failure) {
    try AttributeSelection.check(command.attributeKeys)
    filter = try WhereFilters.joinedAsPairs(command.filters)
    slip = WhereFilters.slip(of: command.filters)
    if let limit = command.limit, limit < 0 {
      throw Failure("Limit must be greater than or equal to 0.")
    }
    if let since = command.since { age = try Age(since) }
    limit = command.limit
    // Each of these says that more than one is wanted.
    let isAny = command.list || age != nil || (limit ?? 0) > 0
    let target = command.target ?? (isAny ? "any" : "last")
    if command.list, target != "any", target != "last" {
      throw Failure("Target and --list cannot be used together.")
    }
    self.target = try TraceTarget(target)
  }

  // MARK: - Answering

  /// The traces, the one touched last first; where only ids are wanted, with a span each.
  func fetch(from collector: CollectorAccess, idsOnly: Bool = false) throws(Failure)
    -> FetchedTraces?
  {
    let wanted = target == .last ? min(limit ?? 1, 1) : limit
    let earliest = age.map { Environment.now - $0.length }
    let whole = [target.filter, filter].compactMap(\.self).joined(separator: " and ")
    // With a limit of none there may still be a key to refuse.
    var traces = try collector.traces(
      filter: whole, since: earliest, limit: wanted.map { max(1, $0) }, isWhole: target != .any,
      spans: idsOnly ? 1 : 0)
    if target == .last { traces.keepFirst(1) }
    if traces.isEmpty, let filter { try refuseUnknownKeys(of: filter, collector) }
    guard wanted != 0 else { return nil }
    traces.keep { target.selects($0) }
    return traces
  }

  /// A filter that found nothing may have a key that no span has, which is worth saying.
  private func refuseUnknownKeys(
    of filter: String, _ collector: CollectorAccess
  ) throws(Failure) {
    guard try collector.status().statistics.tracesHeld > 0 else { return }
    // To an empty store every key of the filter is unknown.
    let parsed = (try? FilterParser.parse(filter)) ?? nil
    let empty = Store(budgetBytes: FetchedTraces.budgetBytes).snapshot()
    let keys = LiveQuery(filter: parsed).update(to: empty, now: Environment.now).unknownKeys
    var unknown: [String] = []
    // A name of the filter language is known, whether a span has an attribute of that name or not.
    for key in keys where Filter.Field(name: key) == nil && !unknown.contains(key) {
      // A place in front, as in `resource.host`, is one or a part of the key.
      let having = WhereFilters.having(key)
      if try collector.traces(filter: having, limit: 1, spans: 1).isEmpty { unknown.append(key) }
    }
    if let slip { throw slip }
    guard unknown.isEmpty else {
      throw Failure("Unknown --where key(s): \(unknown.joined(separator: ", "))")
    }
  }
}
