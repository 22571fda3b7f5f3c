"""A receiver of OTLP that does not take everything at once."""

import concurrent.futures
import threading

import grpc
from google.protobuf import any_pb2, duration_pb2
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

# google.rpc.RetryInfo { retry_delay = 1 } and google.rpc.Status { code = 1, message = 2, details = 3 }
RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"


def field(number, data):
  assert len(data) < 128
  return bytes([number << 3 | 2, len(data)]) + data


def retry_details(code, seconds=0, nanos=0):
  delay = duration_pb2.Duration(seconds=seconds, nanos=nanos).SerializeToString()
  detail = any_pb2.Any(type_url=RETRY_INFO, value=field(1, delay)).SerializeToString()
  return bytes([8, code.value[0]]) + field(2, b"busy") + field(3, detail)


class Busy:
  """Answers requests as it is told, one after the other, and takes the rest.

  A script has status codes, pairs of a code and a delay in seconds, or "break": the connection ends in
  the middle of the call.
  """

  def __init__(self, script):
    self.script = list(script)
    # Requests that were acknowledged, and all that came.
    self.taken, self.seen = [], []
    self.lock = threading.Lock()
    self.port = 0
    self.start()

  def start(self):
    self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
    self.server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
      "opentelemetry.proto.collector.trace.v1.TraceService",
      {"Export": grpc.unary_unary_rpc_method_handler(self.export)}),))
    self.port = self.server.add_insecure_port(f"127.0.0.1:{self.port}")
    self.server.start()

  def export(self, request, context):
    with self.lock:
      self.seen.append(request)
      deed = self.script.pop(0) if self.script else None
      if deed is None:
        self.taken.append(request)
        return b""
    if deed == "break":
      threading.Thread(target=self.restart).start()
      threading.Event().wait(5)
      return b""
    code, delay = deed if isinstance(deed, tuple) else (deed, None)
    if delay is not None:
      seconds, nanos = int(delay), int(delay % 1 * 1e9)
      context.set_trailing_metadata(
        (("grpc-status-details-bin", retry_details(code, seconds, nanos)),))
    context.abort(code, "busy")

  def restart(self):
    """Goes away without a word, and comes back a moment later."""
    self.server.stop(0).wait()
    self.start()

  def stop(self):
    self.server.stop(0)

  def spans(self):
    return sum(
      len(scope.spans) for body in self.taken
      for resource in ExportTraceServiceRequest.FromString(body).resource_spans
      for scope in resource.scope_spans)
