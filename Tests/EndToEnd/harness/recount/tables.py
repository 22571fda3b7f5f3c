"""The tables of routes and filters: what requests add up to."""

import collections

from harness.recount.requests import SESSION, words


def nearest(values, share):
  """The value below which a share of all lies."""
  ordered = sorted(values)
  return ordered[max(1, -int(-len(ordered) * share // 1)) - 1] if ordered else None


class Table:
  """What requests add up to: rows by their keys, figures by name."""

  def __init__(self, requests):
    self.routes, self.steps, self.denials, self.switches = {}, {}, {}, {}
    self.sums = collections.Counter(requests=0, failed=0, without_model=0)
    chains, chain_time, timed, decided = [], [0, 0], 0, 0
    for request in requests:
      failed = bool(request.evidence - {"poor_quality", "flag_in_name"})
      self.sums["requests"] += 1
      self.sums["failed"] += failed
      took = self.add_routes(request, failed)
      if took is not None:
        decided += took
        timed += request.duration
      whole = self.add_steps(request)
      if whole is not None:
        chains.append(whole)
        chain_time = [chain_time[0] + whole, chain_time[1] + request.duration]
      self.add_denial(request)
      self.add_switch(request)
    self.chain_p50 = nearest(chains, 0.5)
    self.chain_share = chain_time[0] / chain_time[1] if chain_time[1] else None
    self.decision_share = decided / timed if timed else None

  def add_routes(self, request, failed):
    calls = [call for call in request.calls if not call["filter"]]
    if not calls and not request.calls and request.decisions:
      decision = request.decisions[0]
      calls = [{"span": decision.call, "asked": decision.asked, "sent": decision.selected,
                "answered": None, "provider": None, "route": decision.route, "cost": None}]
    rows = {}
    has_switch = any(s.text("plano.switch.decision") is not None for s in request.spans)
    for call in calls:
      decision = request.decision_of(call["span"])
      model = call["sent"] or call["answered"]
      provider = None if model is None or "/" in model else call["provider"]
      fell_back = decision is not None and decision.outcome == "fell_back"
      key = (call["route"] or (decision.route if decision else None), call["asked"], model,
             provider, fell_back)
      if key[:3] == (None, None, None):
        continue
      row = rows.setdefault(key, {"fallback": False, "took": None, "cost": None})
      other = decision and not has_switch and decision.selected and call["sent"]
      row["fallback"] |= bool(fell_back or (other and decision.selected != call["sent"]))
      if decision and decision.outcome != "direct" and decision.took is not None:
        row["took"] = (row["took"] or 0) + decision.took
      if call["cost"] is not None:
        row["cost"] = (row["cost"] or 0) + call["cost"]
    if not rows:
      self.sums["without_model"] += 1
    for key, share in rows.items():
      row = self.routes.setdefault(
        key, {"requests": 0, "fallbacks": 0, "failed": 0, "cost": 0.0, "costed": 0, "took": []})
      row["requests"] += 1
      row["fallbacks"] += share["fallback"]
      row["failed"] += failed
      if share["cost"] is not None:
        row["cost"] += share["cost"]
        row["costed"] += 1
      if share["took"] is not None:
        row["took"].append(share["took"])
    times = [share["took"] for share in rows.values() if share["took"] is not None]
    return sum(times) if times else None

  def add_steps(self, request):
    rows = collections.OrderedDict()
    for step in request.steps:
      row = rows.setdefault(step.key, {"verdicts": collections.Counter(), "took": None})
      row["verdicts"][step.verdict] += 1
      if step.took is not None:
        row["took"] = (row["took"] or 0) + step.took
    whole = None
    for key, share in rows.items():
      row = self.steps.setdefault(key, {
        "requests": 0, "verdicts": collections.Counter(), "took": [], "time": [0, 0]})
      row["requests"] += 1
      row["verdicts"] += share["verdicts"]
      if share["took"] is not None:
        row["took"].append(share["took"])
        row["time"] = [row["time"][0] + share["took"], row["time"][1] + request.duration]
        whole = (whole or 0) + share["took"]
    return whole

  def add_denial(self, request):
    denial = request.denial
    if not denial and request.verdict != "denied":
      return
    step = next((s for s in request.steps if s.verdict == "denied"
                 and (not denial or denial.filter is None or s.name == denial.filter)), None)
    def said(field):
      of_denial = getattr(denial, field) if denial else None
      of_step = getattr(step, "name" if field == "filter" else field) if step else None
      return of_denial if of_denial is not None else of_step
    time = step.start if step else denial.span.end if denial else max(
      s.end for s in request.spans)
    key = (said("filter"), said("code"), words(said("reason")))
    self.denials.setdefault(key, []).append(time)

  def add_switch(self, request):
    span = next((s for s in request.spans if s.text("plano.switch.decision") is not None), None)
    if span is None:
      return
    key = (span.text("plano.switch.decision") == "allowed", request.model,
           span.text("plano.switch.counterfactual_route"))
    row = self.switches.setdefault(
      key, {"count": 0, "cost": 0.0, "costed": 0, "sessions": {}, "overhead": None})
    row["count"] += 1
    cost = span.number("plano.switch.cost_in_usd")
    if cost is not None:
      row["cost"] += cost
      row["costed"] += 1
    session = next((s for s in request.spans if s.text(*SESSION) is not None), None)
    if session is not None:
      overhead = session.number("plano.session.overhead_pct")
      if overhead is not None:
        row["overhead"] = max(overhead, row["overhead"] if row["overhead"] is not None else overhead)
      spent = session.number("plano.session.total_cost_in_usd")
      name = session.text(*SESSION)
      row["sessions"][name] = max(row["sessions"].get(name) or 0, spent or 0)
