"""A collector that systemd starts: its sockets, its notifications."""

import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys

import pytest
import requests
from harness import otlp
from harness.http2 import Raw
from harness.program import Collector, is_open
from harness.waiting import wait_until

BODIES = otlp.captured_bodies("envoy")

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
  wait_until(lambda: is_open(port), "the launcher listens")
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
