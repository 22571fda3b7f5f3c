"""Tokens, files, secrets, and who is let in: real clients against the real program."""

import json
import os
import pathlib

import grpc
import pytest
import requests
from harness import otlp
from harness.certificates import private_file
from harness.secure import OTHER, TOKEN, call, code_of, credentials, tls_options
from harness.waiting import wait_until
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GRPCExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HTTPExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from test_commands import fails_clearly

BODY = otlp.captured_bodies("envoy")[0]
SPANS = sum(1 for _ in otlp.spans_of(otlp.ExportTraceServiceRequest.FromString(BODY)))


# Tokens


def test_calls_without_a_known_token_are_refused(sandbox, tokens):
  collector = sandbox.collect("--token-file", tokens)
  unauthenticated = grpc.StatusCode.UNAUTHENTICATED
  wrong = [
    None, "x", TOKEN[:-1], TOKEN + "0", TOKEN[::-1], TOKEN.upper(), "# who may send", "0" * 4_000]
  for token in wrong:
    assert code_of(collector.grpc, token=token, body=BODY) == unauthenticated, token
  for token in (TOKEN, OTHER):
    assert call(collector.grpc, token=token, body=BODY) == b""
  url = f"http://{collector.http}/v1/traces"
  for header in [None, "", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, *[f"Bearer {t}" for t in wrong]]:
    headers = {"Content-Type": "application/json"}
    if header is not None:
      headers["Authorization"] = header
    answer = requests.post(url, data=b'{"resourceSpans":[]}', headers=headers, timeout=10)
    assert answer.status_code == 401, header
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["code"] == 16
  for scheme in ("Bearer", "bearer", "BEARER"):
    answer = requests.post(
      url, data=BODY, timeout=10,
      headers={"Content-Type": "application/x-protobuf", "Authorization": f"{scheme} {TOKEN}"})
    assert answer.status_code == 200
  status = collector.wait_for_spans(5 * SPANS)
  assert status["requests_unauthenticated"] == len(wrong) + 5 + len(wrong) + 1
  assert status["tokens"] is True
  log = sandbox.log
  assert "unauthenticated" in log and TOKEN not in log and log.count("unauthenticated") <= 2


