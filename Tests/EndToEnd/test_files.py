"""open, import, export and tail: files that other programs write, and files that they read."""

import gzip
import json
import os
import signal
import subprocess
import time

import pytest
from harness import files, otlp
from harness.compression import zstd
from harness.program import process_figures
from harness.waiting import wait_until
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

JAEGER = {
  "data": [{
    "traceID": "5af7183fb1d4cf5f",
    "spans": [{
      "traceID": "5af7183fb1d4cf5f", "spanID": "6b221d5bc9e6496c", "flags": 1,
      "operationName": "GET /jaeger-route", "references": [], "startTime": 1700000000000000,
      "duration": 2500, "processID": "p1", "logs": [], "warnings": None,
      "tags": [{"key": "span.kind", "type": "string", "value": "server"},
               {"key": "error", "type": "bool", "value": True}],
    }],
    "processes": {"p1": {"serviceName": "jaeger-frontend", "tags": []}}, "warnings": None,
  }],
  "total": 0, "limit": 0, "offset": 0, "errors": None,
}


def exported(sandbox, *options):
  """What a collector holds, by the program's export and another program's reader."""
  result = sandbox.run("export", *options, "-")
  assert result.returncode == 0, result.stderr
  return files.spans_by_id(files.read_json(result.stdout))


# Import and export


@pytest.mark.parametrize("form", files.FORMATS)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd])
def test_what_others_write_comes_out_as_it_went_in(sandbox, collector, form, pack):
  bodies, expected = files.captured("plano")
  path = sandbox.root / "traces"
  path.write_bytes(pack(files.FORMATS[form](bodies)))
  result = sandbox.run("import", path)
  assert (result.returncode, result.stderr) == (0, "")
  assert result.stdout == f"imported {len(expected):,} spans from 1 file\n"
  assert exported(sandbox) == expected


@pytest.mark.parametrize("capture", ["envoy", "contextforge"])
@pytest.mark.parametrize("form", ["otlp-json", "otlp-proto"])
def test_export_and_import_change_nothing(sandbox, collector, capture, form):
  bodies, expected = files.captured(capture)
  otlp.send(bodies, collector.grpc)
  path = sandbox.root / "exported"
  result = sandbox.run("export", "--format", form, path)
  assert result.returncode == 0, result.stderr
  assert f" {len(expected):,} spans to {path}" in result.stdout
  assert path.stat().st_mode & 0o777 == 0o600
  if form == "otlp-proto":
    message = ExportTraceServiceRequest.FromString(path.read_bytes())
    assert files.spans_by_id([message]) == expected
  else:
    assert files.spans_by_id(files.read_json(path.read_text())) == expected
  collector.stop()
  again = sandbox.collect()
  assert sandbox.run("import", path).returncode == 0
  assert exported(sandbox) == expected
  assert again.status()["spans_held"] == len(expected)


def test_export_takes_a_filter_and_never_overwrites(sandbox, collector):
  bodies, expected = files.captured("plano")
  otlp.send(bodies, collector.grpc)
  path = sandbox.root / "some.jsonl"
  assert sandbox.run("export", "--where", "verdict=error", path).returncode == 0
  some = files.spans_by_id(files.read_json(path.read_text()))
  assert 0 < len(some) < len(expected)
  assert all(expected[key] == value for key, value in some.items())
  again = sandbox.run("export", path)
  assert again.returncode == 1
  assert again.stderr == f"tracetop: {path} is there already; --force replaces it\n"
  assert files.spans_by_id(files.read_json(path.read_text())) == some
  assert sandbox.run("export", "--force", path).returncode == 0
  assert files.spans_by_id(files.read_json(path.read_text())) == expected
  assert list(sandbox.root.glob("*.part")) == []
  # Nothing that matches is no error, and an empty file is none to read.
  none = sandbox.root / "none"
  assert sandbox.run("export", "--where", "tenant=nobody", none).returncode == 0
  assert none.read_bytes() == b""
  assert sandbox.run("import", none).returncode == 0


def test_export_without_a_collector_or_a_place_leaves_nothing(sandbox):
  path = sandbox.root / "x"
  assert sandbox.run("export", path).returncode == 3
  assert not path.exists()
  sandbox.collect()
  result = sandbox.run("export", sandbox.root / "no" / "x")
  assert result.returncode == 1 and "No such file" in result.stderr
  assert sandbox.run("export", sandbox.root).returncode == 1
  assert sandbox.run("export", "--format", "nonsense", path).returncode == 2


def test_export_to_a_full_disk_is_said(sandbox, collector):
  otlp.send(otlp.captured_bodies("envoy"), collector.grpc)
  result = sandbox.run("export", "/dev/full")
  assert result.returncode == 1
  assert "No space left on device" in result.stderr


