"""A request: its filters, calls and decisions, its verdict."""

import collections
import json

from harness.recount.spans import text_of

MILLISECOND = 1_000_000
SESSION = ("session.id", "plano.session_id", "langfuse.session.id", "gen_ai.conversation.id")


class Step:
  def __init__(self, name, verdict, start, owner, output, took=None, hook=None):
    self.name, self.verdict, self.start, self.owner = name, verdict, start, owner
    self.output, self.took, self.hook = output, took, hook
    self.code = self.reason = None
    self.is_mcp = False

  @property
  def key(self):
    return (self.name, self.hook or ("out" if self.output else "in"))


Denial = collections.namedtuple("Denial", "filter code reason hook form span")
Decision = collections.namedtuple("Decision", "call outcome asked route selected took")


def blocked(message, span):
  """`<hook> blocked by plugin <NAME>: <CODE> - <reason>`"""
  before, mark, rest = (message or "").partition(" blocked by plugin ")
  name, colon, rest = rest.partition(": ")
  if not mark or not colon:
    return None
  code, dash, reason = rest.partition(" - ")
  return Denial(name, code if dash else None, reason if dash else rest,
                before.split(" ")[-1] or None, "message", span)


def words(reason):
  """What a reason says in words: of a JSON body the texts under the names that filters use."""
  try:
    body = json.loads(reason)
  except (TypeError, ValueError):
    return reason
  if not isinstance(body, dict):
    return reason
  found = []

  def look(value):
    for name, member in value.items() if isinstance(value, dict) else ():
      if isinstance(member, str):
        if name in ("error", "code", "message", "detail", "reason", "description", "msg") and member:
          found.append(member)
      else:
        look(member)

  look(body)
  return ": ".join(dict.fromkeys(found)) or reason


def quoted(text):
  """The texts between quotes in what Rust prints."""
  return [json.loads(f'"{part}"') for part in _strings(text)]


def _strings(text):
  found, at = [], 0
  while (at := text.find('"', at)) >= 0:
    end = at + 1
    while end < len(text) and text[end] != '"':
      end += 2 if text[end] == "\\" else 1
    found.append(text[at + 1:end])
    at = end + 1
  return found


