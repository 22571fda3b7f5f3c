import Store

/// What a gateway did with a request, as facts for a line: what was asked for, which way it went,
/// what that took.
struct RequestLine {
  let context: ViewContext
  let summary: TraceSummary
  /// Nil while nothing was told: then the summary says what it knows.
  let story: RequestStory?

  var glyphs: Glyphs { context.glyphs }

  /// How long a fact stays where there is little room.
  enum Importance {
    static let session = 1, firstToken = 2, chain = 3, cost = 4, tokens = 5, switching = 6
    static let way = 8, who = 9, outcome = 10
  }

  /// Everything but who asked and how it ended.
  var facts: [FactLine.Fact] { [subject, way, switching] + amounts }

  // MARK: - What was asked for, and which way it went

  private var subject: FactLine.Fact {
    var forms: [StyledLine] = []
    if let subject = story?.subject {
      let name: StyledLine = [("\(subject.role.name) ", .dim), (subject.name, .text)]
      if let form = subject.form, !form.isEmpty { forms.append(name + [(" \(form)", .dim)]) }
      forms.append(name)
    } else if let agents = story?.agents.map(\.id), let first = agents.first {
      let others = Set(agents).count - 1
      if others > 0 {
        forms.append([("agents ", .dim), (agents.unique.joined(separator: ", "), .text)])
      }
      forms.append(
        [("agent ", .dim), (first, .text)] + (others > 0 ? [(" +\(others)", .dim)] : []))
    }
    return FactLine.Fact(forms, importance: Importance.way, minimum: 12)
  }

  private var way: FactLine.Fact {
    let asked = story?.modelAsked ?? summary.modelAsked
    let route = story.map { $0.route } ?? summary.route
    let model = story?.model ?? summary.model
    let alias = story?.mainCall?.alias ?? story?.decision?.alias
    let upstream: StyledLine = story?.upstream.map { [(" @ \($0)", .dim)] } ?? []
    let last: StyledLine = outcome
    let full = steps([asked, alias, route, model])
    guard !full.isEmpty else { return FactLine.Fact([], importance: Importance.way) }
    let short = steps([asked, route, model])
    let shortest = steps([model ?? route ?? asked])
    return FactLine.Fact(
      [full + upstream + last, full + last, short + last, shortest + last],
      importance: Importance.way, minimum: 12)
  }

  /// The steps of the way, each once; a model's name without its provider is the same model.
  private func steps(_ names: [String?]) -> StyledLine {
    var kept: [String] = []
    for case let name? in names where !name.isEmpty {
      if let last = kept.last, last == name || last.hasSuffix("/" + name) { continue }
      kept.append(name)
    }
    var line: StyledLine = []
    for (index, name) in kept.enumerated() {
      if index > 0 { line.append((" \(glyphs.arrow) ", .dim)) }
      line.append((name, index == kept.count - 1 ? .model : .text))
    }
    return line
  }

  /// What is unusual about the routing.
  private var outcome: StyledLine {
    switch story?.decision?.outcome {
    case .fellBack: [(" (no route fits: fell back)", .warning)]
    case .failed: [(" (routing failed)", .error)]
    default: []
    }
  }

  // MARK: - Switching the model in a session

  private var switching: FactLine.Fact {
    guard let decision = story?.switchDecision else {
      return FactLine.Fact([], importance: Importance.switching)
    }
    let style: Style = decision.isAllowed ? .ok : .warning
    let word: StyledLine = [
      ("switch ", .dim), (decision.isAllowed ? "allowed" : "retained", style),
    ]
    var figures: StyledLine = []
    if let cost = decision.costUSD { figures.append((" \(Self.money(cost))", .number)) }
    if let ceiling = decision.ceilingUSD {
      figures.append((" of at most ", .dim))
      figures.append((Self.money(ceiling), .number))
    }
    var more: StyledLine = []
    if let other = decision.counterfactual { more = [(", else ", .dim), (other, .text)] }
    return FactLine.Fact(
      [word + figures + more, word + figures, word], importance: Importance.switching)
  }

  /// Money that may be saved: less than nothing has its sign.
  static func money(_ dollars: Double) -> String {
    dollars < 0 ? "-" + Format.cost(-dollars) : Format.cost(dollars)
  }

  // MARK: - Amounts

  private var amounts: [FactLine.Fact] {
    [tokens, cost, firstToken, session]
  }

  private var tokens: FactLine.Fact {
    let tokensIn = story?.tokensIn ?? summary.tokensIn
    let tokensOut = story?.tokensOut ?? summary.tokensOut
    var forms: [StyledLine] = []
    if let tokensIn, let tokensOut {
      forms.append([
        (Format.count(tokensIn), .number), (glyphs.arrow, .dim),
        (Format.count(tokensOut), .number), (" tok", .dim),
      ])
    }
    if tokensIn != nil || tokensOut != nil {
      let total = (tokensIn ?? 0).addingReportingOverflow(tokensOut ?? 0)
      forms.append([
        (Format.count(total.overflow ? .max : total.partialValue), .number), (" tok", .dim),
      ])
    }
    return FactLine.Fact(forms, importance: Importance.tokens)
  }

  private var cost: FactLine.Fact {
    let cost = story?.costUSD ?? summary.costUSD
    return FactLine.Fact(
      cost.map { [[(Format.cost($0), .number)]] } ?? [], importance: Importance.cost)
  }

  private var firstToken: FactLine.Fact {
    guard let first = story?.timeToFirstToken ?? summary.timeToFirstToken else {
      return FactLine.Fact([], importance: Importance.firstToken)
    }
    let time = context.duration(first)
    return FactLine.Fact(
      [
        [("first token ", .dim), (time, .number)], [("ttft ", .dim), (time, .number)],
      ], importance: Importance.firstToken)
  }

  private var session: FactLine.Fact {
    guard let id = story?.session?.id ?? summary.session else {
      return FactLine.Fact([], importance: Importance.session)
    }
    let name: StyledLine = [("session ", .dim), (id, .text)]
    var more: StyledLine = []
    if let session = story?.session {
      if let isWarm = session.isCacheWarm { more.append((isWarm ? " warm" : " cold", .dim)) }
      if let total = session.totalCostUSD, total > 0 {
        more.append((" \(Self.money(total))", .number))
      }
      if let percent = session.overheadPercent, percent > 0 {
        more.append((" +\(Format.percent(percent / 100)) for switches", .dim))
      }
    }
    return FactLine.Fact(
      more.isEmpty ? [name] : [name + more, name], importance: Importance.session)
  }

  // MARK: - Filters

  var chain: FactLine.Fact {
    FilterChainFact(
      context: context, filters: story?.filters ?? [], omitted: story?.filtersOmitted ?? 0
    ).fact(importance: Importance.chain)
  }
}

extension [String] {
  /// Each once, in the order of the first.
  fileprivate var unique: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
