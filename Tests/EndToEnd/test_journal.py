"""The journal: what was acknowledged is there after any end, and what cannot be written is said."""

import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import grpc
import pytest
from harness import load, otlp, plano
from harness.program import Collector
from harness.waiting import wait_until
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

# Rounds of kill -9; `make soak-journal` runs many.
KILL_ROUNDS = int(os.environ.get("TRACETOP_KILL_ROUNDS", "3"))
# So many of them with one journal: all of it is compared after each.
ROUNDS_OF_A_JOURNAL = 10


def journal_of(sandbox):
  return sandbox.root / "state" / "tracetop" / "journal.sqlite"


def replayed(collector):
  """The status once everything has been read back."""
  status = {}

  def is_over():
    status.update(collector.status())
    return status["journal_state"] != "opening" and not status["journal_replaying"]

  wait_until(is_over, lambda: f"the journal is read back; {status}")
  return status


def span_ids(sandbox, collector):
  """Every span held, as often as it is shown."""
  answer = sandbox.json(
    "trace", "any", "--json", "--limit", "1000000", "--from", collector.source)
  return [(s["traceId"], s["spanId"]) for t in answer["traces"] for s in t["spans"]]


class Sender(threading.Thread):
  """Sends requests with ids never seen before until it is told to stop or nobody answers."""

  def __init__(self, address, seed, spans):
    super().__init__(daemon=True)
    self.address, self.spans = address, spans
    self.chance = random.Random(seed)
    self.acknowledged = set()
    self.sent = set()
    self.is_stopped = False

  def run(self):
    template = load.Template(self.spans, seed=self.chance.random(), attributes=1)
    try:
      with otlp.GRPC(self.address) as client:
        while not self.is_stopped:
          body = template.next(self.chance)
          message = ExportTraceServiceRequest.FromString(body)
          ids = {(s.trace_id.hex(), s.span_id.hex()) for s, _, _ in otlp.spans_of(message)}
          self.sent |= ids
          client.export(body)
          self.acknowledged |= ids
    except grpc.RpcError:
      pass


def test_what_was_acknowledged_survives_kill_9_at_any_moment_and_comes_back_once(sandbox):
  seed = int.from_bytes(os.urandom(4), "big")
  print(f"seed {seed}")
  chance = random.Random(seed)
  acknowledged, sent = set(), set()
  kept = 0
  for number in range(KILL_ROUNDS):
    if number % ROUNDS_OF_A_JOURNAL == 0:
      shutil.rmtree(journal_of(sandbox).parent, ignore_errors=True)
      acknowledged, sent = set(), set()
    collector = sandbox.collect()
    # Short requests make many small groups, longer ones few large ones.
    senders = [Sender(collector.grpc, chance.random(), spans) for spans in (8, 8, 64, 256)]
    for sender in senders:
      sender.start()
    time.sleep(chance.random() * chance.choice([0.05, 0.2, 0.6]))
    collector.process.kill()
    collector.process.wait()
    for sender in senders:
      sender.is_stopped = True
      sender.join(20)
      acknowledged |= sender.acknowledged
      sent |= sender.sent
    again = sandbox.collect()
    status = replayed(again)
    assert status["journal_state"] == "on"
    assert status["journal_frames_unreadable"] == 0
    assert status["journal_spans_left_on_disk"] == 0
    found = span_ids(sandbox, again)
    assert len(found) == len(set(found))
    lost = acknowledged - set(found)
    assert not lost, f"{len(lost)} of {len(acknowledged)} acknowledged spans are gone"
    assert set(found) <= sent
    kept += len(acknowledged)
    again.process.kill()
    again.process.wait()
  print(f"{KILL_ROUNDS} rounds, {kept:,} acknowledged spans looked for, none lost, none twice")
  assert kept


def test_a_new_start_shows_what_the_last_one_held(sandbox):
  bodies = otlp.rebased(otlp.captured_bodies("plano"))
  first = sandbox.collect()
  otlp.send(bodies, first.grpc)
  before = first.sandbox.json("trace", "any", "--json", "--limit", "1000000")
  last = sandbox.run("trace", "last").stdout
  assert first.status()["journal_requests"] == len(bodies)
  assert first.stop() == (0, "")
  # A clean end leaves one file.
  assert sorted(p.name for p in journal_of(sandbox).parent.iterdir()) == [
    "journal.sqlite", "journal.sqlite.lock", "tracetop.log"]

  second = sandbox.collect()
  status = replayed(second)
  assert status["journal_spans_replayed"] == status["spans_held"] == 1066
  assert status["journal_replay_total"] == status["journal_spans"] == 1066
  after = sandbox.json("trace", "any", "--json", "--limit", "1000000")

  def by_id(answer):
    return {t["trace_id"]: sorted(t["spans"], key=lambda s: s["spanId"]) for t in answer["traces"]}

  assert by_id(after) == by_id(before)
  assert sandbox.run("trace", "last").stdout == last
  # The same spans again, from their sender: held once, journaled as they came.
  otlp.send(bodies, second.grpc)
  status = second.wait_for_spans(2 * 1066)
  assert (status["spans_held"], status["spans_duplicate"]) == (1066, 1066)


