"""The life of a collector as a service: starting, stopping, and what it runs out of."""

import os
import pathlib
import resource
import signal
import socket
import subprocess
import time

import pytest
import requests
from harness import clock, otlp
from harness.http2 import (
  DATA, END_HEADERS, END_STREAM, HEADERS, PREFACE, Raw, export_headers, frame, message)
from harness.load import Template
from harness.program import Collector, is_open, process_figures
from harness.waiting import wait_until
from test_commands import fails_clearly

BODIES = otlp.captured_bodies("envoy")
YEAR = 365 * 86_400
PORTS = ["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]


def is_running(pid):
  """Whether a process runs; one that only waits to be asked how it ended does not."""
  try:
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
  except FileNotFoundError:
    return False


# One collector


def test_a_second_collector_is_told_who_is_first(sandbox, collector):
  pid_file = sandbox.socket.with_suffix(".pid")
  assert pid_file.read_text() == f"{collector.process.pid}\n"
  fails_clearly(
    sandbox.run("collect", *PORTS), collector.unix, f"process {collector.process.pid}", "stop")
  # The first says nothing of it, and goes on.
  assert collector.status()["pid"] == collector.process.pid
  assert collector.stop() == (0, "")
  assert not pid_file.exists() and not sandbox.socket.exists()


def test_what_a_killed_collector_left_behind_is_in_nobodys_way(sandbox):
  for _ in range(3):
    collector = sandbox.collect()
    collector.process.kill()
    collector.process.wait()
    assert sandbox.socket.exists() and sandbox.socket.with_suffix(".pid").exists()
  # Not even where the number in the file is a living process's.
  sandbox.socket.with_suffix(".pid").write_text(f"{os.getpid()}\n")
  collector = sandbox.collect()
  assert sandbox.socket.with_suffix(".pid").read_text() == f"{collector.process.pid}\n"


def test_of_many_who_start_at_once_one_runs(sandbox):
  started = [sandbox.start("collect", *PORTS) for _ in range(8)]
  wait_until(lambda: sum(one.poll() is not None for one in started) == 7, "seven gave up")
  first = next(one for one in started if one.poll() is None)
  for one in started:
    if one is not first:
      assert one.returncode == 1
      assert "another collector runs" in one.stderr.read()
  assert sandbox.json("status", "--json")["pid"] == first.pid


def test_a_socket_that_was_cleaned_away_is_still_somebodys(sandbox, collector):
  sandbox.socket.unlink()
  fails_clearly(sandbox.run("collect", *PORTS), f"process {collector.process.pid}")


# Stopping


def test_stop_without_a_collector_says_so(sandbox):
  fails_clearly(sandbox.run("stop"), "no collector is running", code=3)


def test_stop_returns_when_the_process_is_gone(sandbox):
  result = sandbox.run("collect", "--detach", *PORTS)
  assert result.returncode == 0, result.stderr
  pid = sandbox.json("status", "--json")["pid"]
  # A connection that says nothing does not hold it up for long.
  address = result.stdout.splitlines()[0].split()[2]
  with Raw(address) as peer:
    peer.send(PREFACE)
    stopped = sandbox.run("stop")
  assert stopped.returncode == 0, stopped.stderr
  assert not is_running(pid)
  fails_clearly(sandbox.run("stop"), "no collector is running", code=3)


@pytest.mark.parametrize("kind", ["grpc", "http"])
def test_sigterm_lets_requests_under_way_come_to_their_end(sandbox, kind):
  collector = sandbox.collect()
  body = BODIES[0]
  with Raw(getattr(collector, kind)) as peer:
    if kind == "http":
      peer.send(
        b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body) + body[:100])
    else:
      data = message(body)
      peer.send(PREFACE + frame(4, 0, 0) + export_headers() + frame(DATA, 0, 1, data[:100]))
    # Until the other half is asked for, the first has arrived.
    time.sleep(0.2)
    collector.process.send_signal(signal.SIGTERM)
    port = int(getattr(collector, kind).rsplit(":", 1)[1])
    wait_until(lambda: not is_open(port), "nobody new is let in")
    peer.send(body[100:] if kind == "http" else frame(DATA, END_STREAM, 1, data[100:]))
    answer = peer.read()
  if kind == "http":
    assert answer.startswith(b"HTTP/1.1 200")
  else:
    # HEADERS with END_STREAM on stream 1 end the call; GOAWAY was said before.
    assert bytes([HEADERS, END_HEADERS | END_STREAM, 0, 0, 0, 1]) in answer, answer
  assert collector.process.wait(10) == 0


