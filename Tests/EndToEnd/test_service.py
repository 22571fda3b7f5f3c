"""The life of a collector as a service: starting, stopping, systemd, and what it runs out of."""

import fcntl
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest
import requests
from harness import otlp
from harness.http2 import (
  DATA, END_HEADERS, END_STREAM, HEADERS, PREFACE, Raw, export_headers, frame, message)
from harness.program import Collector, process_figures
from harness.waiting import wait_until
from test_commands import fails_clearly
from test_security import log_of

BODIES = otlp.captured_bodies("envoy")
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
    wait_until(lambda: not _accepts(getattr(collector, kind)), "nobody new is let in")
    peer.send(body[100:] if kind == "http" else frame(DATA, END_STREAM, 1, data[100:]))
    answer = peer.read()
  if kind == "http":
    assert answer.startswith(b"HTTP/1.1 200")
  else:
    # HEADERS with END_STREAM on stream 1 end the call; GOAWAY was said before.
    assert bytes([HEADERS, END_HEADERS | END_STREAM, 0, 0, 0, 1]) in answer, answer
  assert collector.process.wait(10) == 0


def _accepts(address):
  host, port = address.rsplit(":", 1)
  with socket.socket() as probe:
    return probe.connect_ex((host, int(port))) == 0


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
    open_files = {
      os.readlink(f"/proc/{pid}/fd/{number}") for number in os.listdir(f"/proc/{pid}/fd")}
    assert "/dev/null" in open_files
    # Nothing of whoever started it is held open: a pipe to it ends with its own process.
    assert not any(name.startswith("pipe:") for name in (
      os.readlink(f"/proc/{pid}/fd/{number}") for number in range(3)))
    assert "listening on" in log_of(sandbox)
  finally:
    assert sandbox.run("stop").returncode == 0


# The terminal


def test_a_hang_up_ends_a_collector_only_with_its_terminal(sandbox, terminal):
  window = terminal("collect", *PORTS)
  window.wait_for("ready")
  pid = sandbox.json("status", "--json")["pid"]
  os.kill(pid, signal.SIGHUP)
  wait_until(lambda: "anew" in log_of(sandbox), lambda: log_of(sandbox))
  assert sandbox.json("status", "--json")["pid"] == pid
  window.close()
  wait_until(lambda: not is_running(pid), "it ended with its terminal")
  assert not sandbox.socket.exists()


# systemd


LAUNCHER = """
import os, sys
count, names, arguments = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
# The sockets are at their places already; the number of this process is known only here.
os.environ.update(LISTEN_FDS=str(count), LISTEN_PID=str(os.getpid()))
if names: os.environ["LISTEN_FDNAMES"] = names
os.execv(arguments[0], arguments)
"""


def listen(place):
  family = socket.AF_UNIX if isinstance(place, str) else socket.AF_INET
  listener = socket.socket(family)
  listener.bind(place)
  listener.listen()
  return listener


def activate(sandbox, listeners, names, *arguments):
  """Starts a collector as systemd does: with sockets from number 3 on."""
  def place():
    # Out of the way first, so that none is overwritten before it was copied.
    copies = [fcntl.fcntl(one.fileno(), fcntl.F_DUPFD, 100) for one in listeners]
    for number, copy in enumerate(copies):
      os.dup2(copy, 3 + number)
      os.close(copy)

  process = subprocess.Popen(
    [sys.executable, "-c", LAUNCHER, str(len(listeners)), names, str(sandbox.binary), "collect",
     *map(str, arguments)],
    env=sandbox.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
    stderr=subprocess.PIPE, text=True, preexec_fn=place, close_fds=False)
  sandbox.processes.append(process)
  return process


@pytest.mark.parametrize("names", ["grpc:http:unix", "", "tracetop.socket:tracetop.socket:x"])
def test_sockets_are_taken_from_systemd(sandbox, names):
  sandbox.socket.parent.mkdir(mode=0o700)
  listeners = [
    listen(("127.0.0.1", 0)), listen(("127.0.0.1", 0)), listen(str(sandbox.socket))]
  ports = [one.getsockname()[1] for one in listeners[:2]]
  # What came before the collector waits in the socket.
  early = Raw(f"127.0.0.1:{ports[1]}")
  early.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
  collector = Collector(sandbox, activate(sandbox, listeners, names))
  assert collector.lines == [
    f"listening grpc 127.0.0.1:{ports[0]}", f"listening http 127.0.0.1:{ports[1]}",
    f"listening unix {sandbox.socket}", "ready"]
  assert early.read().endswith(b"ok\n")
  otlp.send(BODIES, collector.grpc)
  assert requests.get(f"http://{collector.http}/healthz", timeout=10).text == "ok\n"
  assert collector.wait_for_spans(39)["pid"] == collector.process.pid
  # Not even for stop, which connects: the socket stays open and would start the next one.
  stopped = sandbox.run("stop")
  assert stopped.returncode == 0, stopped.stderr
  assert collector.process.wait(10) == 0
  assert sandbox.socket.exists(), "the socket is systemd's"
  for one in listeners:
    one.close()


