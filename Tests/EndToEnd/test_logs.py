"""Logs of the real Python SDK beside their spans: over gRPC and HTTP, in protobuf and JSON."""

import base64
import logging
import re

import grpc
import pytest
from google.protobuf import json_format
from harness import otlp
from harness.compression import COMPRESSIONS
from harness.waiting import wait_until
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GRPCLogExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HTTPLogExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

HTTP_COMPRESSIONS = {
  "identity": Compression.NoCompression, "gzip": Compression.Gzip, "deflate": Compression.Deflate}
GRPC_COMPRESSIONS = {
  "identity": grpc.Compression.NoCompression, "gzip": grpc.Compression.Gzip,
  "deflate": grpc.Compression.Deflate}


def exporter(collector, protocol, compression):
  if protocol == "grpc":
    return GRPCLogExporter(
      endpoint=collector.grpc, insecure=True, compression=GRPC_COMPRESSIONS[compression])
  return HTTPLogExporter(
    endpoint=f"http://{collector.http}/v1/logs", compression=HTTP_COMPRESSIONS[compression])


def work(collector, log_exporter):
  """A program that logs while its spans run: two records in a span, one outside of any."""
  resource = Resource.create({"service.name": "tools"})
  spans = TracerProvider(resource=resource)
  spans.add_span_processor(
    BatchSpanProcessor(OTLPSpanExporter(endpoint=collector.grpc, insecure=True)))
  logs = LoggerProvider(resource=resource)
  logs.add_log_record_processor(BatchLogRecordProcessor(log_exporter))
  logger = logging.getLogger(f"app.{id(logs)}")
  logger.setLevel(logging.INFO)
  logger.propagate = False
  logger.addHandler(LoggingHandler(logger_provider=logs))
  logger.info("of no trace")
  with spans.get_tracer("t").start_as_current_span("tool.invoke") as span:
    logger.info("calling %s", "search", extra={"tenant.id": "acme"})
    # What was logged leaves before the span has ended, as it does where a model takes its time.
    logs.force_flush()
    logger.error("it failed", extra={"tries": 2})
    context = span.get_span_context()
  logs.shutdown()
  spans.shutdown()
  return f"{context.trace_id:032x}", f"{context.span_id:016x}"


@pytest.mark.parametrize("protocol", ["grpc", "http"])
@pytest.mark.parametrize("compression", ["identity", "gzip", "deflate"])
def test_what_a_program_logs_is_beside_its_span(collector, protocol, compression):
  trace_id, span_id = work(collector, exporter(collector, protocol, compression))
  status = collector.wait_for_spans(1)
  assert {key: value for key, value in status.items() if key.startswith("logs")} == {
    "logs": 3, "logs_received": 3, "logs_held": 2, "logs_waiting": 0, "logs_duplicate": 0,
    "logs_evicted": 0, "logs_expired": 0, "logs_without_trace": 1, "logs_missed_by_viewers": 0}
  answer = collector.sandbox.json("trace", trace_id, "--json", "--from", collector.source)
  (span,) = answer["traces"][0]["spans"]
  assert span["spanId"] == span_id
  first, second = span["logs"]
  assert (first["body"], first["severityText"], first["severityNumber"]) == (
    {"stringValue": "calling search"}, "INFO", 9)
  assert {"key": "tenant.id", "value": {"stringValue": "acme"}} in first["attributes"]
  assert (second["body"], second["severityNumber"]) == ({"stringValue": "it failed"}, 17)
  assert {"key": "tries", "value": {"intValue": "2"}} in second["attributes"]
  assert (first["traceId"], first["spanId"], first["service"]) == (trace_id, span_id, "tools")


def request(count, trace=7, span=9, text="message"):
  """A request of `count` records of one span."""
  message = ExportLogsServiceRequest()
  scope = message.resource_logs.add().scope_logs.add()
  for number in range(count):
    record = scope.log_records.add(
      time_unix_nano=1_760_000_000_000_000_000 + number, severity_number=9,
      trace_id=trace.to_bytes(16, "big"), span_id=span.to_bytes(8, "big"))
    record.body.string_value = f"{text} {number}"
  return message


@pytest.mark.parametrize("compression", ["identity", "gzip", "deflate", "zstd"])
def test_logs_as_json(collector, compression):
  text = json_format.MessageToJson(request(5), indent=None)
  text = re.sub(
    r'"(traceId|spanId)": ?"([^"]*)"',
    lambda match: f'"{match[1]}":"{base64.b64decode(match[2]).hex()}"', text)
  reply = otlp.post(
    collector.http, COMPRESSIONS[compression](text.encode()), path="/v1/logs",
    **{"Content-Type": "application/json", "Content-Encoding": compression})
  assert (reply.status_code, reply.text) == (200, "{}")
  assert collector.status()["logs_waiting"] == 5


def test_a_request_that_is_sent_again_counts_once(collector):
  body = request(20).SerializeToString()
  for _ in range(3):
    assert otlp.post(collector.http, body, path="/v1/logs").status_code == 200
  status = collector.status()
  assert (status["logs_received"], status["logs_held"], status["logs_duplicate"]) == (60, 20, 40)


def test_records_of_one_request_that_are_alike_are_held_each(sandbox):
  collector = sandbox.collect()
  message = request(1)
  records = message.resource_logs[0].scope_logs[0].log_records
  for _ in range(3):
    records.add().CopyFrom(records[0])
  records[3].flags = 1
  for _ in range(2):
    reply = otlp.post(collector.http, message.SerializeToString(), path="/v1/logs")
    assert reply.status_code == 200
  status = collector.status()
  assert (status["logs_received"], status["logs_held"], status["logs_duplicate"]) == (8, 4, 4)
  # The journal gives back the same records, and a sender that tries again then adds none.
  collector.stop()
  again = sandbox.collect()
  wait_until(lambda: again.status()["logs_held"] == 4, "the journal is read back")
  otlp.post(again.http, message.SerializeToString(), path="/v1/logs")
  assert again.status()["logs_held"] == 4


@pytest.mark.parametrize("body, code", [(b"\x0a\xff", 400), (b"{", 400)])
def test_what_is_no_request_of_logs_is_refused(collector, body, code):
  kind = "application/json" if body == b"{" else "application/x-protobuf"
  reply = otlp.post(collector.http, body, path="/v1/logs", **{"Content-Type": kind})
  assert reply.status_code == code
  assert collector.status()["requests_refused"] == 1


def test_a_viewer_shows_the_logs_of_a_span(collector, terminal):
  window = terminal("attach", collector.source)
  wait_until(lambda: collector.status()["viewers"] == 1, "the viewer is there")
  work(collector, exporter(collector, "grpc", "identity"))
  window.wait_for("tool.invoke")
  window.press("Enter", "8")
  window.wait_for("calling search")
  window.wait_for("it failed")
  window.wait_for("≡2E")
