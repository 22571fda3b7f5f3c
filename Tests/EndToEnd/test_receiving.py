"""Spans sent over every road arrive whole."""

import threading

import grpc
import pytest
from harness import otlp, plano
from harness.waiting import wait_until
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
  ExportMetricsServiceRequest)

# What each capture holds: spans and traces.
CAPTURES = [("plano", 1066, 217), ("envoy", 39, 28), ("contextforge", 5052, 491)]


def test_collector_says_where_it_listens_and_then_ready(collector):
  kinds = [line.split()[1] for line in collector.lines[:-1]]
  assert kinds == ["grpc", "http", "unix"]
  assert collector.lines[-1] == "ready"
  assert collector.unix == str(collector.sandbox.socket)
  assert collector.stop()[1] == ""


def test_endpoints_can_be_turned_off(sandbox):
  collector = sandbox.collect(http="off")
  assert list(collector.endpoints) == ["grpc", "unix"]


@pytest.mark.parametrize("name, spans, traces", CAPTURES)
def test_replayed_capture_is_counted_and_held(collector, name, spans, traces):
  otlp.send(otlp.captured_bodies(name), collector.grpc)
  status = collector.wait_for_spans(spans)
  assert status["spans_received"] == spans
  assert status["spans_held"] == spans
  assert status["traces_held"] == traces
  assert status["spans_rejected"] == 0
  assert status["spans_dropped"] == 0
  assert status["spans_evicted"] == 0
  assert status["requests"] == len(otlp.captured_bodies(name))


@pytest.mark.parametrize("name, spans, traces", CAPTURES)
def test_every_span_comes_back_with_every_attribute_in_order(collector, name, spans, traces):
  bodies = otlp.captured_bodies(name)
  otlp.send(bodies, collector.grpc)
  collector.wait_for_spans(spans)
  answer = collector.sandbox.json(
    "trace", "any", "--json", "--limit", "1000000", "--from", collector.source)
  assert len(answer["traces"]) == traces
  expected = otlp.expected_spans(bodies)
  assert len(expected) == spans
  seen = set()
  for trace in answer["traces"]:
    for span in trace["spans"]:
      key = span["traceId"], span["spanId"]
      assert span["traceId"] == trace["trace_id"]
      assert key not in seen, f"{key} twice"
      seen.add(key)
      del span["role"]
      assert span == expected[key]
  assert seen == set(expected)


def send_http(collector, bodies, compress):
  for body in bodies:
    reply = otlp.post(collector.http, body, compress=compress)
    assert reply.status_code == 200, reply.text
    assert reply.headers["Content-Type"] == "application/x-protobuf"


ROADS = {
  "gRPC": lambda collector, bodies: otlp.send(bodies, collector.grpc),
  "gRPC gzip": lambda collector, bodies: otlp.send(
    bodies, collector.grpc, compression=grpc.Compression.Gzip),
  "gRPC on the socket": lambda collector, bodies: otlp.send(bodies, f"unix:{collector.unix}"),
  "HTTP": lambda collector, bodies: send_http(collector, bodies, compress=False),
  "HTTP gzip": lambda collector, bodies: send_http(collector, bodies, compress=True),
}


@pytest.mark.parametrize("road", ROADS)
def test_every_road_leads_to_the_store(collector, road):
  ROADS[road](collector, otlp.captured_bodies("plano"))
  status = collector.wait_for_spans(1066)
  assert (status["spans_held"], status["traces_held"]) == (1066, 217)


def test_spans_sent_twice_are_held_once(collector):
  bodies = otlp.captured_bodies("envoy")
  otlp.send(bodies + bodies, collector.grpc)
  status = collector.wait_for_spans(78)
  assert (status["spans_held"], status["traces_held"]) == (39, 28)


# The real OpenTelemetry SDK, as an application has it.


def sdk_exporter(collector, protocol, compression):
  if protocol == "grpc":
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    compressions = {
      "identity": grpc.Compression.NoCompression, "gzip": grpc.Compression.Gzip,
      "deflate": grpc.Compression.Deflate}
    return OTLPSpanExporter(
      endpoint=f"http://{collector.grpc}", insecure=True, compression=compressions[compression])
  from opentelemetry.exporter.otlp.proto.http import Compression
  from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
  return OTLPSpanExporter(
    endpoint=f"http://{collector.http}/v1/traces",
    compression=Compression("none" if compression == "identity" else compression))


