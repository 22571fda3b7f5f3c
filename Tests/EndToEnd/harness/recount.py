"""What requests tell, counted a second time: from the raw bytes of what gateways sent, by the rules of
Docs/Vocabulary.md, in another language and with another decoder than the program's.

Nothing here is fast, and nothing is taken from the program. Where the two disagree one of them is wrong.
"""

import collections
import json

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

MILLISECOND = 1_000_000


def plain(value):
  """A value of an attribute as Python has it."""
  kind = value.WhichOneof("value")
  if kind == "array_value":
    return [plain(item) for item in value.array_value.values]
  if kind == "kvlist_value":
    return {item.key: plain(item.value) for item in value.kvlist_value.values}
  return getattr(value, kind) if kind else None


def text_of(value):
  """A value as a person reads it."""
  if isinstance(value, bool):
    return "true" if value else "false"
  if isinstance(value, (dict, list)):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
  return "" if value is None else str(value)


class Attributes:
  """Attributes in order; a key may stand twice."""

  def __init__(self, pairs):
    self.pairs = [(pair.key, plain(pair.value)) for pair in pairs]

  def all(self, key):
    return [value for name, value in self.pairs if name == key]

  def text(self, *keys):
    """The first value under the first of the keys that is there, as text."""
    for key in keys:
      for value in self.all(key):
        return text_of(value)
    return None

  def number(self, *keys):
    for key in keys:
      for value in self.all(key)[:1]:
        try:
          if not isinstance(value, bool):
            return float(value)
        except (TypeError, ValueError):
          pass
    return None


class Event(Attributes):
  def __init__(self, event):
    super().__init__(event.attributes)
    self.name = event.name
    self.time = event.time_unix_nano


class Span(Attributes):
  def __init__(self, span, resource, scope):
    super().__init__(span.attributes)
    self.resource = Attributes(resource.attributes)
    self.scope = scope.name
    self.service = self.resource.text("service.name") or ""
    self.trace, self.id, self.parent = span.trace_id.hex(), span.span_id, span.parent_span_id
    self.name, self.kind, self.flags = span.name, span.kind, span.flags
    self.start, self.end = span.start_time_unix_nano, span.end_time_unix_nano
    self.status, self.message = span.status.code, span.status.message
    self.events = [Event(event) for event in span.events]
    self.role = self.find_role()
    self.evidence = self.find_evidence()

  @property
  def duration(self):
    return max(0, self.end - self.start)

  def find_role(self):
    operations = {
      "invoke_agent": "agent", "create_agent": "agent", "chat": "llm", "text_completion": "llm",
      "generate_content": "llm", "embeddings": "llm", "execute_tool": "tool"}
    services = {
      "plano(inbound)": "inbound", "plano(orchestrator)": "orchestrate", "plano(filter)": "filter",
      "plano(routing)": "route", "plano(agent)": "agent", "plano(llm)": "llm",
      "plano(outbound)": "upstream"}
    exact = {
      "plugin.hook.invoke": "filter", "plugin.execute": "filter", "tool.lookup": "route",
      "tool.gateway_call": "upstream", "llm.proxy": "llm", "llm.chat": "llm",
      "invoke.resource": "resource"}
    prefixes = [
      ("execute_raw_filter", "filter"), ("execute_mcp_filter_raw", "filter"),
      ("plugin.metrics.", "filter"), ("cpex.control.", "filter"), ("mcp.client.", "upstream"),
      ("gateway.health_check", "health"), ("a2a.", "agent"), ("tool.", "tool"),
      ("prompt.", "prompt"), ("resource.", "resource")]
    operation = self.text("gen_ai.operation.name")
    if operation in operations:
      return operations[operation]
    if self.service in services:
      return services[self.service]
    if self.name in exact:
      return exact[self.name]
    if self.name.endswith(".list"):
      return "list"
    for prefix, role in prefixes:
      if self.name.startswith(prefix):
        return role
    if self.kind == 2 and (not self.parent or self.flags & 0x300 == 0x300):
      return "inbound"
    return "upstream" if self.kind == 3 else "span"

  def find_evidence(self):
    found = set()
    events = {event.name for event in self.events}
    rejections = {"client error from agent", "client error from filter chain"}
    if events & rejections:
      found.add("filter_rejected")
    if "false" in [text_of(v).lower() for v in self.all("cpex.control.result.allowed")]:
      found.add("control_denied")
    messages = self.all("error.message") + ([self.message] if self.status == 2 else [])
    types = [text_of(value) for value in self.all("error.type")]
    if any(kind.endswith("PluginViolationError") for kind in types) or any(
        " blocked by plugin " in text_of(message) for message in messages):
      found.add("violation_error")
    if any(types):
      found.add("error_type")
    if self.status == 2:
      found.add("status_error")
    codes = [text_of(v) for k in ("http.status_code", "http.response.status_code")
             for v in self.all(k)]
    if any(len(code) == 3 and code[0] == "5" for code in codes):
      found.add("http_server_error")
    if self.role in ("inbound", "llm", "tool") and any(
        len(code) == 3 and code[0] == "4" for code in codes):
      found.add("http_client_error")
    flags = {flag for value in self.all("response_flags") for flag in text_of(value).split(",")}
    if flags & {"UT", "UF", "UC", "URX", "UH", "NR", "UO", "LR", "UR"}:
      found.add("upstream_failure")
    if "DC" in flags or "receiver dropped" in events:
      found.add("client_gone")
    if "exception" in events:
      found.add("exception_event")
    if self.service == "plano(llm)" and self.name == "llm":
      found.add("never_sent")
    if events & {"agent chat error chain", "root error", "failed to parse request JSON",
                 "model not found in configured providers"}:
      found.add("error_event")
    if "true" in [text_of(value).lower() for value in self.all("error")]:
      found.add("error_attribute")
    if "false" in [text_of(value).lower() for value in self.all("success")]:
      found.add("success_false")
    if {text_of(value) for value in self.all("signals.quality")} & {"poor", "severe"}:
      found.add("poor_quality")
    if self.name.endswith("\U0001F6A9"):
      found.add("flag_in_name")
    return found

  @property
  def has_failed(self):
    return bool(self.evidence - {"poor_quality", "flag_in_name", "client_gone"})


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


