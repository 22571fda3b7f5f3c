"""TLS and client certificates: real clients against the real program."""

import re
import socket
import ssl
import subprocess
import time

import grpc
import pytest
import requests
from harness import otlp
from harness.certificates import private_file
from harness.http2 import PREFACE, Raw, export
from harness.secure import TOKEN, call, code_of, credentials, tls_options
from harness.waiting import wait_until
from test_commands import fails_clearly

BODY = otlp.captured_bodies("envoy")[0]
SPANS = sum(1 for _ in otlp.spans_of(otlp.ExportTraceServiceRequest.FromString(BODY)))


def test_tls_is_spoken_by_real_clients(sandbox, authority, server):
  collector = sandbox.collect(*tls_options(server))
  assert call(collector.grpc, credentials(authority), body=BODY) == b""
  answer = requests.post(
    f"https://{collector.http}/v1/traces", data=BODY, verify=str(authority.certificate),
    headers={"Content-Type": "application/x-protobuf"}, timeout=10)
  assert (answer.status_code, answer.content) == (200, b"")
  said = subprocess.run(
    ["curl", "-sS", "--cacert", authority.certificate, f"https://{collector.http}/healthz"],
    capture_output=True, text=True, timeout=20)
  assert (said.returncode, said.stdout) == (0, "ok\n"), said.stderr
  status = collector.wait_for_spans(2 * SPANS)
  assert (status["tls"], status["client_certificates"], status["tokens"]) == (True, False, False)
  assert status["tls_handshakes_failed"] == 0
  assert "TLS" in sandbox.run("status", "--from", collector.source).stdout


def test_the_protocol_is_agreed_on_in_the_handshake(collector, sandbox, authority, server):
  collector = sandbox.collect(*tls_options(server), "--socket", "off")
  for address, offered, expected in [
      (collector.grpc, ["h2", "http/1.1"], "h2"), (collector.grpc, [], None),
      (collector.http, ["h2", "http/1.1"], "http/1.1"), (collector.http, ["http/1.1"], "http/1.1")]:
    context = ssl.create_default_context(cafile=str(authority.certificate))
    if offered:
      context.set_alpn_protocols(offered)
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as plain:
      with context.wrap_socket(plain, server_hostname="localhost") as secured:
        assert secured.selected_alpn_protocol() == expected
        assert secured.version() == "TLSv1.3"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_versions_of_tls_are_refused(sandbox, authority, server):
  collector = sandbox.collect(*tls_options(server))
  context = ssl.create_default_context(cafile=str(authority.certificate))
  context.maximum_version = ssl.TLSVersion.TLSv1_1
  context.minimum_version = ssl.TLSVersion.TLSv1
  context.set_ciphers("ALL:@SECLEVEL=0")
  host, port = collector.grpc.rsplit(":", 1)
  with socket.create_connection((host, int(port)), timeout=10) as plain:
    with pytest.raises(ssl.SSLError):
      context.wrap_socket(plain, server_hostname="localhost")
  wait_until(lambda: collector.status()["tls_handshakes_failed"] == 1, lambda: collector.status())
  assert "old version of TLS" in sandbox.log


def test_client_certificates_are_demanded(sandbox, authority, server, client, stranger):
  collector = sandbox.collect(*tls_options(server, authority))
  assert call(collector.grpc, credentials(authority, client), body=BODY) == b""
  assert code_of(collector.grpc, credentials(authority), body=BODY) == grpc.StatusCode.UNAVAILABLE
  assert (
    code_of(collector.grpc, credentials(authority, stranger), body=BODY)
    == grpc.StatusCode.UNAVAILABLE)
  url, headers = f"https://{collector.http}/v1/traces", {"Content-Type": "application/x-protobuf"}
  post = lambda pair: requests.post(
    url, data=BODY, verify=str(authority.certificate), cert=pair, headers=headers, timeout=10)
  assert post(client.pair).status_code == 200
  for pair in (None, stranger.pair):
    with pytest.raises(requests.exceptions.ConnectionError):
      post(pair)
  status = collector.wait_for_spans(2 * SPANS)
  # grpcio tries more than once.
  assert status["spans_received"] == 2 * SPANS and status["tls_handshakes_failed"] >= 4
  log = sandbox.log
  assert re.search(r"refused, TLS handshake: 127\.0\.0\.1: it showed no certificate", log), log
  # However many fail, the log has one line of a kind in ten seconds.
  assert log.count("TLS handshake") <= 3, log


def test_expired_client_certificates_are_refused(sandbox, authority, server):
  collector = sandbox.collect(*tls_options(server, authority))
  expired = authority.issue("expired", days=-1)
  assert (
    code_of(collector.grpc, credentials(authority, expired), body=BODY)
    == grpc.StatusCode.UNAVAILABLE)
  assert collector.status()["spans_received"] == 0
  assert "not valid now" in sandbox.log