def test_import_reads_stdin_and_several_files(sandbox, collector):
  bodies, expected = files.captured("envoy")
  half = len(bodies) // 2
  first = sandbox.root / "first"
  first.write_bytes(files.prefixed(bodies[:half]))
  result = subprocess.run(
    [sandbox.binary, "import", str(first), "-"], input=files.lines(bodies[half:]),
    env=sandbox.environment, capture_output=True, timeout=30)
  assert result.returncode == 0, result.stderr
  assert exported(sandbox) == expected


def test_import_says_what_was_broken_and_takes_the_rest(sandbox, collector):
  bodies, expected = files.captured("envoy")
  text = files.lines(bodies).splitlines()
  text.insert(1, text[0][:200])
  path = sandbox.root / "broken"
  path.write_bytes(b"\n".join(text))
  result = sandbox.run("import", path)
  assert result.returncode == 1
  assert f"{path}: line 2, byte " in result.stderr
  assert result.stdout == f"imported {len(expected)} spans from 1 file; 1 problem, said above\n"
  assert exported(sandbox) == expected


@pytest.mark.parametrize("make, words", [
  (lambda path: path.write_bytes(os.urandom(4096)), "neither OTLP"),
  (lambda path: path.mkdir(), "it is a folder"),
  (lambda path: None, "No such file"),
  (lambda path: path.write_bytes(gzip.compress(b"hello hello")), "neither OTLP"),
  (lambda path: path.write_bytes(b"\x1f\x8b garbage"), "not valid gzip"),
])
@pytest.mark.parametrize("command", ["import", "open"])
def test_what_is_no_file_of_traces_is_one_clear_line(sandbox, collector, command, make, words):
  path = sandbox.root / "thing"
  make(path)
  result = sandbox.run(command, path)
  assert result.returncode == 1
  assert result.stdout == ""
  assert len(result.stderr.splitlines()) == 1
  assert words in result.stderr and str(path) in result.stderr


def test_import_of_an_endless_pipe_ends_with_ctrl_c(sandbox, collector):
  pipe = sandbox.root / "pipe"
  os.mkfifo(pipe)
  process = sandbox.start("import", pipe)
  writer = os.open(pipe, os.O_WRONLY)
  # What has come is sent at once: nobody knows when there will be more.
  os.write(writer, files.lines(otlp.captured_bodies("envoy")[:1]))
  collector.wait_for_spans(1)
  process.send_signal(signal.SIGINT)
  _, error = process.communicate(timeout=20)
  os.close(writer)
  assert process.returncode == 130
  assert "interrupted" in error


@pytest.mark.parametrize("command", ["import", "open"])
def test_rules_act_on_what_is_read(sandbox, terminal, command):
  rules = sandbox.root / "own.yaml"
  rules.write_text(
    "rules:\n  plano:\n    static: {read.by: tracetop}\n")
  path = sandbox.root / "in.pb"
  path.write_bytes(files.delimited(otlp.captured_bodies("plano")))
  if command == "import":
    sandbox.collect("--config", rules)
    assert sandbox.run("import", path).returncode == 0
    found = sandbox.json("trace", "any", "--where", "read.by=tracetop", "--json")
    assert found["traces"]
  else:
    window = terminal("open", path, "--config", rules, "--where", "read.by=tracetop", columns=120)
    window.wait_for("POST /v1/chat/completions", "FILE")


# Open


def test_open_shows_files_without_a_collector(sandbox, terminal):
  bodies, _ = files.captured("plano")
  first, second = sandbox.root / "a.bin", sandbox.root / "jaeger.json"
  first.write_bytes(gzip.compress(files.delimited(bodies)))
  second.write_text(json.dumps(JAEGER))
  window = terminal("open", first, second, "--where", "name=\"GET /jaeger-route\"", columns=120)
  window.wait_for("FILE", "GET /jaeger-route", "2 files")
  assert not sandbox.socket.exists()
  window.press("i")
  window.wait_for("length-prefixed protobuf, gzip", "Jaeger JSON", "everything in them was read")
  window.press("i")
  window.wait_for("GET /jaeger-route")
  window.press("Q")
  assert window.exit_code() == 0
  assert window.stderr() == ""


def test_open_says_what_was_broken_with_its_place(sandbox, terminal):
  bodies = otlp.captured_bodies("envoy")
  text = files.lines(bodies).splitlines()
  text.insert(1, text[0][:200])
  text.insert(4, b"nonsense")
  path = sandbox.root / "b.jsonl"
  path.write_bytes(b"\n".join(text))
  window = terminal("open", "b.jsonl", columns=120)
  window.wait_for("b.jsonl line 2, byte", "1 more; i lists")
  window.press("i")
  window.wait_for("2 left out or cut", "line 5, byte", "expected an object")


