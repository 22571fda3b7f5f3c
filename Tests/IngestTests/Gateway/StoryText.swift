import Store

/// A story in a few plain lines, every part of it that a screen shows: what tables of stories are made of.
struct StoryText {
  var verdict: Verdict
  var evidence: Evidence
  var story: RequestStory

  var lines: [String] {
    [
      "\(verdict.name)  (\(evidence.names.joined(separator: " ")))",
      line("asks", subject), line("agents", agents), line("line", requestLine),
      line("route", decisions), line("switch", switchDecision), line("session", session),
      line("in", chain(.input)), line("out", chain(.output)), line("denial", denial),
      line("hidden", hidden), line("spent", spent), line("calls", calls), line("signs", signs),
      line("differ", conflicts),
    ].compactMap(\.self)
  }

  private func line(_ label: String, _ text: String?) -> String? {
    text.flatMap {
      $0.isEmpty ? nil : "  " + label + String(repeating: " ", count: 9 - label.count) + $0
    }
  }

  private var subject: String? {
    let texts = story.subjects.map { subject in
      "\(subject.role.name) \(subject.name)" + (subject.form.map { " (\($0))" } ?? "")
        + (subject.attempts > 1 ? " ×\(subject.attempts)" : "")
    }
    return texts.isEmpty ? nil : texts.joined(separator: ", ")
  }

  private var agents: String {
    story.agents.map { "\($0.id) \($0.duration.text)" }.joined(separator: ", ")
  }

  private var requestLine: String {
    [
      story.modelAsked, story.mainCall?.alias.map { "alias of \($0)" },
      story.route.map { "[\($0)]" },
      story.mainCall?.sent, story.model.map { "= \($0)" }, story.provider.map { "by \($0)" },
      story.upstream.map { "at \($0)" }, story.mainCall?.httpStatus.map { "\($0)" },
    ].compactMap(\.self).joined(separator: " ")
  }

  private var decisions: String {
    story.decisions.map { decision in
      [
        decision.outcome.rawValue, decision.route.map { "[\($0)]" }, decision.selected,
        decision.candidates.count > 1 ? "of \(decision.candidates.joined(separator: ", "))" : nil,
        decision.duration?.text,
      ].compactMap(\.self).joined(separator: " ")
    }.joined(separator: "; ")
  }

  private var switchDecision: String? {
    story.switchDecision.map { decision in
      [
        decision.isAllowed ? "allowed" : "retained", decision.costUSD.map { "costs \(short($0))" },
        decision.ceilingUSD.map { "of \(short($0))" },
        decision.candidateWarmTokens.map { "warm \($0)" },
        decision.counterfactual.map { "instead \($0)" },
      ].compactMap(\.self).joined(separator: " ")
    }
  }

  private var session: String? {
    story.session.map { session in
      [
        session.id, session.isCacheWarm.map { $0 ? "warm" : "cold" }, session.idle?.text,
        session.totalCostUSD.map { "cost \(short($0))" }, session.switches.map { "switches \($0)" },
        session.overheadPercent.map { "overhead \(short($0))%" },
      ].compactMap(\.self).joined(separator: " ")
    }
  }

  private func chain(_ direction: FilterStep.Direction) -> String {
    story.filters.filter { $0.direction == direction }.map { step in
      [
        step.name, step.count > 1 ? "×\(step.count)" : nil, step.verdict.rawValue,
        step.duration?.text, step.isPostedLate ? "late" : step.kind == .mcp ? "mcp" : nil,
        step.isOverruled ? "overruled (\(step.mode ?? "?"))" : nil,
        step.masked.map { "masked \($0)" },
        step.masked == nil ? step.detections.map { "found \($0)" } : nil,
        step.code, step.reason,
      ].compactMap(\.self).joined(separator: " ")
    }.joined(separator: " | ")
  }

  private var denial: String? {
    story.denial.map { denial in
      [
        denial.filter ?? "?", denial.code ?? "-", denial.hook ?? "-",
        denial.source.rawValue, denial.evidence.names.joined(), denial.reason ?? "-",
      ].joined(separator: " · ")
    }
  }

  private var hidden: String? {
    story.hiddenFailure.map { failure in
      "\(failure.edgeStatus) at the edge, \(failure.status.map { "\($0)" } ?? "failed") inside"
        + (failure.message.map { ": \($0)" } ?? "")
    }
  }

  private var spent: String {
    [
      story.tokensIn.map { "\($0) in" }, story.tokensOut.map { "\($0) out" },
      story.costUSD.map { "$\(short($0))" }, story.timeToFirstToken.map { "first \($0.text)" },
    ].compactMap(\.self).joined(separator: ", ")
  }

  /// Of the calls beside the main one.
  private var calls: String {
    story.calls.filter { $0 != story.mainCall }.map { call in
      [
        call.isOfFilter ? "filter's" : call.agent, call.asked, call.model.map { "= \($0)" },
        call.hasFailed ? "failed" : nil,
      ].compactMap(\.self).joined(separator: " ")
    }.joined(separator: "; ")
  }

  private var signs: String {
    ([story.quality].compactMap(\.self) + story.signals.map(\.type)).joined(separator: " ")
  }

  private var conflicts: String {
    story.dimensions.filter(\.hasConflict).map { values in
      "\(values.dimension.name): \(values.conflicting.joined(separator: ", "))"
    }.joined(separator: "; ")
  }

  private func short(_ number: Double) -> String {
    "\((number * 1_000_000).rounded() / 1_000_000)"
  }
}

extension Nanoseconds {
  fileprivate var text: String { "\((milliseconds * 10).rounded() / 10)ms" }
}
