/// The vocabulary as a page for people: Docs/Vocabulary.md, made from the table itself.
public struct VocabularyDocument {
  private let vocabulary: Vocabulary

  public init(_ vocabulary: Vocabulary = .standard) { self.vocabulary = vocabulary }

  /// All of the page, lines ended.
  public func markdown() -> String {
    ([
      Self.introduction, roles, dimensions, amounts, verdicts, evidence, Self.story, Self.additions,
    ]
    .joined(separator: "\n\n")) + "\n"
  }

  private static let introduction = """
    # Vocabulary

    What tracetop knows of what AI gateways write: which part a span plays, what a request has one
    of, what it spends, and how it ended. Keys are compared letter by letter. This page is made from
    the table in `Sources/Store/Vocabulary/Vocabulary+Standard.swift` by `tracetop docs vocabulary`;
    `Sources/Store/Gateway` puts it together to what a request's screen shows.
    """

  // MARK: - Roles

  private var roles: String {
    var rows: [[String]] = []
    for role in Role.allCases where role != .span {
      let patterns = Vocabulary.RoleRule.Source.allCases.map { source in
        Self.code(vocabulary.roles.filter { $0.role == role && $0.source == source }.map(\.pattern))
      }
      rows.append([Self.code([role.name])] + patterns + [Self.kind(of: role)])
    }
    return """
      ## Roles

      A span has the role of the first of these that fits, from left to right; within one, what is
      more particular goes first (`tool.lookup` before `tool.*`). `*` stands for any text. A span that
      fits none is simply a span, role `span`. Filter with `role=filter`.

      \(Self.table(["role", "`gen_ai.operation.name`", "`service.name`", "span name", "kind"], rows))

      An MCP filter of Plano has no span of its own: it renames the span that runs it, whose role stays
      what its service says; the filter is told from the span's events.
      """
  }

  private static func kind(of role: Role) -> String {
    switch role {
    case .inbound: "SERVER without a parent, or with one elsewhere (span flags)"
    case .llm: "CLIENT with `gen_ai.` attributes of a model or its provider"
    case .upstream: "CLIENT"
    default: ""
    }
  }

  // MARK: - Dimensions and amounts

  private var dimensions: String {
    let rows = Dimension.allCases.map { dimension in
      [Self.code([dimension.name]), Self.code(vocabulary.dimensions[dimension] ?? [])]
    }
    return """
      ## Dimensions

      What a request has one of. The first key that any span of the trace (or its resource) has wins;
      among spans that have it, the first to arrive. All values are kept: a filter such as
      `tenant=acme` asks every key of every span, the list marks a value that spans disagree about
      with `+`, and `trace --json` has them all under `conflicts`. Empty text says nothing, and neither
      does `none` or `unknown` as a route or model and `none` as a request.

      \(Self.table(["dimension", "keys, the first one first"], rows))

      A key may stand twice on a span: the last value counts (Plano appends the model that answered to
      the one it chose), but the first of a route (an upstream may append its own). Where no key says
      what model was asked for, the name of a `plano(llm)` span does: `<method> <path> <asked> ->
      <sent>`.
      """
  }

  private var amounts: String {
    let rows = KeyMeaning.Measure.allCases.map { measure in
      [
        Self.code([measure.filterName]), Self.code(vocabulary.measures[measure] ?? []),
        measure.text,
      ]
    }
    return """
      ## Amounts

      The first key that a span has counts; a request has the sum of its spans. Numbers below zero and
      those that are no numbers are passed over. Filter with `tokens>4k`, `cost>0.01`, `ttft>500ms`.

      \(Self.table(["amount", "keys, the first one first", "of a request"], rows))
      """
  }

  // MARK: - Verdicts

  private var verdicts: String {
    func names(_ evidence: Evidence) -> String { Self.code(evidence.names) }
    let rows: [[String]] = [
      ["`denied`", names(.denial)],
      ["`client_gone`", names(.departure)],
      ["`error`", names(.failure)],
      ["`unfinished`", "no root has come yet, or not every parent"],
      ["`partial`", "the same, and no span of the trace came for 10 s"],
      ["`flagged`", names(.flag)],
      ["`ok`", "none of all this"],
    ]
    return """
      ## Verdicts

      How a request ended, from the evidence of all its spans: the first that applies. The status of a
      span alone is not believed, since Plano sets none and ContextForge's root is OK when a plugin
      refused. Filter with `verdict=denied`.

      \(Self.table(["verdict", "when"], rows))

      `plugin_violation` alone is no denial: a plugin whose mode lets the request go on wanted to refuse
      and did not.
      """
  }

  private var evidence: String {
    let rows = Evidence.words.map { word in
      [Self.code([word.name]), word.text, origin(of: word.evidence)]
    }
    return """
      ## Evidence

      \(Self.table(["evidence", "the details of a span say", "from"], rows))
      """
  }

  /// Where evidence comes from, in words and keys.
  private func origin(of evidence: Evidence) -> String {
    var parts = KeyMeaning.Clue.allCases.compactMap { clue in
      clue.test(for: evidence).map { "\(Self.code(vocabulary.clues[clue] ?? [])) \($0)" }
    }
    let events = vocabulary.events.filter { $0.evidence.contains(evidence) }.map(\.name)
    if !events.isEmpty { parts.append("event \(Self.code(events))") }
    switch evidence {
    case .statusError: parts.append("the span's status")
    case .violationError: parts.append("or the status message having ` blocked by plugin `")
    case .flagInName: parts.append("a span name that ends in \(Vocabulary.nameFlag)")
    case .neverSent:
      parts.append(
        "a `\(Vocabulary.unsentCall.service)` span that kept the name "
          + "`\(Vocabulary.unsentCall.name)`")
    case .httpClientError:
      let roles = Role.allCases.filter(Vocabulary.clientErrorRoles.contains).map(\.name)
      parts.append("on spans of role \(Self.code(roles))")
    default: break
    }
    return parts.joined(separator: "; ")
  }

  // MARK: - Pieces

  static func code(_ words: [String]) -> String {
    words.map { "`\($0)`" }.joined(separator: ", ")
  }

  static func table(_ head: [String], _ rows: [[String]]) -> String {
    let lines = [head, head.map { _ in "---" }] + rows
    return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }
}
