"""import into receivers that are busy or go away, and files with logs in them."""

import gzip
import json
import os
import time

import grpc
import pytest
from google.protobuf import json_format
from harness import files, otlp
from harness.busy import Busy
from harness.waiting import wait_until
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
EXHAUSTED = grpc.StatusCode.RESOURCE_EXHAUSTED

TRACE = bytes(range(1, 17))


@pytest.fixture
def file(sandbox):
  """A file whose spans need several requests."""
  bodies, expected = files.captured("plano")
  path = sandbox.root / "traces.pb"
  path.write_bytes(files.delimited(bodies * 8))
  return path, len(expected) * 8


@pytest.mark.parametrize("script", [
  [(UNAVAILABLE, 0.3)], [None, (EXHAUSTED, 0.2), (EXHAUSTED, 0.2)], [UNAVAILABLE, None, UNAVAILABLE],
  ["break"], [None, "break", (UNAVAILABLE, 0.1)]])
def test_a_busy_receiver_gets_everything_once(sandbox, file, script):
  path, spans = file
  receiver = Busy(script)
  try:
    result = sandbox.run("import", "--to", f"127.0.0.1:{receiver.port}", path, timeout=60)
    assert result.returncode == 0, result.stderr
    assert result.stdout == f"imported {spans:,} spans from 1 file\n"
    assert receiver.spans() == spans
    # What was acknowledged came once; each deed cost one attempt.
    assert len(receiver.seen) == len(receiver.taken) + len([deed for deed in script if deed])
    assert "waiting to try again" in result.stderr
  finally:
    receiver.stop()


def test_patience_ends_and_who_is_not_let_in_does_not_try_again(sandbox, file):
  path, _ = file
  receiver = Busy([UNAVAILABLE] * 100)
  try:
    began = time.monotonic()
    result = sandbox.run(
      "import", "--retry-for", "1s", "--to", f"127.0.0.1:{receiver.port}", path)
    assert result.returncode == 1
    assert "gave up after" in result.stderr and "busy" in result.stderr
    assert time.monotonic() - began < 20
    # Who is not let in is not let in later either.
    receiver.script = [grpc.StatusCode.UNAUTHENTICATED]
    receiver.seen.clear()
    result = sandbox.run("import", "--to", f"127.0.0.1:{receiver.port}", path)
    assert result.returncode == 1
    assert len(receiver.seen) == 1
    assert len(result.stderr.splitlines()) == 1
  finally:
    receiver.stop()


# Records that the receiver does not take


def line(*spans):
  """A line of JSON: of each span its number and how long its one attribute is."""
  request = ExportTraceServiceRequest()
  scope = request.resource_spans.add().scope_spans.add()
  for number, length in spans:
    span = scope.spans.add(
      trace_id=TRACE, span_id=number.to_bytes(8, "big"), name="work",
      start_time_unix_nano=1_700_000_000_000_000_000, end_time_unix_nano=1_700_000_000_000_000_001)
    if length:
      span.attributes.add(key="text").value.string_value = "x" * length
  return files.document(request) + b"\n"


def test_a_request_that_is_too_long_goes_again_record_by_record(sandbox, file):
  path, spans = file
  receiver = Busy([EXHAUSTED])
  try:
    result = sandbox.run("import", "--to", f"127.0.0.1:{receiver.port}", path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"imported {spans:,} spans from 1 file\n"
    assert receiver.spans() == spans
  finally:
    receiver.stop()


def test_records_that_each_are_taken_are_taken_together_too(sandbox):
  collector = sandbox.collect("--no-journal", "--max-body", "4MiB")
  path = sandbox.root / "three.jsonl"
  path.write_bytes(line((1, 900_000)) + line(*((2 + n, 780_000) for n in range(5))) + line((7, 0)))
  result = sandbox.run("import", path)
  assert (result.returncode, result.stdout, result.stderr) == (
    0, "imported 7 spans from 1 file\n", "")
  assert collector.status()["spans_held"] == 7
  assert collector.status()["requests_too_large"] == 0


def test_a_record_that_is_too_long_is_said_with_its_place_and_the_others_are_taken(sandbox):
  collector = sandbox.collect("--no-journal", "--max-body", "1MiB")
  path = sandbox.root / "long.jsonl"
  first = line((1, 0))
  path.write_bytes(first + line((2, 3_000_000)) + line((3, 0)))
  result = sandbox.run("import", path)
  assert result.returncode == 1
  assert result.stdout == "imported 2 spans from 1 file; 1 problem, said above\n"
  (said,) = result.stderr.splitlines()
  assert said.startswith(
    f"tracetop: {path}: line 2, byte {len(first)}: 1 span left out: the collector at ")
  assert said.endswith("is longer than 1048576")
  assert collector.status()["spans_held"] == 2


@pytest.mark.parametrize("form", ["json", "protobuf", "jaeger"])
def test_a_record_with_more_spans_than_a_request_may_hold_is_sent_in_parts(sandbox, form):
  count = 140_000
  collector = sandbox.collect("--no-journal")
  path = sandbox.root / "many"
  numbers = range(1, count + 1)
  if form == "jaeger":
    spans = [
      {"traceID": TRACE.hex(), "spanID": f"{number:x}", "operationName": "work", "processID": "p",
       "startTime": 1_700_000_000_000_000, "duration": 1} for number in numbers]
    path.write_text(json.dumps(
      {"data": [{"traceID": TRACE.hex(), "spans": spans, "processes": {"p": {"serviceName": "s"}}}]}))
  elif form == "json":
    spans = [
      {"traceId": TRACE.hex(), "spanId": f"{number:016x}", "startTimeUnixNano": "1",
       "endTimeUnixNano": "2"} for number in numbers]
    path.write_text(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}))
  else:
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for number in numbers:
      scope.spans.add(
        trace_id=TRACE, span_id=number.to_bytes(8, "big"), start_time_unix_nano=1,
        end_time_unix_nano=2)
    path.write_bytes(request.SerializeToString())
  result = sandbox.run("import", path, timeout=120)
  assert (result.returncode, result.stdout, result.stderr) == (
    0, "imported 140,000 spans from 1 file\n", "")
  assert collector.status()["spans_held"] == count


