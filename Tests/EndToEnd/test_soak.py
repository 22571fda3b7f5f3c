"""Traffic for as long as one likes: nothing is lost, memory and latency stay flat, counts add up.

SOAK_SECONDS in the environment says for how long (`make soak SECONDS=60`); `make test` takes seconds.
"""

import os
import random
import statistics
import threading
import time

from harness import otlp
from harness.load import Template
from harness.program import process_figures
from harness.waiting import wait_until
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from test_logs import request as log_request

SECONDS = float(os.environ.get("SOAK_SECONDS", 6))
LOGS = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
MEBIBYTE = 1 << 20


class Sender(threading.Thread):
  """Sends requests of 512 spans, paced where a rate is given, until it is stopped."""

  def __init__(self, address, seed, rate=None, is_mixed=False):
    super().__init__(daemon=True)
    self.address, self.seed, self.rate, self.is_mixed = address, seed, rate, is_mixed
    self.stopping = threading.Event()
    self.failure = None
    # What the collector has to say of it in the end.
    self.spans = self.rejected = self.duplicates = self.logs = self.log_duplicates = 0
    self.logs_without_trace = 0
    # When each request was sent, and how long its answer took.
    self.waits = []

  def run(self):
    try:
      with otlp.GRPC(self.address) as client:
        self.send(client)
    except Exception as failure:  # The test tells of it.
      self.failure = failure

  def send(self, client):
    chance, template = random.Random(self.seed), Template(seed=self.seed)
    began = time.monotonic()
    number = 0
    while not self.stopping.is_set():
      if self.rate:
        pause = began + number * template.spans / self.rate - time.monotonic()
        if pause > 0 and self.stopping.wait(pause):
          break
      number += 1
      body = template.next(chance)
      at = time.monotonic()
      reply = client.export(body)
      self.waits.append((at, time.monotonic() - at))
      assert reply.partial_success.rejected_spans == 0
      self.spans += template.spans
      if self.is_mixed:
        self.send_more(client, number, body, template)

  def send_more(self, client, number, body, template):
    """What else happens: requests that come again, spans without ids, logs early, late and of none."""
    if number % 7 == 0:
      client.export(body)
      self.spans += template.spans
      self.duplicates += template.spans
    if number % 11 == 0:
      message = ExportTraceServiceRequest()
      message.resource_spans.add().scope_spans.add().spans.add(name="no ids")
      assert client.export(message.SerializeToString()).partial_success.rejected_spans == 1
      self.spans += 1
      self.rejected += 1
    if number % 3 == 0:
      places = template.places[0]
      known = int.from_bytes(template.body[places[0]:places[0] + 16], "big")
      for trace in (known, 0, self.seed << 64 | number):
        logs = log_request(20, trace=trace, span=number).SerializeToString()
        client.call(LOGS, logs)
        self.logs += 20
        self.logs_without_trace += 20 if trace == 0 else 0
      client.call(LOGS, logs)
      self.logs += 20
      self.log_duplicates += 20


def soak(collector, senders, seconds, is_enough=lambda: True):
  """Runs the senders, for longer where a slow machine has not done enough yet, and returns the memory
  of the collector through the time."""
  resident = []
  for sender in senders:
    sender.start()
  began = time.monotonic()
  while time.monotonic() - began < seconds or (
      not is_enough() and time.monotonic() - began < 20 * seconds):
    time.sleep(min(0.5, seconds / 20))
    resident.append(process_figures(collector.process.pid)["resident"])
    assert collector.process.poll() is None
  for sender in senders:
    sender.stopping.set()
  for sender in senders:
    sender.join(60)
    assert sender.failure is None, sender.failure
  return resident


def test_past_many_budgets_memory_is_flat_and_every_count_adds_up(sandbox):
  budget = 16
  collector = sandbox.collect("--memory", f"{budget}MiB")
  senders = [Sender(collector.grpc, seed, is_mixed=True) for seed in (1, 2)]

  def is_past_budget():
    status = collector.status()
    return status["spans_evicted"] > 2 * status["spans_held"]

  resident = soak(collector, senders, SECONDS, is_past_budget)
  assert is_past_budget(), "too few spans for a soak"
  status = collector.status()
  spans = sum(sender.spans for sender in senders)
  times = status["spans_evicted"] / status["spans_held"]
  print(f"{spans:,} spans, {times:.0f} times what is held went again")
  # Every span that was acknowledged was received, and each is accounted for.
  assert status["spans_received"] == spans
  assert status["spans_rejected"] == sum(sender.rejected for sender in senders)
  assert status["spans_duplicate"] == sum(sender.duplicates for sender in senders)
  assert spans == (
    status["spans_held"] + status["spans_evicted"] + status["spans_rejected"]
    + status["spans_duplicate"])
  logs = sum(sender.logs for sender in senders)
  assert status["logs_received"] == logs
  assert status["logs_without_trace"] == sum(sender.logs_without_trace for sender in senders)
  assert status["logs_duplicate"] == sum(sender.log_duplicates for sender in senders)
  assert logs == (
    status["logs_held"] + status["logs_evicted"] + status["logs_expired"]
    + status["logs_duplicate"] + status["logs_without_trace"])
  assert status["spans_dropped"] == 0
  assert status["memory_bytes"] <= budget * MEBIBYTE
  # Flat: the last third needs no more than the second.
  third = len(resident) // 3
  early, late = max(resident[third:2 * third]), max(resident[2 * third:])
  print(f"resident {early / MEBIBYTE:.0f} MiB, later {late / MEBIBYTE:.0f} MiB")
  assert late <= early * 1.1 + 8 * MEBIBYTE
  longest = max(wait for sender in senders for _, wait in sender.waits)
  times = sorted(at for sender in senders for at, _ in sender.waits)
  middle = times[len(times) // 2]
  halves = [
    statistics.median(wait for sender in senders for at, wait in sender.waits if at < middle),
    statistics.median(wait for sender in senders for at, wait in sender.waits if at >= middle)]
  print(f"median answer {halves[0] * 1000:.1f} ms, later {halves[1] * 1000:.1f} ms, "
        f"longest {longest * 1000:.0f} ms")
  assert halves[1] <= halves[0] * 3 + 0.01


def test_a_hundred_thousand_spans_a_second_are_taken_without_a_loss(sandbox):
  # The whole rate only where it is for long; a busy machine may be too slow to send it.
  rate = 100_000 if SECONDS >= 30 else 20_000
  collector = sandbox.collect("--memory", "512MiB")
  before = process_figures(collector.process.pid)
  senders = [Sender(collector.grpc, seed, rate=rate / 2) for seed in (1, 2)]
  began = time.monotonic()
  soak(collector, senders, SECONDS)
  took = time.monotonic() - began
  after = process_figures(collector.process.pid)
  spans = sum(sender.spans for sender in senders)
  status = collector.status()
  share = (after["cpu"] - before["cpu"]) / took
  waits = sorted(wait for sender in senders for _, wait in sender.waits)
  print(f"{spans / took:,.0f} spans/s for {took:.0f} s took {share:.1%} of a core; answers p50 "
        f"{waits[len(waits) // 2] * 1000:.1f} ms, p99 {waits[len(waits) * 99 // 100] * 1000:.1f} ms")
  assert status["spans_received"] == spans
  assert spans == status["spans_held"] + status["spans_evicted"]
  wait_until(lambda: collector.status()["requests"] >= spans // 512, "all requests are counted")
