"""Load: requests made once, their ids patched per send, so that the sender costs little."""

import random
import threading
import time

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from . import plano
from .otlp import GRPC

SPANS_PER_TRACE = 8


class Template:
  """A request of `spans` spans whose trace and span ids lie at known offsets."""

  def __init__(self, spans=512, seed=1, attributes=14):
    chance = random.Random(seed)
    message = ExportTraceServiceRequest()
    resource_spans = message.resource_spans.add()
    resource_spans.resource.attributes.append(plano.attribute("service.name", "plano(llm)"))
    scope_spans = resource_spans.scope_spans.add()
    self.traces = [chance.randbytes(16) for _ in range(spans // SPANS_PER_TRACE)]
    now = time.time_ns()
    for trace in self.traces:
      tenant = chance.choice(plano.TENANTS)
      root = None
      for number in range(SPANS_PER_TRACE):
        start = now - chance.randrange(1_000_000_000)
        span = scope_spans.spans.add(
          trace_id=trace, span_id=chance.randbytes(8), parent_span_id=root or b"", kind=2,
          name=f"POST /v1/chat/completions step {number}", start_time_unix_nano=start,
          end_time_unix_nano=start + chance.randrange(1_000_000_000))
        root = root or span.span_id
        for key in range(attributes):
          span.attributes.append(plano.attribute(f"attribute.number.{key}", f"value {key} of this"))
        span.attributes.append(plano.attribute("tenant.id", tenant))
        span.attributes.append(plano.attribute("http.status_code", chance.choice([200, 200, 503])))
    self.spans = spans
    self.body = bytearray(message.SerializeToString())
    self.places = [self.offsets(trace) for trace in self.traces]

  def offsets(self, trace):
    found, at = [], self.body.find(trace)
    while at >= 0:
      found.append(at)
      at = self.body.find(trace, at + 1)
    return found

  def next(self, chance):
    """The request again with trace ids never seen before."""
    for places in self.places:
      fresh = chance.randbytes(16)
      for at in places:
        self.body[at:at + 16] = fresh
    return bytes(self.body)


class Load:
  """Sends as fast as `senders` threads can, until the `with` block ends or `spans` are sent."""

  def __init__(self, address, spans, senders=2):
    self.address = address
    self.limit = spans // senders
    self.sent = [0] * senders
    self.failures = []
    self.stopping = threading.Event()
    self.threads = [
      threading.Thread(target=self.run, args=(number,), daemon=True) for number in range(senders)]

  def run(self, number):
    chance = random.Random(number)
    template = Template(seed=number)
    try:
      with GRPC(self.address) as client:
        while self.sent[number] < self.limit and not self.stopping.is_set():
          reply = client.export(template.next(chance))
          assert reply.partial_success.rejected_spans == 0, reply
          self.sent[number] += template.spans
    except (grpc.RpcError, AssertionError) as failure:
      self.failures.append(failure)

  @property
  def is_running(self):
    return any(thread.is_alive() for thread in self.threads)

  def __enter__(self):
    self.began = time.monotonic()
    for thread in self.threads:
      thread.start()
    return self

  def __exit__(self, *_):
    self.stopping.set()
    for thread in self.threads:
      thread.join(60)
    assert not self.failures, self.failures