def test_a_request_that_never_ends_does_not_keep_a_collector(sandbox):
  collector = sandbox.collect()
  with Raw(collector.http) as peer:
    peer.send(
      b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
      b"Content-Length: 1000\r\n\r\nabc")
    began = time.monotonic()
    assert collector.stop()[0] == 0
    assert time.monotonic() - began < 15


# In the background


def test_detach_passes_on_what_went_wrong(sandbox, collector):
  port = collector.grpc.rsplit(":", 1)[1]
  result = sandbox.run(
    "collect", "--detach", "--grpc", f"127.0.0.1:{port}", "--http", "off", "--socket", "off")
  fails_clearly(result, port, "in use")
  fails_clearly(sandbox.run("collect", "--detach", "--tls-cert", "x"), "--tls-key", code=2)
  fails_clearly(
    sandbox.run("collect", "--detach", *PORTS), f"process {collector.process.pid}")


def test_a_detached_collector_is_a_session_of_its_own(sandbox):
  result = sandbox.run("collect", "--detach", *PORTS)
  assert result.returncode == 0, result.stderr
  pid = sandbox.json("status", "--json")["pid"]
  try:
    assert os.getsid(pid) == pid != os.getsid(0)
    # Nothing of whoever started it is held open: a pipe to it ends with its own process.
    assert not any(name.startswith("pipe:") for name in (
      os.readlink(f"/proc/{pid}/fd/{number}") for number in range(3)))
    assert "listening on" in sandbox.log
  finally:
    assert sandbox.run("stop").returncode == 0


# The terminal


def test_a_hang_up_ends_a_collector_only_with_its_terminal(sandbox, terminal):
  window = terminal("collect", *PORTS)
  window.wait_for("ready")
  pid = sandbox.json("status", "--json")["pid"]
  os.kill(pid, signal.SIGHUP)
  wait_until(lambda: "anew" in sandbox.log, lambda: sandbox.log)
  assert sandbox.json("status", "--json")["pid"] == pid
  window.close()
  wait_until(lambda: not is_running(pid), "it ended with its terminal")
  assert not sandbox.socket.exists()


# The log


def test_the_log_is_followed_where_it_was_moved_away(sandbox):
  collector = sandbox.collect()
  path = sandbox.root / "state" / "tracetop" / "tracetop.log"
  assert "listening on" in path.read_text()
  path.rename(path.with_suffix(".old"))
  collector.process.send_signal(signal.SIGHUP)
  wait_until(path.exists, "a new log")
  wait_until(lambda: "anew" in path.read_text(), lambda: path.read_text())
  assert path.stat().st_mode & 0o777 == 0o600


# What runs out


def limited(sandbox, files, *arguments):
  """A collector that may open so many files."""
  script = 'ulimit -n "$1"; shift; exec "$@"'
  process = subprocess.Popen(
    ["bash", "-c", script, "limited", str(files), str(sandbox.binary), "collect", *PORTS,
     *map(str, arguments)],
    env=sandbox.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    stderr=subprocess.PIPE, text=True)
  sandbox.processes.append(process)
  return Collector(sandbox, process)


def test_running_out_of_files_is_survived(sandbox):
  collector = limited(sandbox, 64)
  good = otlp.GRPC(collector.grpc)
  good.export(BODIES[0])
  crowd = [Raw(collector.http) for _ in range(150)]
  wait_until(lambda: "cannot accept" in sandbox.log, lambda: sandbox.log)
  before = process_figures(collector.process.pid)
  time.sleep(1.0)
  after = process_figures(collector.process.pid)
  # It waits between its attempts instead of trying without end.
  assert after["cpu"] - before["cpu"] < 0.3
  # Who is in is served.
  for body in BODIES[1:]:
    good.export(body)
  for peer in crowd:
    peer.close()
  status = collector.wait_for_spans(39)
  assert 1 <= status["accepts_failed"] < 100
  assert sandbox.log.count("cannot accept") <= 2
  assert requests.get(f"http://{collector.http}/healthz", timeout=20).text == "ok\n"
  good.close()
  code, error = collector.stop()
  assert code == 0 and "--max-connections 768" in error and "ulimit" in error


