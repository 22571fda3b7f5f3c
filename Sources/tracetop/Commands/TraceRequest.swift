import Ingest
import Store

/// What `trace` is asked for, checked, and how it is answered.
struct TraceRequest {
  var target: TraceTarget
  /// One filter for all of `--where`; nil for every trace.
  var filter: String?
  var limit: Int?
  var age: Age?
  var from: String?

  init(_ command: TraceCommand) throws(Failure) {
    if let limit = command.limit, limit < 0 {
      throw Failure("Limit must be greater than or equal to 0.")
    }
    if let keys = command.attributeKeys { try AttributeSelection.check(keys) }
    // A limit says that more than one is wanted, as with `planoai trace`.
    let standard = command.list || (command.limit ?? 0) > 0 ? "any" : "last"
    target = try TraceTarget(command.target ?? standard)
    if command.list, target.isID { throw Failure("Target and --list cannot be used together.") }
    filter = try Self.joined(command.filters)
    limit = command.limit
    if let since = command.since { age = try Age(since) }
    from = command.source.from
  }

  // MARK: - Filters

  /// All filters as one; each must select a trace.
  static func joined(_ filters: [String]) throws(Failure) -> String? {
    let bad = filters.filter(isBareWord)
    guard bad.isEmpty else {
      throw Failure(
        "Invalid --where filter(s): \(bad.joined(separator: ", ")). Use key=value.")
    }
    var parts: [String] = []
    for filter in filters {
      do {
        if try FilterParser.parse(filter) != nil { parts.append("(\(filter))") }
      } catch {
        throw Failure("--where \"\(filter)\": \(error)")
      }
    }
    return parts.isEmpty ? nil : parts.joined(separator: " and ")
  }

  /// A word with no operator. The filter language would search for it; `planoai trace` refuses it.
  private static func isBareWord(_ text: String) -> Bool {
    !text.isEmpty && !text.contains { "=<>!~?{}()\"'".contains($0) || $0.isWhitespace }
  }

  // MARK: - Answering

  /// The traces, the one touched last first.
  func fetch() throws(Failure) -> FetchedTraces? {
    let collector = try CollectorAccess.find(from)
    let wanted = target == .last ? min(limit ?? 1, 1) : limit
    guard wanted != 0 else { return nil }
    let whole = [target.filter, filter].compactMap(\.self).joined(separator: " and ")
    // What is left out afterwards must not count for the collector's limit.
    var traces = try collector.traces(filter: whole, limit: age == nil ? wanted : nil)
    if traces.isEmpty, let filter { try refuseUnknownKeys(of: filter, collector) }
    traces.keep { target.selects($0) }
    if let age { traces.keep(since: Environment.now - age.length) }
    if let wanted { traces.keepFirst(wanted) }
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
    for key in keys where try collector.traces(filter: "\"\(key)\"?", limit: 1).isEmpty {
      unknown.append(key)
    }
    guard unknown.isEmpty else {
      throw Failure("Unknown --where key(s): \(unknown.joined(separator: ", "))")
    }
  }
}
