"""Requests as the Plano gateway traces them: Envoy's inbound span, and behind it the orchestrator,
filters, routing and the call of the model, each service in an export of its own, roots last."""

import random
import threading
import time

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from .otlp import GRPC

MILLISECOND = 1_000_000
TENANTS = [f"ten_{number:03d}" for number in range(1, 9)]
MODELS = ["openai/gpt-4o", "openai/gpt-4o-mini", "anthropic/claude-sonnet-4-6"]


def attribute(key, value):
  wrapped = AnyValue()
  if isinstance(value, bool):
    wrapped.bool_value = value
  elif isinstance(value, int):
    wrapped.int_value = value
  elif isinstance(value, float):
    wrapped.double_value = value
  else:
    wrapped.string_value = value
  return KeyValue(key=key, value=wrapped)


class Request:
  """One request through the gateway, as spans by service."""

  def __init__(self, chance, tenant=None, user=None, model=None, status=200, milliseconds=None,
               end=None, name=None, filters=("input_guards", "query_rewriter")):
    self.chance = chance
    self.tenant = tenant or chance.choice(TENANTS)
    self.user = user or f"usr_{self.tenant[-3:]}{chance.randrange(1, 7):02d}"
    self.model = model or chance.choice(MODELS)
    self.trace_id = chance.randbytes(16)
    self.status = status
    duration = int((milliseconds or chance.lognormvariate(6.2, 0.6)) * MILLISECOND)
    self.end = end or time.time_ns()
    self.start = self.end - duration
    self.spans = []
    self.build(name or "POST /v1/chat/completions", duration, filters)

  def build(self, name, duration, filters):
    who = {"tenant.id": self.tenant, "user.id": self.user}
    root = self.add("plano(inbound)", name, None, 0, duration, kind=2, attributes={
      "http.method": "POST", "http.status_code": str(self.status), "response_flags": "-",
      "upstream_cluster": "bright_staff"})
    orchestrator = self.add(
      "plano(orchestrator)", "travel_booking_service", root, duration // 100, duration * 98 // 100,
      attributes={"component": "orchestrator", **who})
    at = duration // 50
    for identifier in filters:
      self.add("plano(filter)", f"execute_raw_filter ({identifier})", orchestrator, at,
               duration // 20, attributes={"agent_id": identifier, "filter_name": identifier})
      at += duration // 18
    model_call = self.add(
      "plano(llm)", f"POST /v1/chat/completions {self.model}", orchestrator, at,
      duration * 4 // 5, attributes={
        "http.method": "POST", **who, "llm.model": self.model,
        "llm.provider": self.model.split("/")[0], "http.status_code": self.status,
        "llm.time_to_first_token": duration // 4 // MILLISECOND, "llm.usage.prompt_tokens": 120,
        "llm.usage.completion_tokens": 480, "llm.usage.total_tokens": 600})
    self.add("plano(routing)", "routing", model_call, at, duration // 25, attributes={
      "component": "routing", "model.requested": self.model, "route.selected_model": self.model})
    self.add("plano(outbound)", f"POST api.{self.model.split('/')[0]}.com/v1/chat/completions",
             model_call, at + duration // 20, duration * 7 // 10, kind=2, attributes={
               "http.method": "POST", "http.status_code": str(self.status),
               "response_flags": "-"})

  def add(self, service, name, parent, offset, duration, kind=1, attributes=()):
    span = Span(
      trace_id=self.trace_id, span_id=self.chance.randbytes(8), name=name, kind=kind,
      parent_span_id=parent.span_id if parent is not None else b"",
      start_time_unix_nano=self.start + offset,
      end_time_unix_nano=self.start + offset + duration,
      attributes=[attribute(key, value) for key, value in dict(attributes).items()])
    self.spans.append((service, span))
    return span

  def bodies(self):
    """One export a service, the root's last."""
    services = {}
    for service, span in self.spans:
      services.setdefault(service, []).append(span)
    return [export(service, services[service]) for service in reversed(services)]


def export(service, spans, scope="brightstaff"):
  message = ExportTraceServiceRequest()
  resource_spans = message.resource_spans.add()
  resource_spans.resource.attributes.append(attribute("service.name", service))
  scope_spans = resource_spans.scope_spans.add()
  scope_spans.scope.name = scope
  scope_spans.spans.extend(spans)
  return message.SerializeToString()


class Traffic:
  """Requests at a steady rate from a thread of its own, until the `with` block ends."""

  def __init__(self, address, per_second=20, seed=1):
    self.address = address
    self.interval = 1 / per_second
    self.chance = random.Random(seed)
    self.sent = []
    self.failure = None
    self.stopping = threading.Event()
    self.thread = threading.Thread(target=self.run, daemon=True)

  def run(self):
    try:
      with GRPC(self.address) as client:
        while not self.stopping.wait(self.interval):
          request = Request(self.chance)
          for body in request.bodies():
            client.export(body)
          self.sent.append(request)
    except Exception as failure:  # told to the test when the block ends
      self.failure = failure

  def __enter__(self):
    self.thread.start()
    return self

  def __exit__(self, *_):
    self.stopping.set()
    self.thread.join(20)
    if self.failure is not None:
      raise self.failure
