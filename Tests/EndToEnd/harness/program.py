"""Running tracetop as a user does: from the command line, in an environment of its own."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

from .waiting import wait_until

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]


def find_program():
  """The program under test: $TRACETOP_BIN, else what was built last."""
  named = os.environ.get("TRACETOP_BIN")
  candidates = [named] if named else [".build/release/tracetop", ".build/debug/tracetop"]
  for candidate in candidates:
    path = (REPOSITORY / candidate).resolve()
    if path.is_file():
      return path
  raise FileNotFoundError(f"no program to test: {' or '.join(candidates)}; run 'make build'")


def free_port():
  """A TCP port that was free a moment ago."""
  with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    return probe.getsockname()[1]


def is_open(port):
  """Whether somebody listens on a TCP port of this machine."""
  with socket.socket() as probe:
    return probe.connect_ex(("127.0.0.1", port)) == 0


class Sandbox:
  """A user of the machine: home, XDG folders and sockets that no other test shares."""

  def __init__(self):
    self.binary = find_program()
    # Short, because a Unix socket's path has at most 107 bytes.
    self.root = pathlib.Path(tempfile.mkdtemp(prefix="tracetop-"))
    self.runtime = self.root / "run"
    self.runtime.mkdir(mode=0o700)
    for name in ("home", "state", "config"):
      (self.root / name).mkdir()
    self.socket = self.runtime / "tracetop" / "collector.sock"
    self.processes = []
    self.environment = {
      "PATH": os.environ["PATH"],
      "HOME": str(self.root / "home"),
      "XDG_RUNTIME_DIR": str(self.runtime),
      "XDG_STATE_HOME": str(self.root / "state"),
      "XDG_CONFIG_HOME": str(self.root / "config"),
      "LANG": "C.UTF-8",
      "TZ": "UTC",
      "TERM": "xterm-256color",
      # A port where nothing listens, so that no test finds a collector by accident.
      "PLANO_TRACE_PORT": str(free_port()),
    }

  @property
  def log(self):
    """What the collector's log says; nothing when there is none."""
    path = self.root / "state" / "tracetop" / "tracetop.log"
    return path.read_text() if path.exists() else ""

  def run(self, *arguments, input=None, timeout=30, **environment):
    """Runs a command to its end."""
    return subprocess.run(
      [self.binary, *map(str, arguments)], env={**self.environment, **environment}, input=input,
      stdin=None if input is not None else subprocess.DEVNULL,
      capture_output=True, text=True, timeout=timeout, cwd=self.root)

  def json(self, *arguments):
    """The answer of a command that prints JSON."""
    result = self.run(*arguments)
    assert result.returncode == 0, (arguments, result.returncode, result.stderr)
    return json.loads(result.stdout)

  def start(self, *arguments, **environment):
    """Starts a command and leaves it running."""
    process = subprocess.Popen(
      [self.binary, *map(str, arguments)], env={**self.environment, **environment},
      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
      cwd=self.root)
    self.processes.append(process)
    return process

  def collect(self, *arguments, grpc="127.0.0.1:0", http="127.0.0.1:0", **environment):
    """Starts a collector and waits until it says that it is ready."""
    return Collector(
      self, self.start("collect", "--grpc", grpc, "--http", http, *arguments, **environment))

  def close(self):
    for process in self.processes:
      if process.poll() is None:
        process.kill()
      process.wait()
      for stream in (process.stdout, process.stderr):
        stream.close()
    shutil.rmtree(self.root, ignore_errors=True)


class Collector:
  """A running `tracetop collect` and where it listens."""

  def __init__(self, sandbox, process):
    self.sandbox = sandbox
    self.process = process
    self.lines = []
    self.endpoints = {}
    watchdog = threading.Timer(20, process.kill)
    watchdog.start()
    for line in process.stdout:
      self.lines.append(line.rstrip("\n"))
      if line.startswith("listening "):
        _, kind, address = line.split(maxsplit=2)
        self.endpoints[kind] = address.strip()
      if line == "ready\n":
        break
    watchdog.cancel()
    if not self.lines or self.lines[-1] != "ready":
      raise AssertionError(f"no 'ready': {self.lines} {process.stderr.read()}")

  @property
  def grpc(self):
    return self.endpoints["grpc"]

  @property
  def http(self):
    return self.endpoints["http"]

  @property
  def unix(self):
    return self.endpoints["unix"]

  @property
  def source(self):
    """How one-shot commands and viewers name this collector."""
    return f"unix:{self.unix}" if "unix" in self.endpoints else self.grpc

  def status(self):
    return self.sandbox.json("status", "--json", "--from", self.source)

  def wait_for_spans(self, count):
    """Waits until so many spans have been received; spans may be published a moment later."""
    status = {}

    def received():
      status.update(self.status())
      return status["spans_received"] >= count

    wait_until(received, lambda: f"{count} spans received; {status}")
    return status

  def stop(self, signal_number=signal.SIGTERM):
    """Ends the collector and returns its exit code and what it wrote on stderr."""
    self.process.send_signal(signal_number)
    _, error = self.process.communicate(timeout=20)
    return self.process.returncode, error


def process_figures(pid):
  """Resident bytes, CPU seconds and voluntary context switches of a process."""
  status = pathlib.Path(f"/proc/{pid}/status").read_text()
  resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
  stat = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
  wakeups = 0
  for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
    # A thread may have ended since it was listed.
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
      for line in (task / "status").read_text().splitlines():
        if line.startswith("voluntary_ctxt_switches"):
          wakeups += int(line.split()[1])
  return {
    "resident": int(resident.split()[1]) * 1024,
    "cpu": (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK"),
    "wakeups": wakeups,
  }
