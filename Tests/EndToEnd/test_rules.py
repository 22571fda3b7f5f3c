"""Rules for attributes: what a collector was told to hash, rename and remove, is nowhere to be seen."""

import hashlib
import hmac
import json
import os
import time

import pytest
from harness import otlp
from harness.waiting import wait_until

CUSTOMIZER = """\
plugins:
  - name: SpanAttributeCustomizer
    kind: plugins.span_attribute_customizer.span_attribute_customizer.SpanAttributeCustomizerPlugin
    mode: enforce
    config:
      global_attributes: {region: eu-1}
      transformations:
        - {field: user.email, operation: hash}
        - {field: langfuse.user.id, operation: hash}
      attribute_mapping: {"tool.integration_type": "acme.kind"}
      remove_attributes: [tool.id]
"""


def file(sandbox, name, text, mode=0o600):
  path = str(sandbox.root / name)
  with open(path, "w") as out:
    out.write(text)
  os.chmod(path, mode)
  return path


def attributes(sandbox):
  traces = sandbox.json("trace", "any", "--json")["traces"]
  return [
    {a["key"]: a["value"] for a in span["attributes"]} for t in traces for span in t["spans"]]


def test_captured_spans_come_back_as_the_rules_left_them(sandbox, terminal):
  bodies = otlp.captured_bodies("contextforge")
  raw = {
    a.value.string_value for body in bodies
    for span, _, _ in otlp.spans_of(otlp.ExportTraceServiceRequest.FromString(body))
    for a in span.attributes if a.key == "user.email"}
  assert raw
  config = file(sandbox, "plugins.yaml", CUSTOMIZER)
  collector = sandbox.collect("--contextforge-config", config, AUTH_ENCRYPTION_SECRET="sesame")
  otlp.send(bodies, collector.grpc)
  spans = attributes(sandbox)
  hashed = {hmac.new(b"sesame", v.encode(), hashlib.sha256).hexdigest()[:32] for v in raw}
  assert {s["user.email"]["stringValue"] for s in spans if "user.email" in s} == hashed
  assert all(s["region"] == {"stringValue": "eu-1"} for s in spans)
  assert not any("tool.id" in s or "tool.integration_type" in s for s in spans)
  rules = {r["name"]: r for r in collector.status()["rules"]}
  assert rules["global_attributes region"]["spans"] == len(spans)
  assert rules["transformations hash user.email"] == {
    "name": "transformations hash user.email", "source": f"{config}:8",
    "spans": sum("user.email" in s for s in spans)}
  window = terminal("attach", "--where", f"user={sorted(hashed)[0]}")
  window.wait_for("POST /rpc")
  for address in raw:
    assert address not in window.text()