TENANT = ("tenant.id", "tenant_id", "tenant", "workspace.id", "organization.id", "team.name",
          "team.scope", "baggage.tenant.id")
USER = ("user.id", "enduser.id", "user.email", "user", "langfuse.user.id", "plano.distinct_id")
REQUEST = ("request.id", "request_id", "correlation_id", "guid:x-request-id")
SESSION = ("session.id", "plano.session_id", "langfuse.session.id", "gen_ai.conversation.id")


# Which traces are one request


def request_ids(spans):
  """The ids by which a trace may be joined to others, without the digit that Envoy packs away."""
  for span in spans:
    for attributes in (span, span.resource):
      for key in REQUEST:
        for value in map(text_of, attributes.all(key)):
          letters = set(value) - {"-"}
          if not 6 <= len(value) <= 200 or not any(c.isdigit() for c in value) or len(letters) < 2:
            continue
          bare = value.replace("-", "").lower()
          if len(bare) == 32 and all(c in "0123456789abcdef" for c in bare):
            value = bare[:12] + "_" + bare[13:]
          yield value


def requests_of(bodies):
  """Every request that the bodies hold, its spans in order of arrival."""
  traces = collections.OrderedDict()
  for body in bodies:
    message = ExportTraceServiceRequest.FromString(body)
    for group in message.resource_spans:
      for scoped in group.scope_spans:
        for span in scoped.spans:
          seen = traces.setdefault(span.trace_id, {})
          if span.span_id not in seen:
            seen[span.span_id] = Span(span, group.resource, scoped.scope)
  lead = {trace: trace for trace in traces}

  def find(trace):
    while lead[trace] != trace:
      trace = lead[trace]
    return trace

  sharing = collections.defaultdict(list)
  owners = {}
  for trace, spans in traces.items():
    for value in set(request_ids(spans.values())):
      sharing[value].append(trace)
    for span in spans:
      owners[span] = trace
  for group in sharing.values():
    ends = [min(span.end for span in traces[trace].values()) for trace in group]
    if len(group) <= 32 and max(ends) - min(ends) <= 600 * 10**9:
      for trace in group[1:]:
        lead[find(trace)] = find(group[0])
  for trace, spans in traces.items():
    for span in spans.values():
      if span.parent and span.parent not in spans and span.parent in owners:
        # An id that was counted says nothing.
        if int.from_bytes(span.parent, "big") >> 32:
          lead[find(trace)] = find(owners[span.parent])
  groups = collections.OrderedDict()
  for trace, spans in traces.items():
    groups.setdefault(find(trace), []).append(list(spans.values()))
  return [Request([span for spans in group for span in spans]) for group in groups.values()]


# The tables of routes and filters


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
    self.denials.setdefault((said("filter"), said("code"), said("reason")), []).append(time)

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
