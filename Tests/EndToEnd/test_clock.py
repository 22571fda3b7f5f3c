"""The clock of the machine jumps, forth by days and back again: nothing is lost, nothing hangs."""

import pathlib
import random
import shutil
import subprocess
import time

import pytest
import requests
from harness import otlp
from harness.load import Template
from test_logs import request as log_request

SOURCE = pathlib.Path(__file__).parent / "harness" / "jumping_clock.c"
COMPILER = shutil.which("cc") or shutil.which("clang")
DAY = 86_400


def last_arrival(collector):
  """When the collector last took spans, by its own clock, in seconds since 1970."""
  text = requests.get(f"http://{collector.http}/metrics", timeout=20).text
  return next(
    float(line.split()[1]) for line in text.splitlines()
    if line.startswith("tracetop_last_arrival_timestamp_seconds "))


@pytest.mark.skipif(COMPILER is None, reason="no C compiler is there")
def test_clock_jumps_lose_nothing(sandbox, tmp_path):
  clock, library = tmp_path / "clock", tmp_path / "clock.so"
  subprocess.run([COMPILER, "-shared", "-fPIC", "-O", SOURCE, "-o", library], check=True)
  clock.write_text("0")
  collector = sandbox.collect(LD_PRELOAD=str(library), TEST_CLOCK=str(clock))
  template, chance = Template(spans=64), random.Random(5)
  sent = logs = 0
  uptimes, arrivals = [], []
  with otlp.GRPC(collector.grpc) as client:
    for jump in (0, 2 * DAY, -3 * DAY, 400 * DAY, -365 * DAY, -200 * 365 * DAY, 0):
      clock.write_text(str(jump))
      # Records of a trace that has not come wait through the jumps.
      body = log_request(10, trace=0xC10C, span=sent + 1).SerializeToString()
      assert otlp.post(collector.http, body, path="/v1/logs").status_code == 200
      logs += 10
      for _ in range(5):
        client.export(template.next(chance))
        sent += template.spans
      status = collector.status()
      assert (status["spans_received"], status["spans_held"]) == (sent, sent), jump
      assert (status["logs_held"], status["logs_waiting"]) == (logs, logs), jump
      uptimes.append(status["uptime_seconds"])
      arrivals.append(last_arrival(collector) - time.time())
  # The clock did jump, for the time of the last arrival; the time since the start goes on as it was.
  assert arrivals[1] > DAY and arrivals[2] < -2 * DAY
  assert uptimes == sorted(uptimes) and 0 <= uptimes[0] and uptimes[-1] < DAY
  listed = sandbox.json(
    "trace", "any", "--list", "--json", "--limit", "100000", "--from", collector.source)
  assert len(listed["trace_ids"]) == sent // 8
  assert collector.stop() == (0, "")
