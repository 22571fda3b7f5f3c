"""What is kept: requests thinned by --sample, pins, and what bad options say."""

import random

import pytest
from harness import otlp, plano
from harness.waiting import wait_until

REQUESTS = 200
ERRORS = 10


def send(collector, seed=1):
  chance = random.Random(seed)
  requests = [
    plano.Request(chance, tenant="acme", milliseconds=20, status=500 if number < ERRORS else 200)
    for number in range(REQUESTS)]
  otlp.send([body for request in requests for body in request.bodies()], collector.grpc)
  return requests


def balance(status):
  return status["spans_received"] - sum(
    status[name] for name in
    ("spans_held", "spans_evicted", "spans_sampled_out", "spans_rejected", "spans_duplicate"))


def kept(collector):
  return {
    trace for trace in collector.sandbox.json(
      "trace", "any", "--list", "--json", "--from", collector.source)["trace_ids"]}


def is_settled(status, errors=ERRORS):
  """Whether of each request it was decided what becomes of it."""
  return status["traces_held"] == errors + status["traces_kept_by_share"]


def test_sampled_requests_settle_without_further_traffic_and_viewers_follow(sandbox, terminal):
  collector = sandbox.collect("--sample", "10%", "--slow", "1m")
  window = terminal("attach", columns=200, rows=50)
  requests = send(collector)
  # Live traffic is shown in full until it settles.
  window.wait_for(f"{REQUESTS} requests")
  late = terminal("attach", columns=200, rows=50)
  late.wait_for(f"{REQUESTS} requests")
  wait_until(lambda: is_settled(collector.status()), "requests settle", timeout=40)
  status = collector.status()
  assert status["sampled_share"] == 0.1
  assert balance(status) == 0
  assert status["traces_held"] + status["traces_sampled_out"] == REQUESTS
  assert ERRORS <= status["traces_held"] < ERRORS + 60
  held = kept(collector)
  assert {request.trace_id.hex() for request in requests[:ERRORS]} <= held
  after = terminal("attach", columns=200, rows=50)
  # Each that is kept by its share stands for ten.
  counted = f"≈{ERRORS + 10 * status['traces_kept_by_share']:,} requests"
  for viewer in (window, late, after):
    viewer.wait_for(counted, f"≈{ERRORS} err", "sampled 10%: counts scaled")
  # What comes late of a request that was let go goes too, and its errors are said.
  gone = next(request for request in requests if request.trace_id.hex() not in held)
  span = gone.add("plano(llm)", "POST late", gone.spans[0][1], 0, 10)
  span.status.code = 2
  otlp.send([plano.export("plano(llm)", [span])], collector.grpc)
  wait_until(
    lambda: collector.status()["errors_sampled_out_late"] == 1, "the late error is counted")
  assert kept(collector) == held
  for viewer in (window, late, after):
    viewer.wait_for(counted)
  text = sandbox.run("status", "--from", collector.source).stdout
  assert "sampled out" in text and "too late to be kept" in text
  other = sandbox.collect("--sample", "0.1", "--slow", "1m", "--socket", "off")
  otlp.send(
    [body for request in reversed(requests) for body in request.bodies()], other.grpc)
  wait_until(lambda: is_settled(other.status(), ERRORS + 1), "requests settle", timeout=40)
  # The error that came too late before is in time here.
  assert kept(other) == held | {gone.trace_id.hex()}


@pytest.mark.parametrize(
  "option, value",
  [("--sample", value) for value in ("10", "0", "0%", "101%", "-1", "ten", "", "nan")]
  + [("--slow", value) for value in ("2", "fast", "0s")])
def test_bad_share_is_refused_at_the_start(sandbox, option, value):
  result = sandbox.run("collect", f"{option}={value}", "--grpc", "127.0.0.1:0", "--http", "off")
  assert result.returncode == 2, result.stderr
  assert option in result.stderr
  assert ("expected a" if value else "Missing value") in result.stderr
  assert result.stdout == ""


def test_share_in_the_configuration(sandbox):
  path = sandbox.root / "config.yaml"
  path.write_text("sample: 25%\nslow: 2s\n")
  assert sandbox.collect("--config", path).status()["sampled_share"] == 0.25
  path.write_text("sample: 25\n")
  result = sandbox.run("collect", "--config", path)
  assert result.returncode == 1
  assert f"{path}:1: sample: expected a share" in result.stderr


def test_pin_is_shown_and_taken_off(collector, terminal):
  send(collector)
  window = terminal("attach", columns=120, rows=40)
  window.wait_for(f"{REQUESTS} requests")
  window.press("p")
  window.wait_for("pinned: it is kept longer", "*")
  window.press("p")
  window.wait_for("no longer pinned")
