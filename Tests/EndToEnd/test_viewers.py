"""Explorers attached to a collector: they see what is held and what arrives, and outlive it."""

import os
import random
import signal
import time

import pytest
from harness import files, otlp, plano
from harness.program import free_port
from harness.waiting import wait_until
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest


def send(collector, *tenants, seed=1):
  chance = random.Random(seed)
  requests = [plano.Request(chance, tenant=tenant) for tenant in tenants]
  otlp.send([body for request in requests for body in request.bodies()], collector.grpc)
  return requests


def test_two_viewers_see_what_was_and_what_comes(collector, terminal):
  send(collector, "before")
  first = terminal("live")
  second = terminal("attach")
  for window in (first, second):
    window.wait_for("before")
  wait_until(lambda: collector.status()["viewers"] == 2, "two viewers are counted")
  send(collector, "after", seed=2)
  for window in (first, second):
    window.wait_for("before", "after")
    assert window.stderr() == ""
  first.press("Q")
  assert first.exit_code() == 0
  wait_until(lambda: collector.status()["viewers"] == 1, "one viewer is left")
  send(collector, "later", seed=3)
  second.wait_for("later")


@pytest.mark.parametrize("road", ["unix", "grpc"])
def test_attach_takes_an_address(collector, terminal, road):
  send(collector, "acme")
  address = f"unix:{collector.unix}" if road == "unix" else collector.grpc
  terminal("attach", address).wait_for("acme")


def test_attach_without_a_collector_exits_3(terminal):
  window = terminal("attach", f"127.0.0.1:{free_port()}")
  assert window.exit_code() == 3, window.stderr()
  assert len(window.stderr().strip().splitlines()) == 1


def test_explorer_without_a_terminal_says_so(sandbox, collector):
  result = sandbox.run("attach")
  assert result.returncode == 1, result.stderr
  assert "terminal" in result.stderr


def test_vanished_collector_is_said_and_a_new_one_is_found(sandbox, collector, terminal):
  send(collector, "acme")
  window = terminal("attach")
  window.wait_for("acme")
  collector.process.kill()
  collector.process.wait()
  window.wait_for("GONE", "since")
  # What was seen stays on the screen.
  assert "acme" in window.text()
  again = sandbox.collect()
  send(again, "globex", seed=2)
  window.wait_for("globex")
  window.wait_without("GONE")
  assert window.stderr() == ""


def test_viewer_of_a_replayed_capture_holds_all_of_it(collector, terminal):
  otlp.send(otlp.rebased(otlp.captured_bodies("plano")), collector.grpc)
  window = terminal("attach", columns=120, rows=40)
  # 217 traces are 209 requests: four came in three traces each.
  window.wait_for("209 requests")


def test_viewers_cut_nothing_of_what_a_collector_with_wider_limits_holds(sandbox, terminal):
  collector = sandbox.collect(
    "--no-journal", "--max-attributes", "5000", "--max-value", "8MiB")
  trace = bytes(range(1, 17))
  names = [f"key.{number}" for number in range(1_500)]
  message = otlp.ExportTraceServiceRequest()
  scope = message.resource_spans.add().scope_spans.add()
  now = time.time_ns()
  for number in (1, 2):
    span = scope.spans.add(
      trace_id=trace, span_id=number.to_bytes(8, "big"), name="wide", start_time_unix_nano=now - 9,
      end_time_unix_nano=now)
    for name in names if number == 1 else ["text"]:
      span.attributes.add(key=name).value.string_value = "x" if number == 1 else "y" * 2_000_000
  logs = ExportLogsServiceRequest()
  record = logs.resource_logs.add().scope_logs.add().log_records.add(
    trace_id=trace, span_id=(1).to_bytes(8, "big"), time_unix_nano=now)
  record.body.string_value = "z" * 2_000_000
  otlp.send([message.SerializeToString()], collector.grpc)
  assert otlp.post(collector.http, logs.SerializeToString(), "/v1/logs").status_code == 200
  wide, long = sandbox.json("trace", trace.hex(), "--json")["traces"][0]["spans"]
  assert [attribute["key"] for attribute in wide["attributes"]] == names
  assert long["attributes"] == [{"key": "text", "value": {"stringValue": "y" * 2_000_000}}]
  assert wide["logs"][0]["body"] == {"stringValue": "z" * 2_000_000}
  # What was held when the explorer attached, and what came later.
  window = terminal("attach", columns=120)
  window.wait_for("wide")
  later = scope.spans.add()
  later.CopyFrom(scope.spans[1])
  later.span_id = (3).to_bytes(8, "big")
  otlp.send([message.SerializeToString()], collector.grpc)
  window.wait(
    lambda: any("wide" in row and row.rstrip().endswith(" 3") for row in window.rows()),
    "the third span is there")
  window.press("w")
  window.wait_for("wrote ")
  (written,) = sandbox.root.glob("tracetop-*.jsonl")
  texts = [text for text in written.read_text().splitlines() if "resourceSpans" in text]
  expected = files.spans_by_id([message])
  assert files.spans_by_id(files.read_json("\n".join(texts))) == expected
  assert "z" * 2_000_000 in written.read_text()


def test_stopped_viewer_never_slows_ingest(sandbox, collector, terminal):
  """A viewer that does not read is told later what it missed; senders notice nothing."""
  window = terminal("attach")
  wait_until(lambda: collector.status()["viewers"] == 1, "the viewer is there")
  pid = window.pid
  os.kill(pid, signal.SIGSTOP)
  try:
    bodies = otlp.captured_bodies("contextforge")
    began = time.monotonic()
    otlp.send(bodies * 3, collector.grpc)
    assert time.monotonic() - began < 20
    assert collector.wait_for_spans(3 * 5052)["spans_rejected"] == 0
  finally:
    os.kill(pid, signal.SIGCONT)
  window.wait_for("missed")
  send(collector, "after")
  window.press("g")
  window.wait_for("after")


def test_trace_from_a_live_explorer(live, sandbox):
  """An explorer that is its own collector answers the one-shot commands too."""
  window, addresses = live()
  (request,) = (plano.Request(random.Random(1), tenant="acme"),)
  otlp.send(request.bodies(), addresses["grpc"])
  window.wait_for("acme")
  answer = sandbox.json("trace", "last", "--json")
  assert answer["traces"][0]["trace_id"] == request.trace_id.hex()
  assert sandbox.json("status", "--json")["spans_held"] == 7


def test_second_live_attaches_to_the_first(live, terminal):
  window, addresses = live()
  otlp.send(plano.Request(random.Random(1), tenant="acme").bodies(), addresses["grpc"])
  terminal("live").wait_for("acme")
