"""planoai's listener and a collector of tracetop side by side, and traces to send to both."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

from . import otlp, plano, planoai
from .program import Sandbox

HOUR = 3600 * 1_000_000_000


class Both:
  """The same traffic held by planoai's listener and by a collector of tracetop."""

  def __init__(self, bodies):
    self.sandbox = Sandbox()
    self.collector = self.sandbox.collect()
    self.listener = planoai.Listener(self.sandbox)
    self.send(bodies)

  def send(self, bodies):
    for address in (self.collector.grpc, self.listener.address):
      otlp.send(bodies, address)

  @property
  def port(self):
    return int(self.collector.grpc.rsplit(":", 1)[1])

  def planoai(self, *arguments):
    """planoai against its own listener."""
    return planoai.trace(self.sandbox, self.listener.port, *arguments)

  def planoai_here(self, *arguments):
    """planoai against tracetop."""
    return planoai.trace(self.sandbox, self.port, *arguments)

  def tracetop(self, *arguments):
    return self.sandbox.run("trace", "--from", self.collector.source, *arguments)

  def ids(self, *arguments):
    return self.sandbox.json(
      "trace", *arguments, "--list", "--json", "--from", self.collector.source)["trace_ids"]

  def answers(self, *arguments):
    """All three, at the same time: starting Python is what takes long."""
    with ThreadPoolExecutor(3) as pool:
      return list(pool.map(
        lambda ask: ask(*arguments), (self.planoai, self.planoai_here, self.tracetop)))

  def close(self):
    self.sandbox.close()


def spans(trace_number, count, parent=None, attributes=(), start=None):
  """An export of one trace: a root that comes last, and so many spans below it."""
  chance = random.Random(trace_number)
  start = start or time.time_ns()
  trace_id, root = chance.randbytes(16), chance.randbytes(8)
  made = [otlp_span(trace_id, chance.randbytes(8), root, f"child {n}", start + n, attributes)
          for n in range(count - 1)]
  made.append(otlp_span(trace_id, root, parent or b"", "root", start, attributes))
  return trace_id.hex(), made


def otlp_span(trace_id, span_id, parent, name, start, attributes):
  return plano.Span(
    trace_id=trace_id, span_id=span_id, parent_span_id=parent, name=name,
    start_time_unix_nano=start, end_time_unix_nano=start + plano.MILLISECOND,
    attributes=[plano.attribute(key, value) for key, value in attributes])


def in_batches(made, size=1_000):
  return [plano.export("plano", made[at:at + size]) for at in range(0, len(made), size)]
