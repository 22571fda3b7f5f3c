"""One-shot commands: what they print, how they fail, what they return."""

import json
import os
import signal
import socket
import subprocess

import pytest
from harness import otlp, plano
from harness.program import free_port, is_open
from harness.waiting import wait_until


def fails_clearly(result, *words, code=1):
  """One line on stderr that names the trouble, nothing on stdout, and the promised exit code."""
  assert result.returncode == code, (result.returncode, result.stdout, result.stderr)
  assert result.stdout == ""
  lines = result.stderr.strip().splitlines()
  assert len(lines) == 1, result.stderr
  for word in words:
    assert str(word) in lines[0], lines[0]


# Starting


def test_taken_port_is_said(sandbox):
  with socket.socket() as taken:
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    port = taken.getsockname()[1]
    for option, other in (("--grpc", "--http"), ("--http", "--grpc")):
      fails_clearly(sandbox.run("collect", option, f"127.0.0.1:{port}", other, "off"), port)


def test_socket_left_by_a_dead_process_is_replaced(sandbox):
  collector = sandbox.collect()
  collector.process.kill()
  collector.process.wait()
  assert sandbox.socket.is_socket()
  again = sandbox.collect()
  assert again.unix == str(sandbox.socket)
  assert again.status()["spans_received"] == 0