def test_an_expired_certificate_of_the_collector_is_said_and_refused_by_clients(
    sandbox, authority):
  expired = authority.issue("old", days=-1)
  collector = sandbox.collect(*tls_options(expired))
  assert code_of(collector.grpc, credentials(authority), body=BODY) == grpc.StatusCode.UNAVAILABLE
  result = sandbox.run(
    "status", "--from", collector.grpc, "--tls-ca", authority.certificate)
  fails_clearly(result, collector.grpc, "not valid now")
  assert "has expired" in collector.stop()[1]


def test_plain_text_on_a_tls_port_is_told_so(sandbox, authority, server):
  collector = sandbox.collect(*tls_options(server))
  answer = requests.get(f"http://{collector.http}/healthz", timeout=10)
  assert (answer.status_code, answer.text) == (400, "this port takes TLS only\n")
  with Raw(collector.grpc) as peer:
    peer.send(PREFACE + export(BODY))
    assert b"this port takes TLS only" in peer.read()
  assert code_of(collector.grpc, body=BODY) == grpc.StatusCode.UNAVAILABLE
  fails_clearly(
    sandbox.run("status", "--from", collector.grpc), collector.grpc, "for TLS give --tls-ca")
  status = collector.status()
  assert status["spans_received"] == 0 and status["tls_handshakes_failed"] >= 4
  # Somebody who only looks whether the port is open has not failed at anything.
  before = status["tls_handshakes_failed"]
  Raw(collector.grpc).close()
  assert call(collector.grpc, credentials(authority), body=BODY) == b""
  assert collector.status()["tls_handshakes_failed"] == before


def test_tls_on_a_plain_port_fails_quickly(sandbox, collector, authority):
  assert code_of(collector.grpc, credentials(authority), body=BODY) == grpc.StatusCode.UNAVAILABLE
  with pytest.raises(requests.exceptions.SSLError):
    requests.get(f"https://{collector.http}/healthz", timeout=10)
  result = sandbox.run("status", "--from", collector.grpc, "--tls-ca", authority.certificate)
  fails_clearly(result, collector.grpc)
  otlp.send([BODY], collector.grpc)
  assert collector.wait_for_spans(SPANS)["requests_refused"] >= 1


def test_a_handshake_that_never_ends_is_ended(sandbox, authority, server):
  collector = sandbox.collect(*tls_options(server))
  silent, slow = Raw(collector.grpc, timeout=30), Raw(collector.http, timeout=30)
  began = time.monotonic()
  # The head of a TLS record, and then a byte now and then.
  slow.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
  # Meanwhile others are served.
  assert call(collector.grpc, credentials(authority), body=BODY) == b""
  assert silent.read() == b"" and slow.read() == b""
  assert time.monotonic() - began < 25
  wait_until(lambda: collector.status()["tls_handshakes_failed"] == 2, lambda: collector.status())
  assert "in time" in sandbox.log


def test_rubbish_in_a_handshake_harms_nobody(sandbox, authority, server, chance):
  collector = sandbox.collect(*tls_options(server))
  for _ in range(200):
    address = chance.choice([collector.grpc, collector.http])
    with Raw(address) as peer:
      peer.send(b"\x16\x03\x01" + chance.randbytes(chance.randrange(0, 600)))
      if chance.random() < 0.3:
        peer.reset()
  assert call(collector.grpc, credentials(authority), body=BODY) == b""
  assert collector.wait_for_spans(SPANS)["spans_received"] == SPANS


# Reading anew


def test_sighup_reads_certificates_and_tokens_anew(sandbox, authority, server, tokens, tmp_path):
  certificate = tmp_path / "live.crt"
  key = private_file(tmp_path / "live.key", server.key.read_text())
  certificate.write_text(server.certificate.read_text())
  collector = sandbox.collect(
    "--tls-cert", certificate, "--tls-key", key, "--token-file", tokens)
  assert call(collector.grpc, credentials(authority), TOKEN, body=BODY) == b""

  def shown():
    host, port = collector.grpc.rsplit(":", 1)
    return ssl.get_server_certificate((host, int(port)), timeout=10)

  first = shown()
  # A half-written pair changes nothing.
  renewed = authority.issue("renewed")
  certificate.write_text(renewed.certificate.read_text())
  collector.process.send_signal(1)
  wait_until(lambda: "stay as they were" in sandbox.log, lambda: sandbox.log)
  assert shown() == first
  key.write_text(renewed.key.read_text())
  tokens.write_text("a-new-token-0123456789\n")
  collector.process.send_signal(1)
  wait_until(lambda: "read certificates and tokens anew" in sandbox.log, lambda: sandbox.log)
  assert shown() == renewed.certificate.read_text() != first
  assert (
    code_of(collector.grpc, credentials(authority), TOKEN) == grpc.StatusCode.UNAUTHENTICATED)
  assert call(collector.grpc, credentials(authority), "a-new-token-0123456789", body=BODY) == b""
  assert collector.stop()[0] == 0
