"""A real Envoy as a client: what its own tracer sends is on the collector, whole and in its trace."""

import json
import time

import pytest
import requests
from harness import envoy
from harness.waiting import wait_until

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"

pytestmark = pytest.mark.skipif(
  envoy.program() is None, reason="no Envoy for this machine among the Python packages")


def spans_of(collector, trace):
  """The spans that the collector holds of a trace."""
  answer = collector.sandbox.run("trace", trace, "--json", "--from", collector.source)
  if answer.returncode != 0:
    return []
  return [span for found in json.loads(answer.stdout)["traces"] for span in found["spans"]]


@pytest.mark.parametrize("protocol", ["grpc", "http"])
def test_envoy_reports_its_requests(sandbox, collector, protocol):
  address = collector.grpc if protocol == "grpc" else collector.http
  with envoy.Envoy(sandbox.root, address, protocol, "edge") as proxy:
    before = len(proxy.upstream.headers)
    began = time.time_ns()
    reply = requests.get(f"{proxy.url}/v1/503?tenant=acme", timeout=10, headers={
      "traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "vendor=1", "user-agent": "a test"})
    assert reply.status_code == 503
    wait_until(lambda: len(spans_of(collector, TRACE)) == 1, "the span is on the collector")
    ended = time.time_ns()
    # The upstream was told of the span that the collector has now.
    upstream = proxy.upstream.headers[before]["traceparent"].split("-")
  span, = spans_of(collector, TRACE)
  assert upstream[1:3] == [TRACE, span["spanId"]]
  assert (span["traceId"], span["parentSpanId"], span["service"]) == (TRACE, PARENT, "edge")
  assert (span["kind"], span["status"]["code"], span["traceState"]) == (2, 2, "vendor=1")
  assert began <= int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]) <= ended
  attributes = {pair["key"]: pair["value"]["stringValue"] for pair in span["attributes"]}
  assert attributes["http.status_code"] == "503"
  assert attributes["http.url"].endswith("/v1/503?tenant=acme")
  assert attributes["user_agent"] == "a test"
  assert attributes["upstream_cluster"] == "upstream"
  status = collector.status()
  assert status["spans_received"] == status["spans_held"]
  assert status["requests_refused"] == 0


def test_envoy_under_load_loses_nothing(sandbox, collector):
  count = 400
  with envoy.Envoy(sandbox.root, collector.grpc, "grpc", "edge") as proxy:
    session = requests.Session()
    for _ in range(count):
      assert session.get(f"{proxy.url}/200", timeout=10).status_code == 200
    # Those that asked whether Envoy is up were traced, too.
    sent = len(proxy.upstream.headers)
    assert sent > count
    status = collector.wait_for_spans(sent)
  assert (status["spans_received"], status["spans_held"]) == (sent, sent)