def test_the_limit_of_files_is_raised_for_more_connections(sandbox):
  hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
  count = 1_200
  if hard != resource.RLIM_INFINITY and hard < count + 200:
    pytest.skip(f"no more than {hard} files on this machine")
  usual = resource.getrlimit(resource.RLIMIT_NOFILE)
  resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, hard))
  collector = sandbox.collect("--max-connections", count)
  resource.setrlimit(resource.RLIMIT_NOFILE, (2_048, hard))
  try:
    crowd = [Raw(collector.http) for _ in range(count + 50)]
    wait_until(
      lambda: f"there are {count} connections already" in sandbox.log, lambda: sandbox.log)
    for peer in crowd[:100]:
      peer.close()
    status = {}
    wait_until(
      lambda: status.update(collector.status()) or status["connections_refused"] > 0,
      lambda: status)
    assert status["accepts_failed"] == 0
    for peer in crowd:
      peer.close()
  finally:
    resource.setrlimit(resource.RLIMIT_NOFILE, usual)
  assert collector.stop()[0] == 0


@pytest.mark.parametrize("kind", ["grpc", "http"])
def test_the_kernel_looks_after_peers_that_went_away_without_a_word(collector, kind):
  address = getattr(collector, kind)
  with Raw(address) as peer:
    server, client = (
      f"0100007F:{port:04X}"
      for port in (int(address.rsplit(":", 1)[1]), peer.socket.getsockname()[1]))

    def timer():
      # Local and remote address, state, queues, then which timer runs: 02 is that of keep-alive.
      rows = (line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines())
      return next((row[5][:2] for row in rows if row[1:3] == [server, client]), None)

    wait_until(lambda: timer() == "02", lambda: f"keep-alive is on: timer {timer()}")


def test_connections_that_wait_hold_little_memory(sandbox):
  collector = sandbox.collect()
  body = bytes(Template(512).body)
  request = (
    b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
    b"Content-Length: %d\r\n\r\n" % len(body)) + body

  def batch(peer):
    peer.send(request)
    assert peer.read(until=b"\r\n\r\n").startswith(b"HTTP/1.1 200")

  with Raw(collector.http) as first:
    # The same spans each time: they are held once.
    for _ in range(20):
      batch(first)
    before = process_figures(collector.process.pid)["resident"]
    crowd = [Raw(collector.http) for _ in range(400)]
    for peer in crowd:
      batch(peer)
      batch(peer)
    grown = process_figures(collector.process.pid)["resident"] - before
  # The largest buffer for each would be 100 MiB.
  assert grown < 60 << 20, f"{grown >> 20} MiB"
  for peer in crowd:
    peer.close()
  assert collector.status()["spans_held"] == 512


@pytest.mark.skipif(clock.compiler() is None, reason="a C compiler is missing")
def test_a_clock_that_jumps_ends_nothing_and_is_in_no_figure(sandbox):
  jumping = clock.JumpingClock(sandbox.root)
  collector = sandbox.collect("--idle-timeout", "60", **jumping.environment)
  began = time.monotonic()
  with otlp.GRPC(collector.grpc) as client, Raw(collector.http) as web:
    for jump, body in zip([20 * YEAR, -20 * YEAR, -3_600, 0, 10 * YEAR], BODIES, strict=False):
      jumping.jump(jump)
      # The same connections go on, idle times or not.
      client.export(body)
      web.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
      assert web.read(until=b"ok\n").endswith(b"ok\n")
      # Commands run by the right clock.
      status = collector.status()
      assert 0 <= status["uptime_seconds"] <= time.monotonic() - began + 1
      assert status["requests_timed_out"] == 0
    before = process_figures(collector.process.pid)
    time.sleep(1.0)
    after = process_figures(collector.process.pid)
    assert after["cpu"] - before["cpu"] < 0.2, "it does not spin"
  # The clock did jump: the log has lines of another decade.
  jumping.jump(20 * YEAR)
  collector.process.send_signal(signal.SIGHUP)
  decade = time.strftime("%Y-", time.gmtime(time.time() + 20 * YEAR))
  wait_until(lambda: decade in sandbox.log, lambda: sandbox.log)
  assert collector.stop() == (0, "")
