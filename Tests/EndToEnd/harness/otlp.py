"""OTLP over the wire, and what an independent decoder makes of the same bytes."""

import base64
import gzip
import pathlib
import time

import grpc
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
  ExportTraceServiceRequest, ExportTraceServiceResponse)

CAPTURES = pathlib.Path(__file__).resolve().parents[2] / "Fixtures" / "captures"

TRACE_EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"


def captured_bodies(name):
  """The request bodies of a capture in the order in which they came."""
  return [path.read_bytes() for path in sorted((CAPTURES / name).glob("*.bin"))]


def rebased(bodies, now=None):
  """The same requests, moved in time so that the newest span ends now."""
  messages = [ExportTraceServiceRequest.FromString(body) for body in bodies]
  spans = [span for message in messages for span, _, _ in spans_of(message)]
  offset = (now or time.time_ns()) - max(span.end_time_unix_nano for span in spans)
  for span in spans:
    span.start_time_unix_nano += offset
    span.end_time_unix_nano += offset
    for event in span.events:
      event.time_unix_nano += offset
  return [message.SerializeToString() for message in messages]


def spans_of(message):
  """Every span of a request with its resource and scope."""
  for resource_spans in message.resource_spans:
    for scope_spans in resource_spans.scope_spans:
      for span in scope_spans.spans:
        yield span, resource_spans.resource, scope_spans.scope


# Sending


class GRPC:
  """A client that sends bodies as they are: to host:port or unix:PATH."""

  def __init__(self, address, compression=grpc.Compression.NoCompression):
    self.channel = grpc.insecure_channel(address, compression=compression, options=[
      ("grpc.enable_http_proxy", 0), ("grpc.max_receive_message_length", -1)])

  def call(self, path, body, timeout=20):
    method = self.channel.unary_unary(path, request_serializer=None, response_deserializer=None)
    return method(body, timeout=timeout)

  def export(self, body):
    return ExportTraceServiceResponse.FromString(self.call(TRACE_EXPORT, body))

  def close(self):
    self.channel.close()

  def __enter__(self):
    return self

  def __exit__(self, *_):
    self.close()


def send(bodies, address, compression=grpc.Compression.NoCompression):
  """Sends bodies over OTLP/gRPC; fails if any span is turned away."""
  with GRPC(address, compression) as client:
    for body in bodies:
      reply = client.export(body)
      assert reply.partial_success.rejected_spans == 0, reply


def post(address, body, path="/v1/traces", compress=False, **headers):
  """Sends one body over OTLP/HTTP and returns the response."""
  headers = {"Content-Type": "application/x-protobuf", **headers}
  if compress:
    headers["Content-Encoding"] = "gzip"
    body = gzip.compress(body)
  return requests.post(f"http://{address}{path}", data=body, headers=headers, timeout=20)


# Expecting


def value_json(value):
  """An AnyValue as OTLP/JSON writes it."""
  kind = value.WhichOneof("value")
  if kind == "string_value":
    return {"stringValue": value.string_value}
  if kind == "bool_value":
    return {"boolValue": value.bool_value}
  if kind == "int_value":
    return {"intValue": str(value.int_value)}
  if kind == "double_value":
    return {"doubleValue": value.double_value}
  if kind == "bytes_value":
    return {"bytesValue": base64.b64encode(value.bytes_value).decode()}
  if kind == "array_value":
    return {"arrayValue": {"values": [value_json(item) for item in value.array_value.values]}}
  if kind == "kvlist_value":
    return {"kvlistValue": {"values": attributes_json(value.kvlist_value.values)}}
  return {}


def attributes_json(attributes):
  return [{"key": pair.key, "value": value_json(pair.value)} for pair in attributes]


def service_name(resource):
  return next(
    (pair.value.string_value for pair in resource.attributes if pair.key == "service.name"), "")


def expected_span(span, resource_spans, scope_spans):
  """A span as `trace --json` has to write it, but for `role`, which is tracetop's own reading."""
  resource, scope = resource_spans.resource, scope_spans.scope
  return {
    "traceId": span.trace_id.hex(),
    "spanId": span.span_id.hex(),
    "parentSpanId": span.parent_span_id.hex(),
    "name": span.name,
    "startTimeUnixNano": str(span.start_time_unix_nano),
    "endTimeUnixNano": str(span.end_time_unix_nano),
    "service": service_name(resource),
    "attributes": attributes_json(span.attributes),
    "droppedAttributesCount": span.dropped_attributes_count,
    "kind": span.kind,
    "status": {"code": span.status.code, "message": span.status.message},
    "traceState": span.trace_state,
    "flags": span.flags,
    "events": [
      {"timeUnixNano": str(event.time_unix_nano), "name": event.name,
       "attributes": attributes_json(event.attributes),
       "droppedAttributesCount": event.dropped_attributes_count} for event in span.events],
    "droppedEventsCount": span.dropped_events_count,
    "links": [
      {"traceId": link.trace_id.hex(), "spanId": link.span_id.hex(),
       "traceState": link.trace_state, "attributes": attributes_json(link.attributes),
       "droppedAttributesCount": link.dropped_attributes_count, "flags": link.flags}
      for link in span.links],
    "droppedLinksCount": span.dropped_links_count,
    "resource": {
      "attributes": attributes_json(resource.attributes),
      "droppedAttributesCount": resource.dropped_attributes_count,
      "schemaUrl": resource_spans.schema_url},
    "scope": {
      "name": scope.name, "version": scope.version,
      "attributes": attributes_json(scope.attributes),
      "droppedAttributesCount": scope.dropped_attributes_count,
      "schemaUrl": scope_spans.schema_url},
    "logs": [],
  }


def expected_spans(bodies):
  """(trace id, span id) to the span as `trace --json` has to write it."""
  expected = {}
  for body in bodies:
    for resource_spans in ExportTraceServiceRequest.FromString(body).resource_spans:
      for scope_spans in resource_spans.scope_spans:
        for span in scope_spans.spans:
          key = span.trace_id.hex(), span.span_id.hex()
          expected[key] = expected_span(span, resource_spans, scope_spans)
  return expected