def test_sockets_that_cannot_be_taken_are_said(sandbox):
  with socket.socket() as idle, listen(("127.0.0.1", 0)) as tcp, listen(("0.0.0.0", 0)) as all:
    for listeners, names, words in [
        ([idle], "grpc", ['"grpc"', "listens"]), ([tcp], "unix", ['"unix"', "127.0.0.1"]),
        ([all], "grpc", ["not loopback", "--insecure-remote"])]:
      process = activate(sandbox, listeners, names, "--http", "off", "--socket", "off")
      _, error = process.communicate(timeout=20)
      assert process.returncode == 1 and len(error.strip().splitlines()) == 1, error
      for word in words:
        assert word in error


def test_sockets_of_another_process_are_left_alone(sandbox):
  environment = {"LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "grpc"}
  collector = sandbox.collect(**environment)
  assert len(collector.lines) == 4


@pytest.mark.skipif(
  shutil.which("systemd-socket-activate") is None, reason="systemd is missing")
def test_systemds_own_launcher_starts_a_collector(sandbox):
  with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
  launcher = subprocess.Popen(
    ["systemd-socket-activate", "-l", f"127.0.0.1:{port}", "--fdname=http",
     *[f"-E{name}={value}" for name, value in sandbox.environment.items()],
     sandbox.binary, "collect", "--grpc", "off"],
    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
  sandbox.processes.append(launcher)
  wait_until(lambda: _accepts(f"127.0.0.1:{port}"), "the launcher listens")
  assert requests.get(f"http://127.0.0.1:{port}/healthz", timeout=20).text == "ok\n"
  assert sandbox.json("status", "--json")["endpoints"] == [
    f"http 127.0.0.1:{port}", f"unix {sandbox.socket}"]
  # The launcher has become the collector.
  assert sandbox.json("status", "--json")["pid"] == launcher.pid


@pytest.mark.parametrize("is_abstract", [False, True])
def test_systemd_is_told_how_it_stands(sandbox, is_abstract):
  name = f"@tracetop-test-{os.getpid()}" if is_abstract else str(sandbox.root / "notify")
  with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
    notices.bind("\0" + name[1:] if is_abstract else name)
    notices.settimeout(20)
    collector = sandbox.collect(NOTIFY_SOCKET=name)
    pid = collector.process.pid
    assert notices.recv(1_000).decode() == f"READY=1\nMAINPID={pid}"
    collector.process.send_signal(signal.SIGHUP)
    assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", notices.recv(1_000).decode())
    assert notices.recv(1_000).decode().startswith("READY=1")
    assert collector.stop() == (0, "")
    assert notices.recv(1_000).decode() == "STOPPING=1"


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
  wait_until(lambda: "cannot accept" in log_of(sandbox), lambda: log_of(sandbox))
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
  assert log_of(sandbox).count("cannot accept") <= 2
  assert requests.get(f"http://{collector.http}/healthz", timeout=20).text == "ok\n"
  good.close()
  code, error = collector.stop()
  assert code == 0 and "--max-connections 768" in error and "ulimit" in error


def test_the_limit_of_files_is_raised_for_more_connections(sandbox):
  hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
  count = 1_500
  if hard != resource.RLIM_INFINITY and hard < count + 200:
    pytest.skip(f"no more than {hard} files on this machine")
  usual = resource.getrlimit(resource.RLIMIT_NOFILE)
  resource.setrlimit(resource.RLIMIT_NOFILE, (1_024, hard))
  collector = sandbox.collect("--max-connections", count)
  resource.setrlimit(resource.RLIMIT_NOFILE, (2_048, hard))
  try:
    crowd = [Raw(collector.http) for _ in range(count + 50)]
    wait_until(
      lambda: f"there are {count} connections already" in log_of(sandbox), lambda: log_of(sandbox))
    for peer in crowd[:100]:
      peer.close()
    status = {}
    wait_until(
      lambda: status.update(collector.status()) or status["connections_refused"] == 50,
      lambda: status)
    assert status["accepts_failed"] == 0
    for peer in crowd:
      peer.close()
  finally:
    resource.setrlimit(resource.RLIMIT_NOFILE, usual)
  assert collector.stop()[0] == 0


def test_figures_keep_to_a_clock_that_nobody_sets(collector):
  first = collector.status()["uptime_seconds"]
  time.sleep(0.05)
  assert first < collector.status()["uptime_seconds"] < first + 60