def test_open_writes_what_is_on_screen(sandbox, terminal):
  bodies, expected = files.captured("plano")
  (sandbox.root / "in.pb").write_bytes(files.FORMATS["protobuf"](bodies))
  window = terminal("open", "in.pb", columns=120)
  window.wait_for("in.pb", "209 requests")
  window.wait_without("reading")
  window.press("w")
  window.wait_for("wrote ")
  written = list(sandbox.root.glob("tracetop-*.jsonl"))
  assert len(written) == 1
  assert written[0].stat().st_mode & 0o777 == 0o600
  assert files.spans_by_id(files.read_json(written[0].read_text())) == expected
  window.type("/verdict=error")
  window.press("Enter")
  window.wait_for("F verdict=error", " of 209")
  window.press("w")
  wait_until(lambda: len(list(sandbox.root.glob("tracetop-*.jsonl"))) == 2, "a second file")
  window.wait_for("wrote ")
  [second] = set(sandbox.root.glob("tracetop-*.jsonl")) - set(written)
  some = files.spans_by_id(files.read_json(second.read_text()))
  assert 0 < len(some) < len(expected)
  assert all(expected[key] == value for key, value in some.items())


def test_open_of_a_pipe_shows_what_came_and_can_be_left(sandbox, terminal):
  pipe = sandbox.root / "pipe"
  os.mkfifo(pipe)
  window = terminal("open", pipe, columns=120)
  window.wait_for("Reading")
  writer = os.open(pipe, os.O_WRONLY)
  os.write(writer, files.lines(otlp.captured_bodies("envoy")[:2]))
  window.wait_for("POST /v1/chat/completions", "reading")
  window.press("Q")
  assert window.exit_code() == 0
  os.close(writer)


def test_open_of_stdin_takes_keys_from_the_terminal(sandbox, terminal):
  (sandbox.root / "in.pb").write_bytes(files.delimited(otlp.captured_bodies("envoy")))
  window = terminal(columns=120)
  window.type(f"{sandbox.binary} open - < in.pb")
  window.press("Enter")
  window.wait_for("stdin", "POST /v1/chat/completions")
  window.press("Q")
  window.wait_for("shell>")


def test_open_keeps_to_its_memory_and_says_what_went(sandbox, terminal):
  """A file of many times the budget: memory stays, the oldest traces go and are counted."""
  body = otlp.captured_bodies("plano")
  path = sandbox.root / "many.pb"
  with path.open("wb") as file:
    for number in range(60):
      for message in map(ExportTraceServiceRequest.FromString, body):
        for span, _, _ in otlp.spans_of(message):
          span.trace_id = number.to_bytes(2) + span.trace_id[2:]
        file.write(message.SerializeToString())
  window = terminal("open", path, "--memory", "16MiB", columns=150)
  window.wait_for("evicted")
  wait_until(lambda: "reading" not in window.text(), "it is read")
  assert process_figures(window.pid)["resident"] < 120 << 20


# Tail


def test_tail_prints_each_trace_once_as_it_settles(sandbox, collector):
  process = sandbox.start("tail", "--json")
  wait_until(lambda: collector.status()["viewers"] == 1, "somebody watches")
  bodies, expected = files.captured("envoy")
  otlp.send(otlp.rebased(bodies), collector.grpc)
  traces = {trace.hex() for trace, _ in expected}
  lines = [json.loads(process.stdout.readline()) for _ in traces]
  assert {line["trace_id"] for line in lines} == traces
  assert {"verdict", "duration_ms", "filters"} <= lines[0].keys()
  process.send_signal(signal.SIGINT)
  rest, error = process.communicate(timeout=20)
  assert (process.returncode, rest, error) == (130, "", "")


def test_tail_takes_a_filter_and_ends_with_its_reader(sandbox, collector):
  process = sandbox.start("tail", "--where", "tenant=nobody")
  other = sandbox.start("tail")
  wait_until(lambda: collector.status()["viewers"] == 2, "two watch")
  otlp.send(otlp.rebased(otlp.captured_bodies("envoy")), collector.grpc)
  assert "POST /v1/chat/completions" in other.stdout.readline()
  other.stdout.close()
  otlp.send(otlp.rebased(otlp.captured_bodies("plano")), collector.grpc)
  assert other.wait(timeout=30) == 0
  assert other.stderr.read() == ""
  process.send_signal(signal.SIGINT)
  assert process.communicate(timeout=20) == ("", "")
  assert process.returncode == 130