def test_socket_of_a_living_collector_is_left_alone(sandbox, collector):
  result = sandbox.run("collect", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0")
  fails_clearly(result, collector.unix)
  assert collector.status()["spans_received"] == 0


def test_missing_directory_of_a_socket_is_said(sandbox):
  place = sandbox.root / "nowhere" / "collector.sock"
  fails_clearly(
    sandbox.run("collect", "--grpc", "off", "--http", "off", "--socket", place), sandbox.root)


@pytest.mark.parametrize(
  "address", ["127.0.0.1", "127.0.0.1:banana", "127.0.0.1:70000", "nohost.invalid:1"])
def test_bad_address_is_said(sandbox, address):
  fails_clearly(sandbox.run("collect", "--http", "off", "--grpc", address), address)


def test_everything_else_is_free_again_after_a_failed_start(sandbox):
  port = free_port()
  with socket.socket() as taken:
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    occupied = f"127.0.0.1:{taken.getsockname()[1]}"
    assert sandbox.run(
      "collect", "--grpc", f"127.0.0.1:{port}", "--http", occupied).returncode == 1
  assert not sandbox.socket.exists()
  sandbox.collect(grpc=f"127.0.0.1:{port}")


def test_socket_and_its_folder_are_the_users_alone(collector):
  assert os.stat(collector.unix).st_mode & 0o777 == 0o600
  assert os.stat(os.path.dirname(collector.unix)).st_mode & 0o777 == 0o700


def test_socket_is_removed_when_the_collector_leaves(sandbox, collector):
  code, error = collector.stop()
  assert (code, error) == (0, "")
  assert not sandbox.socket.exists()


def test_detached_collector_says_the_same_and_stays(sandbox):
  result = sandbox.run("collect", "--detach", "--grpc", "127.0.0.1:0", "--http", "off")
  try:
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["listening", "listening", "ready"]
    otlp.send(otlp.captured_bodies("envoy"), lines[0].split()[2])
    assert sandbox.json("status", "--json")["spans_received"] == 39
  finally:
    stopped = sandbox.run("stop", "--from", f"unix:{sandbox.socket}")
  assert stopped.returncode == 0, stopped.stderr
  assert sandbox.run("status", "--from", f"unix:{sandbox.socket}").returncode == 3


def test_address_of_other_machines_needs_a_word(sandbox):
  fails_clearly(sandbox.run("collect", "--http", "off", "--grpc", "0.0.0.0:0"), "insecure-remote")


# Usage


@pytest.mark.parametrize("arguments", [
  ["--no-such-option"], ["no-such-command"], ["collect", "--memory", "lots"], ["trace", "--limit"],
  ["live", "--where", "("], ["attach", "a", "b"]])
def test_usage_errors_exit_2(sandbox, arguments):
  result = sandbox.run(*arguments)
  assert result.returncode == 2, result.stderr
  assert result.stdout == ""
  assert result.stderr.strip()


def test_help_and_version(sandbox):
  for arguments in (["--help"], ["help"], ["collect", "--help"], ["trace", "--help"]):
    result = sandbox.run(*arguments)
    assert result.returncode == 0
    assert "USAGE" in result.stdout
  version = sandbox.run("--version")
  assert version.returncode == 0
  assert version.stdout.strip()[0].isdigit() or "tracetop" in version.stdout


@pytest.mark.parametrize("arguments", [
  ["status"], ["status", "--json"], ["trace"], ["trace", "any", "--json"], ["stop"]])
def test_without_a_collector_the_exit_code_is_3(sandbox, arguments):
  if is_open(4317):
    pytest.skip("somebody's collector listens on 4317, where these commands look last")
  fails_clearly(sandbox.run(*arguments), code=3)


def test_bad_filter_names_the_column(sandbox, collector):
  result = sandbox.run("trace", "any", "--where", "tenant.id=acme and dur>250")
  fails_clearly(result, "column 24", "duration", "250")


# Looking


@pytest.fixture
def three(collector, chance):
  """A collector that holds three requests: acme's fast and failed ones, and globex's."""
  requests = [
    plano.Request(chance, tenant="acme", user="ada", milliseconds=100),
    plano.Request(chance, tenant="acme", user="bob", milliseconds=900, status=503),
    plano.Request(chance, tenant="globex", user="eve", milliseconds=400),
  ]
  otlp.send([body for request in requests for body in request.bodies()], collector.grpc)
  collector.wait_for_spans(21)
  collector.requests = requests
  return collector


def trace_ids(collector, *arguments):
  answer = collector.sandbox.json("trace", *arguments, "--json", "--from", collector.source)
  return [trace["trace_id"] for trace in answer["traces"]]


def test_trace_by_id_and_by_its_first_eight_digits(three):
  wanted = three.requests[1].trace_id.hex()
  assert trace_ids(three, wanted) == [wanted]
  assert trace_ids(three, wanted[:8]) == [wanted]
  assert trace_ids(three, wanted.upper()) == [wanted]
  assert trace_ids(three, "f" * 32) == []


def test_trace_last_is_the_newest(three):
  assert trace_ids(three, "last") == [three.requests[2].trace_id.hex()]


@pytest.mark.parametrize("target", ["abc", "00000000", "0" * 32, "ghijklmn"])
def test_trace_refuses_what_is_no_id(three, target):
  result = three.sandbox.run("trace", target, "--from", three.source)
  assert result.returncode in (1, 2)
  assert "hex" in result.stderr


@pytest.mark.parametrize("where, expected", [
  ("tenant.id=acme", {0, 1}), ("tenant.id=acme verdict=error", {1}), ("tenant=globex", {2}),
  ("trace.dur>300ms", {1, 2}), ("tenant.id!=acme", {2}), ("user.id in (ada, eve)", {0, 2}),
  ("http.status_code=503", {1}), ("user.id=nobody", set()), ("gpt or claude", {0, 1, 2})])
def test_trace_where_selects_traces(three, where, expected):
  found = trace_ids(three, "any", "--where", where)
  assert set(found) == {three.requests[number].trace_id.hex() for number in expected}


def test_trace_where_with_a_key_that_no_span_has_says_so(three):
  result = three.sandbox.run("trace", "any", "--where", "tenat.id=acme")
  fails_clearly(result, "Unknown --where key(s): tenat.id")


def test_trace_where_twice_means_both(three):
  found = trace_ids(three, "any", "--where", "tenant.id=acme", "--where", "user.id=ada")
  assert found == [three.requests[0].trace_id.hex()]


def test_trace_list_and_limit(three):
  answer = three.sandbox.json(
    "trace", "any", "--list", "--json", "--limit", "2", "--from", three.source)
  assert list(answer) == ["trace_ids"]
  assert len(answer["trace_ids"]) == 2
  lines = three.sandbox.run("trace", "any", "--list", "--from", three.source).stdout
  for request in three.requests:
    assert request.trace_id.hex()[:8] in lines


def test_trace_shows_a_tree_for_people(three):
  request = three.requests[1]
  text = three.sandbox.run("trace", request.trace_id.hex(), "--from", three.source).stdout
  for service in ("inbound", "orchestrator", "llm", "filter", "routing"):
    assert f"plano({service})" in text
  assert "\x1b" not in text


def test_trace_summary_tells_what_the_request_was(three):
  request = three.requests[1]
  answer = three.sandbox.json("trace", request.trace_id.hex(), "--json", "--from", three.source)
  summary = answer["traces"][0]["summary"]
  assert summary["verdict"] == "error"
  assert summary["tenant"] == "acme"
  assert summary["user"] == "bob"
  assert summary["spans"] == 7
  assert summary["root_name"] == "POST /v1/chat/completions"
  assert summary["duration_ms"] == pytest.approx(900, abs=1)
  assert summary["provider"] == request.model.split("/")[0]
  assert (summary["tokens_in"], summary["tokens_out"]) == (120, 480)
  assert summary["complete"] is True


def test_answers_come_over_tcp_too(three):
  answer = three.sandbox.json("trace", "any", "--list", "--json", "--from", three.grpc)
  assert len(answer["trace_ids"]) == 3


def test_status_says_what_runs(three):
  status = three.status()
  assert {
    "version", "uptime_seconds", "endpoints", "spans_received", "spans_held", "traces_held",
    "spans_rejected", "spans_dropped", "spans_evicted", "requests", "memory_bytes",
    "memory_budget_bytes", "viewers"} <= set(status)
  assert (status["spans_received"], status["traces_held"]) == (21, 3)
  text = three.sandbox.run("status", "--from", three.source).stdout
  assert "21" in text and three.grpc in text


def test_stop_ends_the_collector(sandbox, collector):
  assert sandbox.run("stop").returncode == 0
  assert collector.process.wait(20) == 0
  assert sandbox.run("status", "--from", collector.source).returncode == 3


# The demo


def test_demo_sends_requests_of_both_gateways(sandbox, collector):
  result = sandbox.run("demo", "--rate", "40", "--seconds", "3", "--to", collector.grpc)
  assert result.returncode == 0, result.stderr
  answer = sandbox.json("trace", "any", "--json", "--limit", "1000000")
  assert len(answer["traces"]) >= 60
  services = {span["service"] for trace in answer["traces"] for span in trace["spans"]}
  assert {"plano(inbound)", "plano(llm)", "plano(filter)"} <= services
  verdicts = {trace["summary"]["verdict"] for trace in answer["traces"]}
  assert {"ok", "error"} <= verdicts
  assert len({trace["summary"]["tenant"] for trace in answer["traces"]} - {None}) >= 3


def test_demo_finds_the_collector_of_its_user(sandbox, collector):
  assert sandbox.run("demo", "--rate", "20", "--seconds", "1").returncode == 0
  assert collector.status()["spans_received"] > 0


def test_interrupted_demo_exits_130(sandbox, collector):
  process = sandbox.start("demo", "--rate", "20")
  wait_until(lambda: collector.status()["spans_received"] > 0, "the demo sends")
  process.send_signal(signal.SIGINT)
  assert process.wait(20) == 130


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_collector_leaves_cleanly(collector, number):
  code, error = collector.stop(number)
  assert code == (130 if number == signal.SIGINT else 0)
  assert error == ""


def test_output_into_a_closed_pipe_is_no_crash(sandbox, collector):
  otlp.send(otlp.captured_bodies("plano"), collector.grpc)
  line = f"{sandbox.binary} trace any --json --limit 1000000 | head -c 100"
  result = subprocess.run(
    ["bash", "-c", line + '; exit "${PIPESTATUS[0]}"'], env=sandbox.environment,
    capture_output=True, text=True, timeout=30)
  assert result.returncode in (0, 1, 128 + signal.SIGPIPE)
  assert "Fatal" not in result.stderr and "trap" not in result.stderr


def test_json_on_a_large_answer_is_whole(collector):
  otlp.send(otlp.captured_bodies("contextforge"), collector.grpc)
  text = collector.sandbox.run("trace", "any", "--json", "--limit", "1000000", timeout=60).stdout
  assert len(text) > 4 * 1024 * 1024
  assert len(json.loads(text)["traces"]) == 491