def test_a_collector_that_is_killed_meanwhile_gets_the_rest_after_its_return(sandbox):
  port = int(sandbox.environment["PLANO_TRACE_PORT"])
  first = sandbox.collect("--no-journal", grpc=f"127.0.0.1:{port}")
  pipe = sandbox.root / "pipe"
  os.mkfifo(pipe)
  process = sandbox.start("import", "--to", f"127.0.0.1:{port}", pipe)
  with open(pipe, "wb") as writer:
    # Whole messages, then a pause: what has come is sent.
    bodies, _ = files.captured("plano")
    writer.write(files.delimited(bodies))
    writer.flush()
    first.wait_for_spans(1)
    first.process.kill()
    first.process.wait()
    second = sandbox.collect("--no-journal", grpc=f"127.0.0.1:{port}")
    writer.write(files.delimited(bodies))
  output, error = process.communicate(timeout=40)
  assert process.returncode == 0, error
  assert second.status()["spans_held"] > 0


# Logs


def log_request(records):
  return json_format.ParseDict({
    "resourceLogs": [{
      "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "tools"}}]},
      "scopeLogs": [{"logRecords": [
        {"timeUnixNano": str(1_700_000_000_000_000_000 + number), "severityNumber": 9,
         "body": {"stringValue": f"record {number}"}} for number in range(records)]}],
    }]}, ExportLogsServiceRequest())


def with_ids(message, trace):
  for resource in message.resource_logs:
    for scope in resource.scope_logs:
      for record in scope.log_records:
        record.trace_id = trace
        record.span_id = bytes(range(1, 9))
  return message


def bodies_of_logs(sandbox):
  """What the collector holds of logs, by trace."""
  traces = sandbox.json("trace", "any", "--json")["traces"]
  logs = {
    trace["trace_id"]: [
      log["body"]["stringValue"] for part in [trace, *trace["spans"]] for log in part.get("logs", [])]
    for trace in traces}
  return {trace: bodies for trace, bodies in logs.items() if bodies}


@pytest.mark.parametrize("form", ["otlp-json", "otlp-proto"])
@pytest.mark.parametrize("road", ["import", "open"])
def test_logs_are_exported_and_come_back(sandbox, terminal, form, road):
  bodies, expected = files.captured("plano")
  traces = sorted({trace for trace, _ in expected})[:3]
  collector = sandbox.collect("--no-journal")
  otlp.send(bodies, collector.grpc)
  for trace in traces:
    body = with_ids(log_request(2), trace).SerializeToString()
    assert otlp.post(collector.http, body, "/v1/logs").status_code == 200
  wait_until(lambda: collector.status()["logs_held"] == 6, "the logs are held")
  before = bodies_of_logs(sandbox)
  path = sandbox.root / "all"
  result = sandbox.run("export", "--format", form, path)
  assert result.returncode == 0, result.stderr
  assert "6 log records to" in result.stdout
  # Of what a filter selects the logs come along, and no others.
  one = sandbox.root / "one"
  result = sandbox.run("export", "--where", f"trace={traces[0].hex()}", one)
  assert "1 trace, " in result.stdout and "2 log records to" in result.stdout
  collector.stop()
  if road == "open":
    window = terminal("open", path, "--where", f"trace={traces[0].hex()}", columns=120, rows=40)
    window.wait_for("FILE")
    window.wait_without("reading")
    window.wait_for("1 of ")
    window.press("Enter")
    window.wait_for("≡2")
    return
  again = sandbox.collect("--no-journal")
  result = sandbox.run("import", path)
  assert (result.returncode, result.stderr) == (0, "")
  assert result.stdout == (
    f"imported {len(expected):,} spans and 6 log records from 1 file\n")
  assert bodies_of_logs(sandbox) == before
  assert again.status()["logs_received"] == 6


def test_lines_of_the_collectors_file_exporter_hold_both_signals(sandbox, collector):
  bodies, expected = files.captured("envoy")
  trace = sorted({trace for trace, _ in expected})[0]
  logs = json_format.MessageToDict(with_ids(log_request(3), trace))
  for resource in logs["resourceLogs"]:
    for scope in resource["scopeLogs"]:
      for record in scope["logRecords"]:
        record["traceId"], record["spanId"] = trace.hex(), bytes(range(1, 9)).hex()
  text = files.lines(bodies[:2]) + json.dumps(logs).encode() + b"\n" + files.lines(bodies[2:])
  path = sandbox.root / "both.jsonl.gz"
  path.write_bytes(gzip.compress(text))
  result = sandbox.run("import", path)
  assert (result.returncode, result.stderr) == (0, "")
  assert bodies_of_logs(sandbox) == {trace.hex(): ["record 0", "record 1", "record 2"]}


def test_a_receiver_without_logs_gets_the_spans(sandbox, file):
  receiver = Busy([])
  path = sandbox.root / "both.pb"
  bodies, expected = files.captured("envoy")
  path.write_bytes(files.delimited(bodies + [with_ids(log_request(2), TRACE).SerializeToString()]))
  try:
    result = sandbox.run("import", "--to", f"127.0.0.1:{receiver.port}", path)
    assert result.returncode == 1
    assert receiver.spans() == len(expected)
    assert "2 log records refused" in result.stdout
  finally:
    receiver.stop()