class Request:
  """The spans of one request and what they tell; traces that were joined to it included."""

  def __init__(self, spans):
    self.arrived = spans
    self.spans = sorted(spans, key=lambda span: (span.start, span.id))
    self.by_id = {}
    for span in self.spans:
      self.by_id.setdefault(span.id, span)
    self.children = collections.defaultdict(list)
    for span in self.spans:
      self.children[span.parent].append(span)
    self.steps, self.denials = [], []
    self.tell_plano()
    self.tell_plugins()
    self.steps.sort(key=lambda step: step.start)
    self.evidence = set().union(*(span.evidence for span in spans))
    self.decisions = [d for d in map(self.decision, self.spans) if d]
    self.calls = [self.call(span) for span in self.spans if span.role == "llm"]
    agents = [call for call in self.calls if not call["filter"] and call["agent"]]
    others = [call for call in self.calls if not call["filter"]]
    self.main = agents[-1] if agents else others[0] if others else None
    self.denial = next((d for d in self.denials if d.form == "message"), None) or next(
      iter(self.denials), None)

  # Verdict

  @property
  def verdict(self):
    if self.evidence & {"filter_rejected", "control_denied", "violation_error"}:
      return "denied"
    if "client_gone" in self.evidence:
      return "client_gone"
    if self.evidence - {"poor_quality", "flag_in_name"}:
      return "error"
    known = {span.id for span in self.spans}
    missing = any(span.parent and span.parent not in known for span in self.spans)
    if missing or all(span.parent for span in self.spans):
      return "partial"
    return "flagged" if self.evidence else "ok"

  @property
  def duration(self):
    starts = [span.start for span in self.spans if span.start]
    return max(span.end for span in self.spans) - min(starts) if starts else 0

  def ancestors(self, span):
    found, seen = [], {span.id}
    while (span := self.by_id.get(span.parent)) and span.id not in seen:
      seen.add(span.id)
      found.append(span)
    return found

  # Plano's filters

  def turn(self, owner):
    """When the answer began to come to a span."""
    return min((c.start for c in self.children[owner.id] if c.role == "upstream"), default=None)

  def tell_plano(self):
    own = collections.defaultdict(list)
    for span in self.spans:
      if span.name.startswith("execute_raw_filter"):
        name = span.text("filter_name", "agent_id") or span.name
        own[(span.parent, name)].append(span)
    for owner in self.spans:
      turn = self.turn(owner)
      told = []
      for place, event in enumerate(owner.events):
        if event.name != "executing raw filter":
          continue
        name = event.text("agent")
        step = Step(name, "allow", event.time, owner.id, bool(turn and event.time > turn))
        step.is_mcp = event.text("agent_type") == "mcp"
        for later in owner.events[place + 1:]:
          if later.name == "executing raw filter":
            break
          if later.name == "raw filter completed" and later.text("agent") == name:
            step.took = later.time - event.time
            break
          if later.name in ("client error from agent", "client error from filter chain"):
            if later.text("agent") == name:
              step.verdict, step.code = "denied", later.text("status")
              step.reason, step.took = later.text("body"), later.time - event.time
              break
          if later.name == "agent chat error chain":
            step.verdict, step.took = "error", later.time - event.time
            break
        near = [s for s in own[(owner.id, name)] if abs(s.start - event.time) <= MILLISECOND]
        if near:
          own[(owner.id, name)].remove(near[0])
          step.took, step.is_mcp = near[0].duration, False
        told.append(step)
      for event in owner.events:
        if event.name not in ("client error from agent", "client error from filter chain"):
          continue
        name = event.text("agent")
        self.denials.append(
          Denial(name, event.text("status"), event.text("body"), None, "event", owner))
        if not any(s.verdict == "denied" and s.name == name for s in told):
          spans = own.pop((owner.id, name), [])
          step = Step(name or "", "denied", spans[-1].start if spans else event.time, owner.id,
                      False, spans[-1].duration if spans else None)
          step.code, step.reason = event.text("status"), event.text("body")
          told.append(step)
      self.steps += told
    for (owner, name), spans in own.items():
      turn = self.turn(self.by_id[owner]) if owner in self.by_id else None
      self.steps += [Step(name, "allow", s.start, owner, bool(turn and s.start > turn), s.duration)
                     for s in spans]

  # ContextForge's plugins

  def tell_plugins(self):
    steps = []
    for span in self.spans:
      hook = span.text("plugin.hook.type", "cpex.control.hook_name")
      output = "_post_" in (hook or "")
      if span.name == "plugin.execute":
        mode = span.text("plugin.mode", "controls.enforcement.mode")
        step = Step(span.text("plugin.name", "controls.artifact.name") or "(unnamed plugin)",
                    "allow", span.start, span.parent, output, span.duration,
                    span.text("plugin.hook.type"))
        if span.text("plugin.modified_payload") == "true":
          step.verdict = "modified"
        if span.text("plugin.had_violation") == "true" and mode == "enforce":
          step.verdict = "denied"
        if span.status == 2:
          step.verdict = "error"
        steps.append(step)
      elif span.name == "cpex.control.result":
        step = Step(span.text("cpex.control.name") or "(unnamed plugin)", "allow", span.start,
                    span.parent, span.text("cpex.control.enforcement_point") == "post" or output,
                    None, span.text("cpex.control.hook_name"))
        took = span.number("cpex.control.duration_ns")
        step.took = int(took) if took is not None else None
        if span.text("cpex.control.payload_modified") == "true":
          step.verdict = "modified"
        step.code = span.text("cpex.control.result.error_code")
        step.reason = span.text("cpex.control.result.reason")
        self.settle(step, span.text("cpex.control.status"), span.text("cpex.control.result.allowed"))
        steps.append(step)
      elif span.name == "cpex.control.summary" and span.text("cpex.control.plugin_error") == "true":
        output = (span.text("cpex.control.enforcement_point") or "").endswith("post")
        steps.append(Step("(unnamed plugin)", "error", span.start, span.parent, output))
    counted = set()
    for span in self.spans:
      if span.name == "cpex.control.summary":
        self.add_flattened(span, steps)
      if span.name.startswith("plugin.metrics."):
        self.add_figures(span, steps, counted)
    told = [d for d in map(self.told_denial, self.spans) if d]
    if not told:
      told = [d for d in map(self.untold_denial, self.spans) if d]
    seen = set()
    for denial in told:
      if denial[:4] in seen:
        continue
      seen.add(denial[:4])
      self.denials.append(denial)
      known = [s for s in steps if s.name == denial.filter
               and (not s.hook or not denial.hook or s.hook == denial.hook)]
      if known:
        known[-1].verdict = "denied"
        known[-1].code, known[-1].reason = denial.code, denial.reason
      else:
        step = Step(denial.filter or "(unnamed plugin)", "denied", denial.span.end, denial.span.id,
                    "_post_" in (denial.hook or ""), None, denial.hook)
        step.code, step.reason = denial.code, denial.reason
        steps.append(step)
    self.steps += steps

  @staticmethod
  def settle(step, status, allowed):
    if status in ("error", "timeout"):
      step.verdict = "error"
    if allowed == "false":
      step.verdict = "denied"

  def add_flattened(self, span, steps):
    prefix = "cpex.control.results."
    for key, value in span.pairs:
      if not key.startswith(prefix) or not key.endswith(".status"):
        continue
      base = key.removesuffix(".status")
      name = span.text(f"{base}.name") or base.removeprefix(prefix)
      if any(s.owner == span.id and s.name == name for s in steps):
        continue
      took = span.number(f"{base}.duration_ns")
      step = Step(name, "allow", span.start, span.id,
                  span.text(f"{base}.enforcement_point") == "post",
                  int(took) if took is not None else None)
      self.settle(step, text_of(value), span.text(f"{base}.result.allowed"))
      steps.append(step)

  @staticmethod
  def add_figures(span, steps, counted):
    def bare(name):
      letters = "".join(c for c in name.lower() if c.isalnum())
      return letters.removesuffix("plugin")

    name, hook = span.name.removeprefix("plugin.metrics."), span.text("stage")
    for step in steps:
      if bare(step.name) == bare(name) and step.hook == hook and id(step) not in counted:
        counted.add(id(step))
        return
    masked = span.number("total_masked") or 0
    step = Step(name, "modified" if masked > 0 else "allow", span.start, span.parent,
                "_post_" in (hook or ""), None, hook)
    counted.add(id(step))
    steps.append(step)

  @staticmethod
  def told_denial(span):
    texts = [span.text("error.message"), span.message]
    texts += [e.text("exception.message") for e in span.events if e.name == "exception"]
    return next((d for d in (blocked(text, span) for text in texts) if d), None)

  @staticmethod
  def untold_denial(span):
    if "control_denied" in span.evidence or (
        span.name.startswith("cpex.control.")
        and span.text("cpex.control.result.allowed") == "false"):
      return Denial(span.text("cpex.control.name"), span.text("cpex.control.result.error_code"),
                    span.text("cpex.control.result.reason"),
                    span.text("cpex.control.hook_name"), "control", span)
    if span.text("plugin.had_violation") == "true" and span.status != 2 and (
        span.text("plugin.mode", "controls.enforcement.mode") == "enforce"):
      return Denial(span.text("plugin.name", "controls.artifact.name") or "(unnamed plugin)", None,
                    None, span.text("plugin.hook.type"), "violation", span)
    return None

  # Routing

  def decision(self, span):
    if span.role != "route" or not (
        span.name in ("routing", "routing_decision") or span.service == "plano(routing)"):
      return None
    events = {event.name: event for event in span.events}
    determined = events.get("plano-orchestrator determined route")
    completed = events.get("routing decision completed")
    words = quoted(determined.text("selected_model") or "") if determined else []
    route = words[0] if words else None
    if route is None and completed and completed.text("route"):
      route = next(iter(quoted(completed.text("route"))), None)
    selected = span.text("route.selected_model")
    was_asked = bool(self.children[span.id]) or determined is not None
    if selected is None:
      selected = completed.text("primary_model") if completed else None
      outcome = "routed" if selected else "failed" if (
        span.name == "routing_decision" or span.has_failed) else "direct"
    elif selected == "unknown":
      outcome, selected = "failed", None
    elif selected == "none":
      outcome, selected = ("fell_back" if was_asked else "direct"), None
    else:
      outcome = "routed"
    took = span.number("routing.determination_ms")
    return Decision(span.parent, outcome, span.text("model.requested"), route, selected,
                    None if took is None else round(took * MILLISECOND))

  def call(self, span):
    routing = next((c for c in self.children[span.id] if c.role == "route"), None)
    words = span.name.split(" ")
    named = (None, None)
    if len(words) >= 3 and words[1].startswith("/"):
      named = (words[2], words[4] if len(words) >= 5 and words[3] == "->" else words[2])
    above = self.ancestors(span)
    agent = next((a for a in above if a.role == "agent"), None)
    of_filter = any(a.role == "filter" for a in above) or any(
      s.is_mcp and s.owner == span.parent and s.took is not None
      and s.start <= span.start <= s.start + s.took for s in self.steps)
    answered = span.all("llm.model")
    return {
      "span": span.id,
      "asked": (routing.text("model.requested") if routing else None) or named[0]
      or span.text("model.requested", "gen_ai.request.model"),
      "sent": span.text("llm.model", "gen_ai.request.model") or named[1],
      "answered": text_of(answered[-1]) if answered else span.text("gen_ai.response.model"),
      "provider": span.text(
        "llm.provider", "gen_ai.provider.name", "gen_ai.system", "llm.provider.type"),
      "route": span.text("plano.route.name"),
      "cost": span.number("llm.usage.total_cost_usd", "gen_ai.usage.cost"),
      "agent": agent.text("agent_id") if agent else None, "filter": of_filter}

  @property
  def model(self):
    if self.main:
      return self.main["answered"] or self.main["sent"]
    return self.decisions[0].selected if not self.calls and self.decisions else None

  @property
  def asked(self):
    if self.main:
      return self.main["asked"]
    return self.decisions[0].asked if not self.calls and self.decisions else None

  def decision_of(self, span):
    found = next((d for d in self.decisions if d.call == span), None)
    return found or (self.decisions[0] if not self.calls and self.decisions else None)

  def first(self, *keys):
    """What a dimension is: by the first key that any span has, and of those the first to arrive."""
    for key in keys:
      for span in self.arrived:
        for attributes in (span, span.resource):
          value = attributes.text(key)
          if value:
            return value
    return None