def test_without_a_journal_nothing_is_written(sandbox):
  collector = sandbox.collect("--no-journal")
  otlp.send(otlp.captured_bodies("envoy"), collector.grpc)
  status = collector.status()
  assert (status["journal_state"], status["journal_bytes"]) == ("off", 0)
  assert not journal_of(sandbox).exists()


def test_every_road_is_journaled_and_nothing_but_protobuf(sandbox):
  bodies = otlp.captured_bodies("envoy")
  collector = sandbox.collect()
  for body in bodies:
    assert otlp.post(collector.http, body, compress=True).status_code == 200
  message = {"resourceSpans": [{"scopeSpans": [{"spans": [{
    "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "in JSON",
    "startTimeUnixNano": "1", "endTimeUnixNano": "2"}]}]}]}
  import requests
  assert requests.post(
    f"http://{collector.http}/v1/traces", json=message, timeout=20).status_code == 200
  collector.process.kill()
  collector.process.wait()
  again = sandbox.collect()
  assert replayed(again)["spans_held"] == 40
  names = [s["name"] for t in sandbox.json("trace", "any", "--json")["traces"] for s in t["spans"]]
  assert "in JSON" in names


def test_what_a_rule_hashes_or_removes_is_never_on_the_disk(sandbox):
  config = sandbox.root / "plugins.yaml"
  config.write_text("""\
plugins:
  - name: SpanAttributeCustomizer
    kind: plugins.span_attribute_customizer.span_attribute_customizer.SpanAttributeCustomizerPlugin
    mode: enforce
    config:
      transformations: [{field: user.email, operation: hash}]
      remove_attributes: [tool.id]
""")
  collector = sandbox.collect("--contextforge-config", config, AUTH_ENCRYPTION_SECRET="sesame")
  otlp.send(otlp.captured_bodies("contextforge"), collector.grpc)
  ruled = span_attributes(sandbox)
  collector.stop()
  # Without rules, so that what is on the disk is what is shown.
  again = sandbox.collect()
  replayed(again)
  assert span_attributes(sandbox) == ruled
  assert not any("tool.id" in attributes for attributes in ruled.values())


def span_attributes(sandbox):
  traces = sandbox.json("trace", "any", "--json", "--limit", "1000000")["traces"]
  return {
    (s["traceId"], s["spanId"]): {a["key"]: a["value"] for a in s["attributes"]}
    for t in traces for s in t["spans"]}


# Faults


def keeps_receiving(sandbox, collector, state):
  """A collector whose journal is not written: it holds and shows what comes, and says so."""
  bodies = otlp.captured_bodies("envoy")
  held = collector.status()["spans_held"]
  otlp.send(bodies, collector.grpc)
  status = collector.status()
  assert status["spans_held"] == held + 39
  assert status["journal_state"] == state
  assert status["journal_reason"]
  assert status["journal_requests_unwritten"] == len(bodies)
  assert f"journal {state}: " in sandbox.log
  return status


def test_a_foreign_file_is_left_alone_and_said_on_screen(sandbox, live):
  path = journal_of(sandbox)
  path.parent.mkdir()
  path.write_text("my notes")
  window, _ = live(columns=120, rows=40)
  window.wait_for("journal foreign, spans are in memory only:")
  assert path.read_text() == "my notes"


def test_somebody_elses_database_is_left_alone(sandbox):
  path = journal_of(sandbox)
  path.parent.mkdir()
  with sqlite3.connect(path) as database:
    database.execute("CREATE TABLE frames (id INTEGER PRIMARY KEY, data BLOB)")
  database.close()
  before = path.read_bytes()
  collector = sandbox.collect()
  keeps_receiving(sandbox, collector, "foreign")
  collector.stop()
  assert path.read_bytes() == before


def test_two_collectors_do_not_share_a_journal(sandbox):
  first = sandbox.collect()
  second = sandbox.collect("--socket", str(sandbox.root / "other.sock"))
  status = keeps_receiving(sandbox, second, "in use")
  assert f"process {first.process.pid}" in status["journal_reason"]
  otlp.send(otlp.captured_bodies("envoy"), first.grpc)
  assert first.status()["journal_spans"] == 39


def test_a_deleted_folder_is_noticed(sandbox):
  collector = sandbox.collect("--journal", str(sandbox.root / "kept" / "journal.sqlite"))
  otlp.send(otlp.captured_bodies("envoy"), collector.grpc)
  assert collector.status()["journal_state"] == "on"
  shutil.rmtree(sandbox.root / "kept")
  bodies = otlp.captured_bodies("plano")
  otlp.send(bodies, collector.grpc)
  status = collector.status()
  assert status["journal_state"] == "gone"
  assert status["journal_requests_unwritten"] == len(bodies)
  assert status["spans_held"] == 39 + 1066
  assert not (sandbox.root / "kept").exists()


