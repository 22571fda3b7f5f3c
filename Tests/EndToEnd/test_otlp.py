"""OTLP as the specification has it: encodings, compressions, errors, limits, and hostile peers."""

import base64
import re
import shutil
import subprocess
import time
import zlib

import grpc
import pytest
import requests
from google.protobuf import json_format
from google.rpc import error_details_pb2, status_pb2
from harness import http2, otlp, plano
from harness.compression import COMPRESSIONS
from harness.program import process_figures
from harness.waiting import wait_until
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

IDS = re.compile(r'"((?:trace|span|parentSpan)Id)": ?"([^"]*)"')


def to_json(body):
  """A request in protobuf as OTLP/JSON: protobuf's mapping, with hexadecimal ids."""
  text = json_format.MessageToJson(ExportTraceServiceRequest.FromString(body), indent=None)
  return IDS.sub(
    lambda match: f'"{match[1]}":"{base64.b64decode(match[2]).hex()}"', text).encode()


def post_json(address, body, compression="identity", **headers):
  return otlp.post(
    address, COMPRESSIONS[compression](body),
    **{"Content-Type": "application/json", "Content-Encoding": compression, **headers})


# JSON


@pytest.mark.parametrize("name, compression", [
  ("plano", "identity"), ("envoy", "gzip"), ("envoy", "deflate"), ("contextforge", "zstd")])
def test_every_span_sent_as_json_comes_back_whole(collector, name, compression):
  bodies = otlp.captured_bodies(name)
  for body in bodies:
    reply = post_json(collector.http, to_json(body), compression)
    assert (reply.status_code, reply.text) == (200, "{}")
    assert reply.headers["Content-Type"] == "application/json"
  expected = otlp.expected_spans(bodies)
  collector.wait_for_spans(len(expected))
  answer = collector.sandbox.json(
    "trace", "any", "--json", "--limit", "1000000", "--from", collector.source)
  seen = {}
  for trace in answer["traces"]:
    for span in trace["spans"]:
      del span["role"]
      seen[span["traceId"], span["spanId"]] = span
  assert seen == expected


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not there")
@pytest.mark.parametrize("compressed", [False, True], ids=["identity", "gzip"])
def test_curl_sends_json(collector, compressed):
  body = to_json(otlp.captured_bodies("envoy")[1])
  command = [
    "curl", "-sS", "--fail-with-body", "--max-time", "20", "-H", "Content-Type: application/json",
    "--data-binary", "@-", f"http://{collector.http}/v1/traces"]
  if compressed:
    command[1:1] = ["-H", "Content-Encoding: gzip"]
    body = COMPRESSIONS["gzip"](body)
  answer = subprocess.run(command, input=body, capture_output=True, timeout=30)
  assert (answer.returncode, answer.stdout) == (0, b"{}"), answer
  assert collector.wait_for_spans(1)["spans_held"] >= 1


def test_a_viewer_sees_spans_that_were_sent_as_json(collector, terminal, chance):
  window = terminal("attach", collector.source)
  wait_until(lambda: collector.status()["viewers"] == 1, "the viewer is there")
  for body in plano.Request(chance, tenant="acme").bodies():
    assert post_json(collector.http, to_json(body)).status_code == 200
  window.wait_for("acme")


# Compressions


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_protobuf_over_http_is_taken_in_every_compression(collector, compression):
  for body in otlp.captured_bodies("envoy"):
    reply = otlp.post(
      collector.http, COMPRESSIONS[compression](body), **{"Content-Encoding": compression})
    assert reply.status_code == 200, reply.content
  assert collector.wait_for_spans(39)["traces_held"] == 28


@pytest.mark.parametrize("compression", ["gzip", "deflate", "zstd"])
def test_grpc_messages_are_taken_in_every_compression(collector, compression):
  bodies = otlp.captured_bodies("envoy")
  with http2.Raw(collector.grpc) as peer:
    peer.send(http2.PREFACE + http2.frame(http2.SETTINGS, 0, 0))
    for number, body in enumerate(bodies):
      peer.send(http2.export(
        COMPRESSIONS[compression](body), encoding=compression, stream=2 * number + 1))
    assert collector.wait_for_spans(39)["traces_held"] == 28


# Errors, in the encoding of the request

BROKEN = b"\x0a\xff\xff\xff\x7f"


@pytest.mark.parametrize("headers, body, path, code, grpc_code", [
  ({}, BROKEN, "/v1/traces", 400, 3),
  ({}, BROKEN, "/v1/logs", 400, 3),
  ({}, b"", "/v1/nothing", 404, 12),
  ({"Content-Encoding": "br"}, b"x", "/v1/traces", 415, 12),
  ({"Content-Encoding": "zstd"}, b"x", "/v1/traces", 400, 3),
  ({"Content-Encoding": "gzip"}, COMPRESSIONS["gzip"](bytes(80 << 20)), "/v1/traces", 413, 8),
  ({"Content-Encoding": "deflate"}, zlib.compress(bytes(80 << 20)), "/v1/traces", 413, 8),
  ({"Content-Encoding": "zstd"}, COMPRESSIONS["zstd"](bytes(80 << 20)), "/v1/traces", 413, 8),
])
def test_errors_have_a_status_in_the_encoding_of_the_request(
    collector, headers, body, path, code, grpc_code):
  reply = otlp.post(collector.http, body, path=path, **headers)
  assert reply.status_code == code
  assert reply.headers["Content-Type"] == "application/x-protobuf"
  status = status_pb2.Status.FromString(reply.content)
  assert (status.code, bool(status.message)) == (grpc_code, True)
  headers = {"Content-Type": "application/json; charset=utf-8", **headers}
  reply = otlp.post(collector.http, body, path=path, **headers)
  assert reply.status_code == code
  assert reply.headers["Content-Type"] == "application/json"
  assert json_format.Parse(reply.text, status_pb2.Status()).code == grpc_code