@pytest.mark.parametrize("compression", ["identity", "gzip", "deflate"])
@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_opentelemetry_sdk_is_received(collector, protocol, compression):
  from opentelemetry.sdk.resources import Resource
  from opentelemetry.sdk.trace import TracerProvider
  from opentelemetry.sdk.trace.export import BatchSpanProcessor
  from opentelemetry.trace import SpanKind, Status, StatusCode

  provider = TracerProvider(resource=Resource({"service.name": "shop"}), shutdown_on_exit=False)
  provider.add_span_processor(BatchSpanProcessor(sdk_exporter(collector, protocol, compression)))
  tracer = provider.get_tracer("checkout", "1.2.3")
  with tracer.start_as_current_span("POST /buy", kind=SpanKind.SERVER) as root:
    root.set_attributes({"tenant.id": "acme", "items": 3, "price": 9.5, "gift": True})
    root.set_attribute("tags", ["a", "b"])
    with tracer.start_as_current_span("SELECT") as child:
      child.set_status(Status(StatusCode.ERROR, "deadlock"))
      child.record_exception(ValueError("deadlock"))
  assert provider.force_flush(20_000)
  provider.shutdown()

  collector.wait_for_spans(2)
  trace_id = f"{root.get_span_context().trace_id:032x}"
  answer = collector.sandbox.json("trace", trace_id, "--json", "--from", collector.source)
  (trace,) = answer["traces"]
  spans = {span["name"]: span for span in trace["spans"]}
  assert set(spans) == {"POST /buy", "SELECT"}
  assert spans["SELECT"]["parentSpanId"] == spans["POST /buy"]["spanId"]
  assert spans["SELECT"]["events"][0]["name"] == "exception"
  assert spans["POST /buy"]["service"] == "shop"
  attributes = {pair["key"]: pair["value"] for pair in spans["POST /buy"]["attributes"]}
  assert attributes == {
    "tenant.id": {"stringValue": "acme"}, "items": {"intValue": "3"},
    "price": {"doubleValue": 9.5}, "gift": {"boolValue": True},
    "tags": {"arrayValue": {"values": [{"stringValue": "a"}, {"stringValue": "b"}]}}}
  assert trace["summary"]["tenant"] == "acme"
  assert trace["summary"]["verdict"] == "error"


# What is not a trace, or not a request.


def logs_body():
  message = ExportLogsServiceRequest()
  message.resource_logs.add().scope_logs.add().log_records.add().body.string_value = "hello"
  return message.SerializeToString()


def metrics_body():
  message = ExportMetricsServiceRequest()
  metric = message.resource_metrics.add().scope_metrics.add().metrics.add()
  metric.name = "requests"
  metric.sum.data_points.add().as_int = 1
  return message.SerializeToString()


@pytest.mark.parametrize("signal, body", [("logs", logs_body()), ("metrics", metrics_body())])
def test_logs_and_metrics_are_accepted(collector, signal, body):
  service = f"{signal.capitalize()}Service"
  with otlp.GRPC(collector.grpc) as client:
    reply = client.call(f"/opentelemetry.proto.collector.{signal}.v1.{service}/Export", body)
    assert reply == b""
  assert otlp.post(collector.http, body, path=f"/v1/{signal}").status_code == 200
  assert collector.status()["spans_rejected"] == 0


def test_health_check_says_serving(collector):
  with otlp.GRPC(collector.grpc) as client:
    # HealthCheckResponse { status: SERVING }
    assert client.call("/grpc.health.v1.Health/Check", b"") == b"\x08\x01"


def test_unknown_methods_and_paths_are_refused(collector):
  with otlp.GRPC(collector.grpc) as client:
    with pytest.raises(grpc.RpcError) as refusal:
      client.call("/no.such.Service/Method", b"")
    assert refusal.value.code() == grpc.StatusCode.UNIMPLEMENTED
  assert otlp.post(collector.http, b"", path="/v1/nothing").status_code == 404
  assert otlp.requests.get(f"http://{collector.http}/v1/traces", timeout=20).status_code == 405


def test_broken_body_is_answered_and_counted_and_the_next_is_welcome(collector):
  broken = b"\x0a\xff\xff\xff\x7f"
  with otlp.GRPC(collector.grpc) as client:
    with pytest.raises(grpc.RpcError) as refusal:
      client.export(broken)
    assert refusal.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "byte" in refusal.value.details()
    assert otlp.post(collector.http, broken).status_code == 400
    assert otlp.post(
      collector.http, b"not gzip", **{"Content-Encoding": "gzip"}).status_code == 400
    for body in otlp.captured_bodies("envoy"):
      client.export(body)
  assert collector.wait_for_spans(39)["traces_held"] == 28


def test_other_content_types_and_encodings_are_refused(collector):
  body = otlp.captured_bodies("envoy")[0]
  assert otlp.post(collector.http, body, **{"Content-Type": "text/plain"}).status_code == 415
  assert otlp.post(collector.http, body, **{"Content-Encoding": "br"}).status_code == 415


def test_many_clients_at_once_lose_nothing(collector, chance):
  requests = [[plano.Request(chance) for _ in range(25)] for _ in range(8)]

  def deliver(own):
    with otlp.GRPC(collector.grpc) as client:
      for request in own:
        for body in request.bodies():
          client.export(body)

  threads = [threading.Thread(target=deliver, args=(own,)) for own in requests]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join(60)
  status = wait_until(lambda: (s := collector.status())["spans_held"] >= 8 * 25 * 7 and s)
  assert (status["spans_held"], status["traces_held"]) == (8 * 25 * 7, 200)
