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
    static let sessionMore = 5, session = 10, other = 15, firstToken = 20, upstream = 25
    static let names = 28, chain = 30, ceiling = 33, shortWho = 35, shortEnd = 27, alias = 38
    static let cost = 40, tokens = 50, switching = 78, asked = 75, way = 80, who = 90, end = 100
  }

  /// Everything but who asked and how it ended.
  var facts: [FactLine.Fact] { [subject, way, switching] + amounts }

  // MARK: - What was asked for, and which way it went

  private var subject: FactLine.Fact {
    var line: StyledLine = []
    var more: StyledLine = []
    if let subject = story?.subject {
      line = [("\(subject.role.name) ", .dim), (subject.name, .text)]
      if let form = subject.form, !form.isEmpty { more = line + [(" \(form)", .dim)] }
    } else if let agents = story?.agents.map(\.id).unique, let first = agents.first {
      let others = agents.count - 1
      if others > 0 { more = [("agents ", .dim), (agents.joined(separator: ", "), .text)] }
      line = [("agent ", .dim), (first, .text)] + (others > 0 ? [(" +\(others)", .dim)] : [])
    }
    return FactLine.Fact(
      [(more, Importance.other), (line, Importance.asked)], cut: (12, Importance.asked))
  }

  private var way: FactLine.Fact {
    let asked = story == nil ? summary.modelAsked : story?.modelAsked
    let route = story == nil ? summary.route : story?.route
    let model = story == nil ? summary.model : story?.model
    let alias = story?.mainCall?.alias ?? story?.decision?.alias
    let upstream: StyledLine = story?.upstream.map { [(" @ \($0)", .dim)] } ?? []
    let full = steps([asked, alias, route, model])
    guard !full.isEmpty else { return FactLine.Fact([]) }
    return FactLine.Fact(
      [
        (full + upstream + outcome, Importance.upstream), (full + outcome, Importance.alias),
        (steps([asked, route, model]) + outcome, Importance.asked),
        (steps([model ?? route ?? asked]) + outcome, Importance.way),
      ], cut: (12, Importance.way))
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
    case .fellBack: [(" fell back", .warning)]
    case .failed: [(" routing failed", .error)]
    default: []
    }
  }

  // MARK: - Switching the model in a session

  private var switching: FactLine.Fact {
    guard let decision = story?.switchDecision else { return FactLine.Fact([]) }
    let style: Style = decision.isAllowed ? .ok : .warning
    let word: StyledLine = [
      ("switch ", .dim), (decision.isAllowed ? "allowed" : "retained", style),
    ]
    let cost: StyledLine = decision.costUSD.map { [(" \(Self.money($0))", .number)] } ?? []
    let ceiling: StyledLine =
      decision.ceilingUSD.map { [(" of at most ", .dim), (Self.money($0), .number)] } ?? []
    let other: StyledLine =
      decision.counterfactual.map { [(", else ", .dim), ($0, .text)] } ?? []
    return FactLine.Fact([
      (word + cost + ceiling + other, Importance.other),
      (word + cost + ceiling, Importance.ceiling),
      (word + cost, Importance.asked - 1), (word, Importance.switching),
    ])
  }

  /// Money that may be saved: less than nothing has its sign.
  static func money(_ dollars: Double) -> String {
    dollars < 0 ? "-" + Format.cost(-dollars) : Format.cost(dollars)
  }

  // MARK: - Amounts

  private var amounts: [FactLine.Fact] { [tokens, cost, firstToken, session] }

  private var tokens: FactLine.Fact {
    let tokensIn = story?.tokensIn ?? summary.tokensIn
    let tokensOut = story?.tokensOut ?? summary.tokensOut
    guard tokensIn != nil || tokensOut != nil else { return FactLine.Fact([]) }
    var parts: StyledLine = []
    if let tokensIn, let tokensOut {
      parts = [
        (Format.count(tokensIn), .number), (glyphs.arrow, .dim),
        (Format.count(tokensOut), .number), (" tok", .dim),
      ]
    }
    let total = (tokensIn ?? 0).addingReportingOverflow(tokensOut ?? 0)
    let sum: StyledLine = [
      (Format.count(total.overflow ? .max : total.partialValue), .number), (" tok", .dim),
    ]
    return FactLine.Fact([(parts, Importance.ceiling), (sum, Importance.tokens)])
  }

  private var cost: FactLine.Fact {
    guard let cost = story?.costUSD ?? summary.costUSD else { return FactLine.Fact([]) }
    return FactLine.Fact([(Format.cost(cost), .number)], Importance.cost)
  }

  private var firstToken: FactLine.Fact {
    guard let first = story?.timeToFirstToken ?? summary.timeToFirstToken else {
      return FactLine.Fact([])
    }
    let time = context.duration(first)
    return FactLine.Fact([
      ([("first token ", .dim), (time, .number)], Importance.other),
      ([("ttft ", .dim), (time, .number)], Importance.firstToken),
    ])
  }

  private var session: FactLine.Fact {
    guard let id = story?.session?.id ?? summary.session else { return FactLine.Fact([]) }
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
    let full: StyledLine = more.isEmpty ? [] : name + more
    return FactLine.Fact(
      [(full, Importance.sessionMore), (name, Importance.session)],
      cut: (16, Importance.sessionMore))
  }

  // MARK: - Filters

  var chain: FactLine.Fact {
    FilterChainFact(
      context: context, filters: story?.filters ?? [], omitted: story?.filtersOmitted ?? 0
    ).fact(naming: Importance.names, being: Importance.chain)
  }
}

extension [String] {
  /// Each once, in the order of the first.
  fileprivate var unique: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}