@pytest.mark.parametrize("yaml, line, reason", [
  ("transformations:\n  - {field: a, operation: hash}\n", 2, "hash needs a key"),
  ("global_attributes:\n  a: [1]\n", 2, "found a list"),
  ("global_attributes: {\n", 2, "not YAML"),
])
def test_bad_rules_are_refused_with_file_and_line(sandbox, yaml, line, reason):
  config = file(sandbox, "plugins.yaml", yaml)
  result = sandbox.run(
    "collect", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0", "--contextforge-config", config)
  assert result.returncode == 1
  assert result.stderr.startswith(f"tracetop: {config}:{line}: ")
  assert reason in result.stderr
  assert len(result.stderr.strip().splitlines()) == 1


def test_a_secret_that_others_can_read_is_refused(sandbox):
  secret = file(sandbox, "secret", "sesame\n", mode=0o644)
  result = sandbox.run("collect", "--rules-secret-file", secret)
  assert result.returncode == 1
  assert "others can read this file" in result.stderr


def test_the_secret_of_a_private_file_is_taken_without_its_line_end(sandbox):
  config = file(sandbox, "plugins.yaml", CUSTOMIZER)
  secret = file(sandbox, "secret", "sesame\n")
  collector = sandbox.collect("--contextforge-config", config, "--rules-secret-file", secret)
  otlp.send(otlp.captured_bodies("contextforge"), collector.grpc)
  known = hmac.new(b"sesame", b"admin@example.com", hashlib.sha256).hexdigest()[:32]
  assert known in json.dumps(attributes(sandbox))


def test_rules_are_no_rules_where_a_collector_runs_already(sandbox, collector, terminal):
  config = file(sandbox, "plugins.yaml", CUSTOMIZER)
  window = terminal("live", "--contextforge-config", config)
  assert window.exit_code() == 1
  assert "a collector runs already" in window.stderr()


def test_an_attached_explorer_shows_the_rules_and_counts_on(sandbox, terminal):
  config = file(sandbox, "plugins.yaml", CUSTOMIZER)
  plano = file(sandbox, "plano.yaml", "tracing: {random_sampling: 25}")
  collector = sandbox.collect(
    "--contextforge-config", config, "--plano-config", plano, AUTH_ENCRYPTION_SECRET="sesame")
  bodies = otlp.captured_bodies("contextforge")
  otlp.send(bodies[:10], collector.grpc)
  window = terminal("attach", columns=120)
  window.wait_for("POST /rpc", "Plano keeps 25%", "5 rules")
  window.press("?", "/")
  window.type("rules tool.id")
  window.press("Enter")

  def shown():
    spans = {r["name"]: r["spans"] for r in collector.status()["rules"]}
    return f"{spans['remove_attributes tool.id']:,} spans" in window.text()

  window.wait(shown, "how often the rule acted before")
  before = window.text()
  otlp.send(bodies[10:], collector.grpc)
  window.wait(lambda: shown() and window.text() != before, "how often it has acted since")
  window.press("Escape")
  window.wait_for("TENANT")
  window.press("r")
  window.wait_for("ROUTES & FILTERS", "5 rules", "Plano keeps 25%")


VOCABULARY = """\
vocabulary:
  dimensions: {tenant: [acme.customer]}
  roles: [{role: tool, name: "acme.*"}]
"""


def test_viewers_read_spans_by_the_vocabulary_of_the_collector(sandbox, terminal):
  collector = sandbox.collect("--config", file(sandbox, "tracetop.yaml", VOCABULARY))
  request = otlp.ExportTraceServiceRequest()
  span = request.resource_spans.add().scope_spans.add().spans.add(
    trace_id=b"\x01" * 16, span_id=b"\x02" * 8, name="acme.lookup",
    start_time_unix_nano=time.time_ns() - 10**7, end_time_unix_nano=time.time_ns())
  span.attributes.add(key="acme.customer").value.string_value = "c-77"
  otlp.send([request.SerializeToString()], collector.grpc)
  document = sandbox.json("trace", "last", "--json")["traces"][0]
  assert document["summary"]["tenant"] == "c-77"
  assert document["spans"][0]["role"] == "tool"
  found = sandbox.json("trace", "any", "--where", "tenant=c-77 role=tool", "--list", "--json")
  assert found["trace_ids"] == ["01" * 16]
  window = terminal("attach", "--where", "tenant=c-77")
  window.wait_for("acme.lookup", "c-77")


def test_a_broken_configuration_here_is_said_and_the_collectors_vocabulary_read(sandbox, terminal):
  collector = sandbox.collect("--config", file(sandbox, "tracetop.yaml", VOCABULARY))
  otlp.send(otlp.captured_bodies("plano"), collector.grpc)
  own = sandbox.root / "config" / "tracetop" / "config.yaml"
  own.parent.mkdir(exist_ok=True)
  own.write_text("vocabulary: {dimensions: [1]}\n")
  said = f"{own}:1: "
  asked = sandbox.run("trace", "any", "--list", "--json", "--where", "http.method?")
  assert asked.returncode == 0, asked.stderr
  assert json.loads(asked.stdout)["trace_ids"]
  # Once, although it asks more than once.
  assert asked.stderr.count(said) == 1
  assert "going on with the collector's vocabulary" in asked.stderr
  tail = sandbox.start("tail")
  assert said in tail.stderr.readline()
  wait_until(lambda: collector.status()["viewers"] == 1, "it follows")
  tail.terminate()
  terminal("attach").wait_for("POST")
  # Where there is no collector to say a vocabulary, its own must be right.
  refused = sandbox.run("collect", "--grpc", "127.0.0.1:0", "--http", "off", "--socket", "off")
  assert (refused.returncode, refused.stdout) == (1, "")
  assert said in refused.stderr


def test_planos_sampling_is_shown(sandbox, live):
  config = file(
    sandbox, "plano.yaml", "tracing: {random_sampling: 25, span_attributes: {static: {env: prod}}}")
  window, addresses = live("--plano-config", config)
  otlp.send(otlp.captured_bodies("plano"), addresses["grpc"])
  window.press("?")
  window.press("/")
  window.type("rules")
  window.wait_for("Plano keeps 25% of traces: rates are a share", "static env")
