"""Hostile peers by the thousand: each is answered rightly, the collector lives, and a client that
behaves loses nothing meanwhile.

HOSTILE=20000 in the environment asks for more requests, TRACETOP_SEED for other ones.
"""

import os
import random
import threading
import time

import grpc
import requests
from harness import http2, otlp
from harness.compression import COMPRESSIONS
from harness.load import Template
from harness.program import process_figures
from test_logs import request as log_request
from test_otlp import to_json

REQUESTS = int(os.environ.get("HOSTILE", 2_000))
CONNECTIONS = REQUESTS // 4
SEED = int(os.environ.get("TRACETOP_SEED", 20))

BOMBS = {name: COMPRESSIONS[name](bytes(65 << 20)) for name in ("gzip", "deflate", "zstd")}


def mutated(body, chance):
  """The body with one to three changes; it may still be a request."""
  for _ in range(chance.randint(1, 3)):
    at = chance.randrange(len(body)) if body else 0
    piece = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
    body = chance.choice([
      body[:at], body[:at] + piece + body[at + len(piece):], body[:at] + piece + body[at:],
      body[:at] + body[at + len(piece):], body[:at] + body[at:at + 40] * 50 + body[at:]])
  return body


def hostile_http(chance, good):
  """A request over HTTP that something is wrong with, and the answers that would be right."""
  path, body, text = chance.choice(good)
  kind = chance.randrange(40)
  headers = {"Content-Type": "application/x-protobuf"}
  method, expected = "POST", {200, 400}
  if kind < 12:
    body = mutated(body, chance)
  elif kind < 22:
    headers["Content-Type"] = "application/json"
    at = chance.randrange(len(text))
    body = chance.choice([
      mutated(text, chance),
      text[:at] + chance.choice([b"null", b'"', b"}", b"[" * 200, b"\\u", b"\xff"]) + text[at + 1:]])
  elif kind < 27:
    headers["Content-Encoding"] = chance.choice(["gzip", "deflate", "zstd"])
    body = mutated(COMPRESSIONS[headers["Content-Encoding"]](body), chance)
  elif kind == 27:
    headers["Content-Encoding"] = chance.choice(["gzip", "deflate", "zstd"])
    body, expected = BOMBS[headers["Content-Encoding"]], {413}
  elif kind < 31:
    headers["Content-Type"], expected = chance.choice(["text/plain", "", "application/xml"]), {415}
  elif kind < 34:
    path, expected = chance.choice(["/", "/v1/trace", "/v1/traces/", "/v1/logs/x", "/v1"]), {404}
  elif kind < 37:
    method, expected = chance.choice(["GET", "PUT", "DELETE", "PATCH"]), {405}
  else:
    headers["Content-Encoding"], expected = chance.choice(["br", "lz4", "gzip, gzip"]), {415}
  return method, path, headers, body, expected


def hostile_call(client, chance, good):
  """A call over gRPC with a broken body; says how it ended."""
  path, body, _ = chance.choice(good)
  service = "trace.v1.TraceService" if path == "/v1/traces" else "logs.v1.LogsService"
  try:
    client.call(f"/opentelemetry.proto.collector.{service}/Export", mutated(body, chance))
    return grpc.StatusCode.OK
  except grpc.RpcError as error:
    return error.code()


def hostile_connection(collector, chance, good):
  """A connection that breaks the rules below requests, left as it is or broken off."""
  _, body, _ = chance.choice(good)
  kind = chance.randrange(8)
  if kind < 3:
    with http2.Raw(collector.http) as peer:
      head = b"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
      peer.send([
        bytes(chance.randrange(256) for _ in range(200)) + b"\r\n\r\n",
        head + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        head + b"Content-Length: 1000\r\n\r\n" + body[:10]][kind])
      peer.reset()
    return
  with http2.Raw(collector.grpc) as peer:
    peer.send(http2.PREFACE + http2.frame(http2.SETTINGS, 0, 0))
    peer.send([
      http2.export(body, encoding=chance.choice(["gzip", "deflate", "zstd", "snappy"])),
      http2.export_headers() + http2.frame(http2.DATA, 0, 1, b"\0\xff\xff\xff\xff"),
      http2.export_headers() + http2.frame(http2.RST_STREAM, 0, 1, b"\0\0\0\x08"),
      http2.export(body)[:-1],
      bytes(chance.randrange(256) for _ in range(200))][kind - 3])
    if chance.randrange(2):
      peer.reset()


