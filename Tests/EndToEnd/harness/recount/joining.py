"""Which traces are one request."""

import collections

from harness.recount.requests import Request
from harness.recount.spans import Span, text_of
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

REQUEST = ("request.id", "request_id", "correlation_id", "guid:x-request-id")


def request_ids(spans):
  """The ids by which a trace may be joined to others, without the digit that Envoy packs away."""
  for span in spans:
    for attributes in (span, span.resource):
      for key in REQUEST:
        for value in map(text_of, attributes.all(key)):
          letters = set(value) - {"-"}
          if not 6 <= len(value) <= 200 or not any(c.isdigit() for c in value) or len(letters) < 2:
            continue
          bare = value.replace("-", "").lower()
          if len(bare) == 32 and all(c in "0123456789abcdef" for c in bare):
            value = bare[:12] + "_" + bare[13:]
          yield value


def requests_of(bodies):
  """Every request that the bodies hold, its spans in order of arrival."""
  traces = collections.OrderedDict()
  for body in bodies:
    message = ExportTraceServiceRequest.FromString(body)
    for group in message.resource_spans:
      for scoped in group.scope_spans:
        for span in scoped.spans:
          seen = traces.setdefault(span.trace_id, {})
          if span.span_id not in seen:
            seen[span.span_id] = Span(span, group.resource, scoped.scope)
  lead = {trace: trace for trace in traces}

  def find(trace):
    while lead[trace] != trace:
      trace = lead[trace]
    return trace

  sharing = collections.defaultdict(list)
  owners = {}
  for trace, spans in traces.items():
    for value in set(request_ids(spans.values())):
      sharing[value].append(trace)
    for span in spans:
      owners[span] = trace
  for group in sharing.values():
    ends = [min(span.end for span in traces[trace].values()) for trace in group]
    if len(group) <= 32 and max(ends) - min(ends) <= 600 * 10**9:
      for trace in group[1:]:
        lead[find(trace)] = find(group[0])
  for trace, spans in traces.items():
    for span in spans.values():
      if span.parent and span.parent not in spans and span.parent in owners:
        # An id that was counted says nothing.
        if int.from_bytes(span.parent, "big") >> 32:
          lead[find(trace)] = find(owners[span.parent])
  groups = collections.OrderedDict()
  for trace, spans in traces.items():
    groups.setdefault(find(trace), []).append(list(spans.values()))
  return [Request([span for spans in group for span in spans]) for group in groups.values()]