def test_health_is_for_all_and_figures_are_not(sandbox, tokens):
  collector = sandbox.collect("--token-file", tokens)
  url = f"http://{collector.http}"
  assert requests.get(f"{url}/healthz", timeout=10).text == "ok\n"
  assert call(collector.grpc, path="/grpc.health.v1.Health/Check") == b"\x08\x01"
  assert requests.get(f"{url}/metrics", timeout=10).status_code == 401
  answer = requests.get(
    f"{url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
  assert answer.status_code == 200
  assert "tracetop_requests_unauthenticated_total 1\n" in answer.text
  for path in (
      "/tracetop.v1.Collector/Status", "/tracetop.v1.Collector/Watch", "/plano.TraceQuery/GetTraces",
      "/opentelemetry.proto.collector.logs.v1.LogsService/Export"):
    assert code_of(collector.grpc, path=path) == grpc.StatusCode.UNAUTHENTICATED, path
  # A page of this machine asks before it may show a token.
  asked = requests.options(
    f"{url}/v1/traces", timeout=10, headers={
      "Origin": "http://localhost:3000", "Access-Control-Request-Method": "POST",
      "Access-Control-Request-Headers": "authorization,content-type"})
  assert asked.status_code == 204
  assert "authorization" in asked.headers["Access-Control-Allow-Headers"]


def test_the_sdk_sends_with_certificates_and_tokens(
    sandbox, authority, server, client, tokens, monkeypatch):
  # To `requests` the environment goes before what its session was told.
  for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
    monkeypatch.delenv(name, raising=False)
  collector = sandbox.collect(*tls_options(server, authority), "--token-file", tokens)
  exporters = [
    GRPCExporter(
      endpoint=f"https://{collector.grpc}", credentials=credentials(authority, client),
      headers={"authorization": f"Bearer {TOKEN}"}),
    HTTPExporter(
      endpoint=f"https://{collector.http}/v1/traces", certificate_file=str(authority.certificate),
      client_certificate_file=str(client.certificate), client_key_file=str(client.key),
      headers={"Authorization": f"Bearer {TOKEN}"})]
  for exporter in exporters:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    provider.get_tracer("test").start_span("secured").end()
    provider.shutdown()
  assert collector.wait_for_spans(2)["requests_unauthenticated"] == 0
  assert collector.status()["tls_handshakes_failed"] == 0


# Our own clients


def test_commands_show_certificates_and_tokens(
    sandbox, authority, server, client, stranger, tokens):
  collector = sandbox.collect(
    *tls_options(server, authority), "--token-file", tokens, "--socket", "off")
  shown = [
    "--tls-ca", authority.certificate, "--tls-cert", client.certificate, "--tls-key", client.key,
    "--token-file", tokens]
  demo = sandbox.run("demo", "--rate", "50", "--seconds", "0.2", "--to", collector.grpc, *shown)
  assert demo.returncode == 0, demo.stderr
  for address in (collector.grpc, collector.grpc.replace("127.0.0.1", "localhost")):
    status = sandbox.json("status", "--json", "--from", address, *shown)
    assert status["spans_received"] > 0
  traces = sandbox.json("trace", "any", "--json", "--from", collector.grpc, *shown)
  assert traces["traces"]

  def fails(*options, words=()):
    fails_clearly(
      sandbox.run("status", "--from", collector.grpc, *options), collector.grpc, *words)

  fails("--tls-ca", authority.certificate, "--token-file", tokens, words=["certificate"])
  fails(
    "--tls-ca", authority.certificate, "--tls-cert", stranger.certificate, "--tls-key",
    stranger.key, words=["authority"])
  fails(*shown[:6], words=["token", "--token-file"])
  other = private_file(tokens.parent / "wrong", "not-the-token-of-this-collector\n")
  fails(*shown[:7], other, words=["token is not known"])
  fails(
    "--tls-ca", stranger.certificate.parent / "stranger-ca.crt", words=["certificate"])
  # Over the network nobody ends a collector, whatever they show.
  result = sandbox.run("stop", "--from", collector.grpc, *shown)
  fails_clearly(result, "Unix socket")
  assert collector.process.poll() is None


def test_a_certificate_for_another_host_is_refused(sandbox, authority):
  elsewhere = authority.issue("elsewhere", names="DNS:collector.example,IP:192.0.2.1")
  collector = sandbox.collect(*tls_options(elsewhere))
  for address in (collector.grpc, collector.grpc.replace("127.0.0.1", "localhost")):
    fails_clearly(
      sandbox.run("status", "--from", address, "--tls-ca", authority.certificate),
      "another host's")


def test_the_explorer_attaches_over_tls(sandbox, terminal, authority, server, client, tokens):
  collector = sandbox.collect(
    *tls_options(server, authority), "--token-file", tokens, "--socket", "off")
  window = terminal(
    "attach", collector.grpc, "--tls-ca", authority.certificate, "--tls-cert", client.certificate,
    "--tls-key", client.key, "--token-file", tokens)
  for body in otlp.rebased(otlp.captured_bodies("envoy")):
    call(collector.grpc, credentials(authority, client), TOKEN, body=body)
  window.wait_for("POST")
  attached = json.loads(sandbox.run(
    "status", "--json", "--from", collector.grpc, "--tls-ca", authority.certificate,
    "--tls-cert", client.certificate, "--tls-key", client.key, "--token-file", tokens).stdout)
  assert attached["viewers"] == 1


# Files and options


def test_files_that_others_can_read_are_refused(sandbox, authority, server, tokens):
  for mode in (0o640, 0o604, 0o644, 0o660):
    tokens.chmod(mode)
    fails_clearly(
      sandbox.run("collect", "--grpc", "127.0.0.1:0", "--http", "off", "--token-file", tokens),
      tokens, "others can read", "chmod 600")
    key = private_file(tokens.parent / "key", server.key.read_text(), mode)
    fails_clearly(
      sandbox.run(
        "collect", "--grpc", "127.0.0.1:0", "--http", "off", "--tls-cert", server.certificate,
        "--tls-key", key), key, "others can read")
    fails_clearly(
      sandbox.run("status", "--from", "127.0.0.1:1", "--token-file", tokens), "others can read")


@pytest.mark.parametrize("text, words", [
  ("", ["no token"]), ("# only this\n\n", ["no token"]), ("two words\n", [":1:", "one word"]),
  ("fine-token-0123456789\nt\u00f6ken\n", [":2:", "ASCII"]), ("x" * 5_000, ["4096"]),
  ("token\n" * 101, ["101", "100"])])
def test_files_that_are_no_tokens_are_refused(sandbox, tmp_path, text, words):
  path = private_file(tmp_path / "tokens", text)
  result = sandbox.run("collect", "--grpc", "127.0.0.1:0", "--http", "off", "--token-file", path)
  fails_clearly(result, path, *words)
  assert "two words" not in result.stderr and "fine" not in result.stderr


def test_files_that_are_no_certificates_are_refused(sandbox, authority, server, client, tmp_path):
  rubbish = private_file(tmp_path / "rubbish", "-----BEGIN CERTIFICATE-----\nno\n")
  base = ["collect", "--grpc", "127.0.0.1:0", "--http", "off"]
  pairs = [
    (rubbish, server.key, [rubbish, "no certificate"]),
    (server.certificate, rubbish, [rubbish, "no private key"]),
    (server.certificate, client.key, [server.certificate, client.key, "do not belong together"]),
    (tmp_path / "missing", server.key, ["missing", "No such file"])]
  for certificate, key, words in pairs:
    fails_clearly(sandbox.run(*base, "--tls-cert", certificate, "--tls-key", key), *words)
  fails_clearly(
    sandbox.run(*base, *tls_options(server), "--tls-client-ca", rubbish), rubbish, "no certificate")


@pytest.mark.parametrize("options", [
  ["--tls-cert", "x"], ["--tls-key", "x"], ["--tls-client-ca", "x"]])
def test_options_that_belong_together_are_said(sandbox, options):
  fails_clearly(sandbox.run("collect", *options), "--tls-cert", "--tls-key", code=2)


def test_addresses_that_others_reach_need_more_than_one_thing(
    sandbox, authority, server, client, tokens):
  def refused(*options, words):
    fails_clearly(
      sandbox.run("collect", "--http", "off", "--grpc", "0.0.0.0:0", *options),
      "0.0.0.0:0", "--insecure-remote", *words)

  refused(words=["not loopback", "--tls-cert"])
  refused("--token-file", tokens, words=["tokens would cross", "--tls-cert"])
  refused(*tls_options(server), words=["TLS alone", "--tls-client-ca", "--token-file"])
  fails_clearly(
    sandbox.run("collect", "--grpc", "off", "--http", "0.0.0.0:0"), "--http 0.0.0.0:0")
  for number, options in enumerate([
      [*tls_options(server), "--token-file", tokens], tls_options(server, authority),
      ["--insecure-remote"], ["--insecure-remote", "--token-file", tokens]]):
    collector = sandbox.collect(
      *options, "--socket", sandbox.root / f"{number}.sock", grpc="0.0.0.0:0")
    assert collector.grpc.startswith("0.0.0.0:")


# Secrets


def test_secrets_are_nowhere_to_be_seen(sandbox, authority, server, client, tokens):
  collector = sandbox.collect(*tls_options(server, authority), "--token-file", tokens)
  call(collector.grpc, credentials(authority, client), TOKEN, body=BODY)
  with pytest.raises(grpc.RpcError):
    call(collector.grpc, credentials(authority, client), TOKEN + "-wrong", body=BODY)
  seen = [
    pathlib.Path(f"/proc/{collector.process.pid}/cmdline").read_bytes().decode(),
    json.dumps(collector.status()), sandbox.run("status", "--from", collector.source).stdout,
    sandbox.log,
    requests.get(
      f"https://{collector.http}/metrics", verify=str(authority.certificate), cert=client.pair,
      headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10).text]
  code, error = collector.stop()
  assert code == 0
  key = "".join(server.key.read_text().splitlines()[1:-1])
  for text in [*seen, *collector.lines, error]:
    assert TOKEN not in text and OTHER not in text and key[:40] not in text

# What others can read


def test_no_file_is_anybody_elses_whatever_the_umask(sandbox, terminal):
  before = os.umask(0)
  try:
    collector = sandbox.collect()
    window = terminal("attach")
    window.wait_for("tracetop")
    window.type("/dur>1ms")
    window.press("Enter")
    detached = sandbox.run(
      "collect", "--detach", "--grpc", "127.0.0.1:0", "--http", "off", "--socket",
      sandbox.root / "own.sock")
    assert detached.returncode == 0
  finally:
    os.umask(before)
  history = sandbox.root / "state" / "tracetop" / "history"
  wait_until(history.exists, "a filter is in the history")
  made = [
    path for folder in ("run", "state", "home", "config") for path in (sandbox.root / folder).rglob("*")]
  made += list(sandbox.root.glob("own.*"))
  names = {path.name for path in made}
  assert {"tracetop.log", "history", "collector.sock", "collector.pid", "own.sock", "own.pid"} <= names
  for path in made:
    mode = path.lstat().st_mode
    assert mode & 0o077 == 0, (path, oct(mode))
  assert sandbox.run("stop", "--from", f"unix:{sandbox.root / 'own.sock'}").returncode == 0
  assert collector.stop()[0] == 0