def test_nobody_else_may_read_the_journal_whatever_the_umask(sandbox):
  before = os.umask(0)
  try:
    collector = sandbox.collect()
  finally:
    os.umask(before)
  otlp.send(otlp.captured_bodies("envoy"), collector.grpc)
  folder = journal_of(sandbox).parent
  assert folder.stat().st_mode & 0o777 == 0o700
  modes = {p.name: p.stat().st_mode & 0o777 for p in folder.iterdir()}
  assert {"journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"} <= set(modes)
  assert set(modes.values()) == {0o600}


class Mount:
  """A file system that only one collector sees, mounted in a namespace of its own."""

  def __init__(self, sandbox, mount):
    self.sandbox = sandbox
    self.folder = sandbox.root / "mounted"
    self.folder.mkdir()
    self.mount = mount.replace("FOLDER", str(self.folder))
    probe = subprocess.run(
      ["unshare", "--mount", "sh", "-c", f"mount --make-rprivate / && {self.mount}"],
      capture_output=True, text=True)
    if probe.returncode != 0:
      pytest.skip(f"mounting is not allowed here: {probe.stderr.strip()}")

  def collect(self, *arguments):
    command = " ".join([
      str(self.sandbox.binary), "collect", "--grpc 127.0.0.1:0", "--http 127.0.0.1:0",
      f"--journal {self.folder}/journal.sqlite", *arguments])
    process = subprocess.Popen(
      ["unshare", "--mount", "sh", "-c",
       f"mount --make-rprivate / && {self.mount} && exec {command}"],
      env=self.sandbox.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
      stderr=subprocess.PIPE, text=True)
    self.sandbox.processes.append(process)
    return Collector(self.sandbox, process)

  def inside(self, collector, command):
    subprocess.run(
      ["nsenter", "--target", str(collector.process.pid), "--mount", "sh", "-c",
       command.replace("FOLDER", str(self.folder))], check=True)


def test_a_full_disk_is_said_and_written_again_when_there_is_room(sandbox):
  mount = Mount(sandbox, "mount -t tmpfs -o size=1m tmpfs FOLDER")
  collector = mount.collect()
  chance = random.Random(5)
  template = load.Template(512)
  with otlp.GRPC(collector.grpc) as client:
    def fill():
      # What does not compress.
      message = ExportTraceServiceRequest.FromString(template.next(chance))
      for span, _, _ in otlp.spans_of(message):
        span.attributes.append(plano.attribute("noise", chance.randbytes(512).hex()))
      client.export(message.SerializeToString())
      return collector.status()["journal_state"] == "full"

    wait_until(fill, lambda: f"the disk is full; {collector.status()}")
    status = collector.status()
    assert "full" in status["journal_reason"]
    assert status["spans_held"] == status["spans_received"]
    kept = status["journal_spans"]
    mount.inside(collector, "mount -o remount,size=64m FOLDER")

    def written():
      client.export(template.next(chance))
      return collector.status()["journal_state"] == "on"

    wait_until(written, lambda: f"it is written again; {collector.status()}", every=0.5)
    assert collector.status()["journal_spans"] >= kept + 512
  assert "journal full: " in sandbox.log
  assert "journal: written again" in sandbox.log


def test_a_read_only_journal_is_read_and_not_written(sandbox):
  first = sandbox.collect("--journal", str(sandbox.root / "source.sqlite"))
  otlp.send(otlp.captured_bodies("envoy"), first.grpc)
  first.stop()
  mount = Mount(sandbox, "mount --bind FOLDER FOLDER && mount -o remount,ro,bind FOLDER FOLDER")
  shutil.copy(sandbox.root / "source.sqlite", mount.folder / "journal.sqlite")
  collector = mount.collect()
  assert replayed(collector)["spans_held"] == 39
  bodies = otlp.captured_bodies("plano")
  otlp.send(bodies, collector.grpc)
  status = collector.status()
  assert status["journal_state"] == "read-only"
  assert status["spans_held"] == 39 + 1066


def test_a_journal_is_no_reason_to_start_later_or_to_wake_up(sandbox):
  collector = sandbox.collect()
  otlp.send(otlp.captured_bodies("plano"), collector.grpc)
  replayed(collector)
  path = pathlib.Path(f"/proc/{collector.process.pid}/task")

  def switches():
    return sum(
      int(line.split()[1]) for task in path.iterdir()
      for line in (task / "status").read_text().splitlines()
      if line.startswith("voluntary_ctxt_switches"))

  wait_until(lambda: not_changed(switches), "nothing wakes up for two seconds", timeout=30)


def not_changed(read):
  before = read()
  time.sleep(2)
  return read() == before
