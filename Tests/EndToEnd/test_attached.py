"""What goes between an attached explorer and its collector beside spans: pins, and how it stands."""

import concurrent.futures
import random
import time

import grpc
from harness import otlp, plano
from harness.both import in_batches, spans
from harness.program import process_figures
from harness.waiting import wait_until

COLLECTOR = "/tracetop.v1.Collector/"


def send(collector, *tenants, seed=1):
  chance = random.Random(seed)
  requests = [plano.Request(chance, tenant=tenant) for tenant in tenants]
  otlp.send([body for request in requests for body in request.bodies()], collector.grpc)


def starred(window, tenant):
  """Whether the row of a tenant has the mark of a pin."""
  return any("*" in row for row in window.rows() if f" {tenant}" in row)


# Pins


def test_a_pin_reaches_the_collector_and_every_other_viewer(sandbox, collector, terminal):
  send(collector, "acme")
  first = terminal("attach", columns=120, rows=40)
  second = terminal("attach", f"{collector.grpc}", columns=120, rows=40)
  for window in (first, second):
    window.wait_for("acme")
  first.press("p")
  first.wait_for("pinned: it is kept longer")
  second.wait(lambda: starred(second, "acme"), "the other viewer shows the pin")
  later = terminal("attach", columns=120, rows=40)
  later.wait_for("acme")
  later.wait(lambda: starred(later, "acme"), "a viewer that comes later shows it too")
  second.press("p")
  second.wait_for("no longer pinned")
  first.wait(lambda: not starred(first, "acme"), "it is off everywhere")


def test_a_pin_outlives_the_collector(sandbox, collector, terminal):
  send(collector, "acme")
  window = terminal("attach", columns=120, rows=40)
  window.wait_for("acme")
  collector.process.kill()
  collector.process.wait()
  window.wait_for("GONE")
  window.press("p")
  window.wait_for("only this explorer's own until the collector is back")
  again = sandbox.collect()
  send(again, "acme")
  other = terminal("attach", columns=120, rows=40)
  other.wait_for("acme")
  other.wait(lambda: starred(other, "acme"), "the new collector was told of the pin")


def press_on(collector, seed=1):
  """Twice the memory in traces of one long text each, none like another."""
  chance = random.Random(seed)
  otlp.send(
    [body for number in range(320) for body in in_batches(spans(
      seed * 1_000 + number, 1, attributes=[("text", chance.randbytes(50_000).hex())])[1])],
    collector.grpc)


def test_a_pin_of_an_explorer_outlives_pressure_in_its_collector(sandbox, terminal):
  collector = sandbox.collect("--memory", "16MiB")
  send(collector, "acme", "umbra")
  wanted, other = (
    sandbox.json("trace", "any", "--where", f"tenant.id={tenant}", "--list", "--json")["trace_ids"]
    for tenant in ("acme", "umbra"))
  window = terminal("attach", "--where", "tenant.id=acme", columns=120, rows=40)
  window.wait_for("POST /v1/chat")
  window.press("p")
  window.wait_for("pinned: it is kept longer")
  press_on(collector)
  assert collector.status()["spans_evicted"] > 0
  held = sandbox.json("trace", "any", "--list", "--json")["trace_ids"]
  assert set(wanted) <= set(held)
  assert not set(other) & set(held)
  assert starred(window, "acme")


class OldCollector:
  """A collector of a version that knows Watch and nothing else, with one trace."""

  def __init__(self, bodies):
    self.frames = [b"\x22\x05\x0a\x03old"] + [
      b"\x0a" + self.varint(len(body)) + body for body in bodies] + [b"\x1a\x00"]
    self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
    self.server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
      "tracetop.v1.Collector", {
        "Watch": grpc.unary_stream_rpc_method_handler(self.watch),
        "Status": grpc.unary_unary_rpc_method_handler(lambda request, context: b"\x0a\x02{}"),
      }),))
    self.port = self.server.add_insecure_port("127.0.0.1:0")
    self.ended = False
    self.server.start()

  @staticmethod
  def varint(number):
    out = b""
    while number >= 0x80:
      out += bytes([number & 0x7F | 0x80])
      number >>= 7
    return out + bytes([number])

  def watch(self, request, context):
    yield from self.frames
    while context.is_active() and not self.ended:
      time.sleep(0.05)

  def stop(self):
    self.ended = True
    self.server.stop(None)


def test_an_old_collector_takes_no_pins_and_it_is_said(terminal):
  chance = random.Random(1)
  old = OldCollector(plano.Request(chance, tenant="acme").bodies())
  try:
    window = terminal("attach", f"127.0.0.1:{old.port}", columns=150, rows=40)
    window.wait_for("acme")
    window.press("p")
    window.wait_for("the pin is only this explorer's own", "not a tracetop collector of this version")
    assert starred(window, "acme")
  finally:
    old.stop()


# How the collector stands


def test_an_attached_explorer_shows_the_journal(sandbox, terminal):
  journal = sandbox.root / "j.sqlite"
  collector = sandbox.collect("--journal", journal)
  send(collector, "acme")
  window = terminal("attach", columns=150, rows=40)
  window.wait_for("acme", "journal ", "iB")
  collector.stop()
  window.wait_for("GONE")
  # Somebody else's file is left alone, and that is said with the reason.
  journal.write_bytes(b"not a database at all, but long enough to be looked at" * 20)
  sandbox.collect("--journal", journal)
  window.wait_for("journal foreign, spans are in memory only", "is no journal of tracetop")
  none = terminal("attach", columns=150, rows=40)
  none.wait_for("journal foreign")


def test_an_attached_explorer_shows_that_there_is_no_journal(sandbox, terminal):
  collector = sandbox.collect("--no-journal")
  send(collector, "acme")
  terminal("attach", columns=150, rows=40).wait_for("acme", "no journal")


def test_an_attached_explorer_shows_what_the_collector_refuses(sandbox, terminal):
  collector = sandbox.collect("--max-body", "64KiB")
  send(collector, "acme")
  window = terminal("attach", columns=150, rows=40)
  window.wait_for("acme")
  assert "too large" not in window.text()
  response = otlp.post(collector.http, b"\x0a" + b"\x00" * 200_000)
  assert response.status_code == 413
  window.wait_for("too large 1", "bad requests 1")
  window.press("?")
  window.type("/collector")
  window.wait_for("The collector", "requests over a limit of size")


def test_at_rest_nothing_is_pushed(sandbox, collector, terminal):
  send(collector, "acme")
  window = terminal("attach", columns=120, rows=40)
  window.wait_for("acme")
  wait_until(lambda: collector.status()["viewers"] == 1, "it is attached")
  time.sleep(2)
  before = process_figures(collector.process.pid)["wakeups"]
  time.sleep(3)
  assert process_figures(collector.process.pid)["wakeups"] == before
