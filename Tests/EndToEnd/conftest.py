"""Fixtures of the end-to-end tests: a private user, its collector, its terminals."""

import json
import random
import shutil
import signal

import pytest
from harness import otlp, planoai
from harness.both import HOUR, Both
from harness.certificates import Authority, private_file
from harness.program import Sandbox, find_program
from harness.secure import OTHER, TOKEN
from harness.terminal import Terminal

# Whoever runs the tests may have it ignored, as nohup does, and programs inherit that.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_sessionstart(session):
  try:
    program = find_program()
  except FileNotFoundError as missing:
    pytest.exit(str(missing), returncode=1)
  if shutil.which("tmux") is None:
    pytest.exit("tmux is missing: run Scripts/setup --tests", returncode=1)
  print(f"testing {program}")


@pytest.fixture
def sandbox():
  """A user with folders and sockets of its own; everything started in it ends with the test."""
  sandbox = Sandbox()
  yield sandbox
  sandbox.close()


@pytest.fixture
def collector(sandbox):
  """A collector on free ports and on the user's socket."""
  return sandbox.collect()


@pytest.fixture
def terminal(sandbox):
  """Opens terminals: terminal("live", …) runs tracetop, terminal() runs a shell."""
  opened = []

  def open_terminal(*arguments, **settings):
    command = [sandbox.binary, *arguments] if arguments else None
    opened.append(Terminal(sandbox, command, **settings))
    return opened[-1]

  yield open_terminal
  for window in opened:
    window.close()


@pytest.fixture
def live(sandbox, terminal):
  """Opens the explorer as its own collector and returns its terminal and where it listens."""

  def open_live(*options, **settings):
    window = terminal(
      "live", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", *options, **settings)
    addresses = {}

    def listening():
      answer = sandbox.run("status", "--json", "--from", f"unix:{sandbox.socket}")
      if answer.returncode != 0:
        return False
      endpoints = json.loads(answer.stdout)["endpoints"]
      addresses.update(endpoint.split(maxsplit=1) for endpoint in endpoints)
      # The user's socket answers before the others are there.
      return {"grpc", "http"} <= addresses.keys()

    window.wait(listening, f"the explorer listens; {window.stderr()}")
    return window, addresses

  return open_live


@pytest.fixture
def chance():
  """A source of chance with a fixed seed, so that a failure can be had again."""
  return random.Random(20)


# Certificates and tokens


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
  return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(authority):
  return authority.issue("server")


@pytest.fixture(scope="module")
def client(authority):
  return authority.issue("client")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
  """A certificate of an authority that nobody asked for."""
  return Authority(tmp_path_factory.mktemp("stranger"), "stranger").issue("stranger")


@pytest.fixture
def tokens(tmp_path):
  return private_file(
    tmp_path / "tokens", f"# who may send\n\n{TOKEN}\n  {OTHER}  \n# the end\n")


# planoai


@pytest.fixture(scope="module")
def both():
  """One request of each of Plano's kinds, a third of them two hours old."""
  bodies = otlp.rebased(planoai.one_of_each_kind())
  messages = [otlp.ExportTraceServiceRequest.FromString(body) for body in bodies]
  for span in (span for message in messages for span, _, _ in otlp.spans_of(message)):
    if span.trace_id[-1] % 3 == 0:
      span.start_time_unix_nano -= 2 * HOUR
      span.end_time_unix_nano -= 2 * HOUR
  both = Both([message.SerializeToString() for message in messages])
  yield both
  both.close()


@pytest.fixture
def holding():
  """Makes both hold what a test says."""
  opened = []

  def hold(bodies):
    opened.append(Both(bodies))
    return opened[-1]

  yield hold
  for both in opened:
    both.close()


@pytest.fixture(scope="module")
def a_trace(both):
  return both.ids("any")[17]
