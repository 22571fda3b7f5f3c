"""Files of traces as other programs write them, and what other programs read in ours."""

import base64
import json
import struct

from google.protobuf.internal.encoder import _VarintBytes
from google.protobuf.json_format import MessageToDict, ParseDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from . import otlp

IDS = ("traceId", "spanId", "parentSpanId")


def with_ids(value, change):
  """The same JSON with every id of OTLP changed: protobuf's own mapping has them in base64."""
  if isinstance(value, dict):
    return {
      key: change(inner) if key in IDS and isinstance(inner, str) else with_ids(inner, change)
      for key, inner in value.items()}
  if isinstance(value, list):
    return [with_ids(inner, change) for inner in value]
  return value


# Writing


def merged(bodies):
  """Many requests as one."""
  message = ExportTraceServiceRequest()
  for body in bodies:
    message.MergeFrom(ExportTraceServiceRequest.FromString(body))
  return message


def document(message, **options):
  """A request as OTLP/JSON, by protobuf's own writer of JSON."""
  fields = with_ids(MessageToDict(message), lambda text: base64.b64decode(text).hex())
  return json.dumps(fields, **options).encode()


def lines(bodies):
  return b"".join(document(ExportTraceServiceRequest.FromString(body)) + b"\n" for body in bodies)


def delimited(bodies):
  return b"".join(_VarintBytes(len(body)) + body for body in bodies)


def prefixed(bodies):
  """As the Collector's file exporter writes protobuf: four bytes of length, the highest first."""
  return b"".join(struct.pack(">I", len(body)) + body for body in bodies)


FORMATS = {
  "protobuf": lambda bodies: merged(bodies).SerializeToString(),
  "delimited": delimited,
  "prefixed": prefixed,
  "lines": lines,
  "document": lambda bodies: document(merged(bodies)),
  "indented": lambda bodies: document(merged(bodies), indent=2),
}


# Reading


def read_json(text):
  """The requests of a file of JSON lines, by protobuf's own reader of JSON."""
  encode = lambda digits: base64.b64encode(bytes.fromhex(digits)).decode()
  return [
    ParseDict(with_ids(json.loads(line), encode), ExportTraceServiceRequest())
    for line in text.splitlines()]


def spans_by_id(messages):
  """Everything that is said of each span, as bytes that can be compared."""
  spans = {}
  for message in messages:
    for resource_spans in message.resource_spans:
      for scope_spans in resource_spans.scope_spans:
        for span in scope_spans.spans:
          # A status that says nothing is none.
          if not span.status.code and not span.status.message:
            span.ClearField("status")
          spans[span.trace_id, span.span_id] = tuple(
            part if isinstance(part, str) else part.SerializeToString(deterministic=True)
            for part in (
              resource_spans.resource, resource_spans.schema_url, scope_spans.scope,
              scope_spans.schema_url, span))
  return spans


def captured(name):
  bodies = otlp.captured_bodies(name)
  return bodies, spans_by_id(map(ExportTraceServiceRequest.FromString, bodies))