class GoodClient:
  """Sends spans of its own all the while, and remembers every one that was acknowledged."""

  def __init__(self, address):
    self.address = address
    self.traces, self.failures, self.waits = set(), [], []
    self.stopping = threading.Event()
    self.thread = threading.Thread(target=self.run, daemon=True)

  def run(self):
    chance, template = random.Random(1), Template(spans=16)
    with otlp.GRPC(self.address) as client:
      while not self.stopping.is_set():
        body = template.next(chance)
        fresh = {body[places[0]:places[0] + 16].hex() for places in template.places}
        began = time.monotonic()
        try:
          client.export(body)
          self.traces |= fresh
        except grpc.RpcError as error:
          self.failures.append(error)
        self.waits.append(time.monotonic() - began)
        time.sleep(0.005)

  def __enter__(self):
    self.thread.start()
    return self

  def __exit__(self, *_):
    self.stopping.set()
    self.thread.join(30)


def test_hostile_peers_are_answered_rightly_and_disturb_nobody(sandbox):
  print(f"TRACETOP_SEED={SEED}, {REQUESTS} requests and calls, {CONNECTIONS} connections")
  chance = random.Random(SEED)
  collector = sandbox.collect()
  good = [("/v1/traces", body, to_json(body)) for body in otlp.captured_bodies("envoy")]
  logs = log_request(5)
  good += [("/v1/logs", logs.SerializeToString(), b'{"resourceLogs":[{"scopeLogs":[]}]}')] * 3
  before = process_figures(collector.process.pid)
  slow = [http2.Raw(collector.http) for _ in range(50)]
  answers = {}
  with GoodClient(collector.grpc) as client:
    session = requests.Session()
    with otlp.GRPC(collector.grpc) as hostile:
      for number in range(REQUESTS):
        if number % 5 == 0:
          code = hostile_call(hostile, chance, good)
          assert code in (grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT), (number, code)
          answers[code.name] = answers.get(code.name, 0) + 1
          continue
        method, path, headers, body, expected = hostile_http(chance, good)
        reply = session.request(
          method, f"http://{collector.http}{path}", data=body, headers=headers, timeout=20)
        assert reply.status_code in expected, (number, method, path, headers, reply.content)
        answers[reply.status_code] = answers.get(reply.status_code, 0) + 1
        if number % 100 == 0:
          for peer in slow:
            peer.send(b"P")
    for _ in range(CONNECTIONS):
      hostile_connection(collector, chance, good)
  for peer in slow:
    peer.close()
  print(f"answers {answers}; {len(client.waits)} good calls")
  assert collector.process.poll() is None
  assert not client.failures
  assert len(client.waits) > 100
  held = set(sandbox.json("trace", "any", "--list", "--json", "--limit", "10000000",
                          "--from", collector.source)["trace_ids"])
  assert client.traces <= held, "spans of the good client are missing"
  after = process_figures(collector.process.pid)
  assert after["resident"] - before["resident"] < 400 << 20
  status = collector.status()
  assert status["requests_refused"] > REQUESTS // 4
  assert status["requests_too_large"] > REQUESTS // 200
  assert status["spans_evicted"] == 0
  assert status["spans_received"] == (
    status["spans_held"] + status["spans_rejected"] + status["spans_duplicate"])
  assert status["logs_received"] == (
    status["logs_held"] + status["logs_duplicate"] + status["logs_without_trace"]
    + status["logs_evicted"] + status["logs_expired"])