def test_broken_json_is_answered_with_its_place(collector):
  reply = post_json(collector.http, b'{"resourceSpans":[{"scopeSpans":[}]}')
  assert reply.status_code == 400
  assert reply.json() == {"code": 3, "message": "byte 33: expected a value"}
  deep = b'{"x":' * 100_000
  assert "nested deeper" in post_json(collector.http, deep).json()["message"]
  assert collector.status()["requests_refused"] == 2


def test_a_span_without_ids_is_partial_success(collector):
  request = ExportTraceServiceRequest()
  spans = request.resource_spans.add().scope_spans.add().spans
  spans.add(trace_id=b"1" * 16, span_id=b"1" * 8)
  spans.add(trace_id=b"1" * 16)
  body = request.SerializeToString()
  assert post_json(collector.http, to_json(body)).json() == {"partialSuccess": {
    "rejectedSpans": "1", "errorMessage": "span_id must be 8 bytes and not zero"}}
  with otlp.GRPC(collector.grpc) as client:
    partial = client.export(body).partial_success
  assert (partial.rejected_spans, partial.error_message) == (
    1, "span_id must be 8 bytes and not zero")


def test_too_much_of_a_span_is_left_out_and_counted(sandbox):
  collector = sandbox.collect("--max-attributes", "4", "--max-value", "100")
  request = ExportTraceServiceRequest()
  span = request.resource_spans.add().scope_spans.add().spans.add(
    trace_id=b"1" * 16, span_id=b"1" * 8)
  for number in range(10):
    span.attributes.add(key=f"key.{number}").value.string_value = "x" * 1_000
  partial = post_json(collector.http, to_json(request.SerializeToString())).json()
  assert partial == {"partialSuccess": {
    "rejectedSpans": "0", "errorMessage": "6 attributes left out, 4 values cut"}}
  status = collector.wait_for_spans(1)
  assert (status["attributes_dropped"], status["values_cut"]) == (6, 4)
  log = (sandbox.root / "state" / "tracetop" / "tracetop.log").read_text()
  assert "refused, in part: 6 attributes left out, 4 values cut" in log


def test_figures_are_there_for_prometheus(collector):
  otlp.send(otlp.captured_bodies("envoy"), collector.grpc)
  collector.wait_for_spans(39)
  reply = requests.get(f"http://{collector.http}/metrics", timeout=20)
  assert reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
  samples, about = {}, None
  for line in reply.text.splitlines():
    if line.startswith("# HELP "):
      about, described = line.split()[2], True
    elif line.startswith("# TYPE "):
      assert line in (f"# TYPE {about} counter", f"# TYPE {about} gauge") and described
      described = False
    else:
      name, value = line.rsplit(" ", 1)
      assert name.split("{")[0] == about and name not in samples
      samples[name] = float(value)
  assert samples["tracetop_spans_received_total"] == 39
  assert samples["tracetop_traces_held"] == 28


def test_a_page_of_this_machine_may_send(collector):
  def ask(origin):
    return requests.options(f"http://{collector.http}/v1/traces", timeout=20, headers={
      "Origin": origin, "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "content-type"})
  reply = ask("http://localhost:8080")
  assert reply.status_code == 204
  assert reply.headers["Access-Control-Allow-Origin"] == "http://localhost:8080"
  assert reply.headers["Access-Control-Allow-Headers"] == "content-type"
  assert "Access-Control-Expose-Headers" not in reply.headers
  reply = otlp.post(collector.http, BROKEN, Origin="http://localhost:8080")
  assert (reply.status_code, reply.headers["Access-Control-Expose-Headers"]) == (400, "Retry-After")
  reply = ask("https://example.com")
  assert reply.status_code == 403
  assert "Access-Control-Allow-Origin" not in reply.headers


# Pressure


def test_under_pressure_senders_are_told_when_to_try_again(collector):
  # Each of these holds 1 MiB that never becomes whole: more than may be under way.
  head = (b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
          b"Content-Length: 1048576\r\n\r\nx")
  peers = [http2.Raw(collector.http) for _ in range(560)]
  for peer in peers:
    peer.send(head)
  body = otlp.captured_bodies("envoy")[1]
  long = body + b"\x7a" + b"\x80\x80\x18" + bytes(393_216)
  try:
    wait_until(lambda: collector.status()["requests_overloaded"] > 0, "the pressure is felt")
    reply = otlp.post(collector.http, long)
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "1")
    with otlp.GRPC(collector.grpc) as client:
      with pytest.raises(grpc.RpcError) as refusal:
        client.export(long)
      assert refusal.value.code() == grpc.StatusCode.UNAVAILABLE
      details = dict(refusal.value.trailing_metadata())["grpc-status-details-bin"]
      status = status_pb2.Status.FromString(details)
      info = error_details_pb2.RetryInfo()
      assert status.details[0].Unpack(info)
      assert info.retry_delay.seconds == 1
      # What comes whole in one piece takes no place.
      client.export(body)
  finally:
    for peer in peers:
      peer.close()
  assert otlp.post(collector.http, long).status_code in (200, 503)
  wait_until(lambda: otlp.post(collector.http, long).status_code == 200, "the pressure is gone")


# At rest


def test_a_collector_with_nobody_connected_does_not_wake_up(collector):
  for body in otlp.captured_bodies("envoy")[:3]:
    assert otlp.post(collector.http, body).status_code == 200
  time.sleep(1)
  before = process_figures(collector.process.pid)["wakeups"]
  time.sleep(3)
  # Each look at the figures costs nothing: they are the kernel's.
  assert process_figures(collector.process.pid)["wakeups"] - before <= 1
