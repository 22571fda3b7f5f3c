"""Plano's own command line, from PyPI: its trace listener, and `planoai trace` against any listener."""

import json
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile

from .otlp import CAPTURES, ExportTraceServiceRequest, captured_bodies, spans_of
from .program import free_port, is_open
from .waiting import wait_until

# What `planoai up --with-tracing` starts, on a port of ours: `planoai trace listen` takes 0.0.0.0:4317
# and nothing else.
LISTENER = """
import sys
from planoai.trace_cmd import start_trace_listener_background
start_trace_listener_background("127.0.0.1", int(sys.argv[1])).wait_for_termination()
"""

# Python takes half a second to load planoai, and there are hundreds of calls: they are made in copies
# of one process that has loaded it.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["planoai.main"])


class Listener:
  """planoai's own listener as a process."""

  def __init__(self, sandbox):
    self.port = free_port()
    self.process = subprocess.Popen(
      [sys.executable, "-c", LISTENER, str(self.port)], env=environment(sandbox, self.port),
      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # Ended with the sandbox.
    sandbox.processes.append(self.process)
    wait_until(lambda: is_open(self.port), "planoai's listener listens")

  @property
  def address(self):
    return f"127.0.0.1:{self.port}"


def environment(sandbox, port):
  return {
    **sandbox.environment, "PLANO_TRACE_PORT": str(port), "COLUMNS": "200",
    "PYTHONDONTWRITEBYTECODE": "1"}


def trace(sandbox, port, *arguments):
  """`planoai trace` with the arguments, asking whoever listens on the port."""
  command = ["planoai", "trace", *map(str, arguments)]
  with tempfile.TemporaryDirectory(dir=sandbox.root) as folder:
    process = PROCESSES.Process(target=run, args=(command, environment(sandbox, port), folder))
    process.start()
    process.join(60)
    assert process.exitcode is not None, f"{command} does not end"
    output, error = (
      (pathlib.Path(folder) / name).read_text() for name in ("stdout", "stderr"))
  return subprocess.CompletedProcess(command, process.exitcode, output, error)


def run(command, variables, folder):
  """The `planoai` script, its output in two files; in a process of its own."""
  for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
    file = os.open(os.path.join(folder, name), os.O_RDWR | os.O_CREAT)
    os.dup2(file, descriptor)
  os.environ.clear()
  os.environ.update(variables)
  os.chdir(folder)
  sys.argv = command
  from planoai.main import main
  main()


# Traffic


def one_of_each_kind():
  """The captured requests of Plano, one of each kind: fewer traces than planoai holds."""
  manifest = json.loads((CAPTURES / "plano" / "manifest.json").read_text())
  kinds = {}
  for request in manifest:
    kinds.setdefault(request["kind"], request["trace_ids"])
  wanted = {trace_id for ids in kinds.values() for trace_id in ids}
  return [body for body in (
    only(body, lambda span: span.trace_id.hex() in wanted) for body in captured_bodies("plano"))
    if body]


def only(body, is_wanted):
  """A request with the spans that are wanted; nothing where none is."""
  message = ExportTraceServiceRequest.FromString(body)
  for resource_spans in message.resource_spans:
    for scope_spans in resource_spans.scope_spans:
      kept = [span for span in scope_spans.spans if is_wanted(span)]
      del scope_spans.spans[:]
      scope_spans.spans.extend(kept)
  return message.SerializeToString() if any(True for _ in spans_of(message)) else b""


# Reading answers


PLANO_FIELDS = [
  "traceId", "spanId", "parentSpanId", "name", "startTimeUnixNano", "endTimeUnixNano", "service",
  "attributes"]


def in_planos_fields(answer):
  """What `tracetop trace --json` prints, without what planoai does not have."""
  return {"traces": [
    {"trace_id": trace["trace_id"],
     "spans": [{field: span[field] for field in PLANO_FIELDS} for span in trace["spans"]]}
    for trace in answer["traces"]]}


def words(text):
  """Output without the frames, colours and line breaks that only one of the two draws."""
  drawn = str.maketrans({character: " " for character in "│╭╮╰╯─┃┣┗━"})
  return " ".join(text.translate(drawn).split())


def listed(text):
  """The short ids of a list."""
  return [line.split()[1] for line in text.splitlines() if line.startswith("  - ")]
