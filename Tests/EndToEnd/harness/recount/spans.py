"""A span as it was sent: its attributes, its role, and what in it speaks of a failure."""

import json


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
