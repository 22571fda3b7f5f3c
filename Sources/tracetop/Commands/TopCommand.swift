import ArgumentParser
import Ingest
import Store

/// `tracetop top`: who is affected, as a collector groups what it holds.
struct TopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top", abstract: "Group what a collector holds by a key: who is affected.",
    discussion: """
      KEY is a dimension (tenant, user, model, route, provider ...), a field (service, name, role, \
      verdict, status, kind, error, root.name, root.service, scope.name) or any attribute's key. Each \
      row has traces, errors, error rate, p50, p95, p99, tokens, cost and the first error; those with \
      most errors come first. A trace with several values counts under each of them; traces that are \
      one request count as one. Quantiles are at most 1.6 % off. Docs/Groups.md says more.

      Exit codes: 0 done, also when nothing matched; 1 an error; 2 wrong usage; 3 no collector is \
      running.
      """)

  @Option(help: ArgumentHelp("What to group by.", valueName: "key"))
  var by: String

  @Option(
    name: .customLong("where"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Only traces that this filter selects; repeat for AND.", valueName: "filter"))
  var filters: [String] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Only traces with a span that began in this time: a number and s, m, h, d or w.",
      valueName: "age"))
  var since: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "At most so many rows, the rest as one: 40 as text, 10,000 as JSON if not given.",
      valueName: "count"))
  var limit: Int?

  @Flag(help: "Count the traces of one request each.")
  var apart = false

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(name: .customLong("no-color"), help: "Use no colours; NO_COLOR does the same.")
  var hasNoColor = false

  @OptionGroup var source: SourceOptions

  /// More rows than these are not read by a person.
  private static let textRows = 40

  func run() throws {
    let request = try request()
    let reply = try CollectorAccess.find(source).groups(request)
    if json {
      return StandardOutput.write(GroupJSON.of(reply.table, by: by))
    }
    if !reply.notice.isEmpty { StandardError.say(VisibleText.of(reply.notice)) }
    StandardOutput.write(
      GroupText(
        ink: .standard(isRefused: hasNoColor), columns: StandardOutput.columns, isApart: apart
      ).text(of: reply.table))
  }

  /// What is asked, checked before anybody is: a slip is said whether a collector runs or not.
  private func request() throws(Failure) -> GroupsRequest {
    if let limit, limit < 1 { throw Failure("Limit must be greater than 0.") }
    let age: Age? = if let since { try Age(since) } else { nil }
    do throws(FilterError) {
      _ = try GroupKey(by)
    } catch {
      throw Failure("Invalid --by: \(error.message).")
    }
    return GroupsRequest(
      by: by, filter: try WhereFilters.joined(filters) ?? "",
      since: age.map { Environment.now - $0.length } ?? UnixNanos(0),
      limit: UInt64(limit ?? (json ? 0 : Self.textRows)), isApart: apart)
  }
}
