"""Where `tracetop trace` differs from `planoai trace` on purpose, because planoai's result is a fault: each
test shows both sides."""

import json
import time

import pytest
from harness import otlp, planoai
from harness.both import HOUR, in_batches, spans
from harness.program import free_port


def test_upper_case_ids_are_ids(both, a_trace):
  assert json.loads(both.planoai(a_trace.upper(), "--json").stdout) == {"traces": []}
  found = both.sandbox.json(
    "trace", a_trace.upper(), "--json", "--from", both.collector.source)
  assert [trace["trace_id"] for trace in found["traces"]] == [a_trace]
  for answer in both.answers(a_trace[:8].upper(), "--json"):
    assert len(json.loads(answer.stdout)["traces"]) == 1


def test_since_knows_seconds_and_weeks_and_refuses_nonsense(both):
  everything = set(both.ids("any"))
  recent = set(both.ids("any", "--since", "1h"))
  assert 0 < len(recent) < len(everything)
  assert set(both.ids("any", "--since", "3600s")) == recent
  assert set(both.ids("any", "--since", "2w")) == everything
  for nonsense in ("3600s", "2w", "1.5h", "bogus", "h"):
    # planoai takes what it cannot read for nothing at all.
    answer = json.loads(both.planoai("any", "--since", nonsense, "--list", "--json").stdout)
    assert set(answer["trace_ids"]) == everything
  for nonsense in ("1.5h", "bogus", "h", "-5m", "5", "5M", ""):
    refused = both.tracetop("any", "--since", nonsense, "--json")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "expected a number and s, m, h, d or w" in refused.stderr


def test_since_leaves_traces_whole(holding):
  old, made = spans(1, 3, start=time.time_ns() - 2 * HOUR)
  made[0].start_time_unix_nano = time.time_ns()
  both = holding(in_batches(made))
  original, here, ours = (
    json.loads(answer.stdout)["traces"][0] for answer in both.answers("--since", "1h", "--json"))
  assert len(original["spans"]) == len(here["spans"]) == 1
  assert (ours["trace_id"], len(ours["spans"])) == (old, 3)


def test_filter_does_not_take_from_where(both):
  form = ("any", "--filter", "http.method", "--where", "http.status_code=500", "--json")
  assert json.loads(both.planoai(*form).stdout) == {"traces": []}
  found = json.loads(both.tracetop(*form).stdout)["traces"]
  assert [trace["trace_id"] for trace in found] == both.ids(
    "any", "--where", "http.status_code=500")
  keys = {attribute["key"] for trace in found for span in trace["spans"]
          for attribute in span["attributes"]}
  assert keys == {"http.method"}


def test_keys_that_are_not_there_are_warned_of_on_stderr(both):
  form = ("any", "--filter", "not-found-*", "--json")
  original = both.planoai(*form)
  assert original.returncode == 0
  with pytest.raises(json.JSONDecodeError):
    json.loads(original.stdout)
  ours = both.tracetop(*form)
  message = "Filter key(s) not found: not-found-*. Returning unfiltered traces."
  assert message in planoai.words(original.stdout)
  assert (ours.returncode, ours.stderr) == (0, f"tracetop: {message}\n")
  # planoai says so and leaves every attribute out.
  assert json.loads(ours.stdout) == json.loads(both.tracetop("any", "--json").stdout)
  assert planoai.in_planos_fields(json.loads(ours.stdout)) == json.loads(
    both.planoai("any", "--json").stdout)
  # One of two is there: it is kept, and the other is warned of.
  mixed = both.tracetop("any", "--filter", "not-found-*,http.method", "--json")
  assert mixed.stderr == "tracetop: Filter key(s) not found: not-found-*.\n"
  assert json.loads(mixed.stdout) == json.loads(
    both.tracetop("any", "--filter", "http.method", "--json").stdout)


def test_nobody_listening_is_no_empty_list(sandbox):
  port = free_port()
  original = planoai.trace(sandbox, port, "any")
  assert (original.returncode, original.stdout.strip()) == (0, "No traces found.")
  ours = sandbox.run("trace", "any", PLANO_TRACE_PORT=str(port))
  assert (ours.returncode, ours.stdout) == (3, "")
  assert "no collector is running" in ours.stderr


def test_limit_counts_in_a_list_for_people_too(both):
  for limit in (0, 2):
    original, here, ours = both.answers("any", "--list", "--limit", limit)
    assert original.stdout == here.stdout
    assert len(planoai.listed(original.stdout)) == 46
    assert len(planoai.listed(ours.stdout)) == limit


def test_a_key_that_stands_twice_is_found_by_either_value(both):
  asked, answered = "llm.model=openai/gpt-4o-mini", "llm.model=gpt-4o-mini-2024-07-18"
  original = json.loads(both.planoai("any", "--where", answered, "--list", "--json").stdout)
  assert set(original["trace_ids"]) <= set(both.ids("any", "--where", answered))
  # The model that was asked for stands first, and planoai looks at the last.
  missed = json.loads(both.planoai("any", "--where", asked, "--list", "--json").stdout)
  assert set(missed["trace_ids"]) < set(both.ids("any", "--where", asked))


def test_more_than_fifty_traces_and_five_hundred_spans_are_kept(holding):
  many = [spans(number, 1)[1][0] for number in range(60)]
  large, made = spans(1_000, 700)
  both = holding(in_batches(many) + in_batches(made))
  original, here, ours = (
    json.loads(answer.stdout)["traces"] for answer in both.answers("any", "--json"))
  assert (len(original), len(original[0]["spans"])) == (50, 500)
  # The root came last, and planoai keeps the first 500.
  assert all(span["parentSpanId"] for span in original[0]["spans"])
  for traces in (here, ours):
    assert (len(traces), traces[0]["trace_id"], len(traces[0]["spans"])) == (61, large, 700)


def test_more_than_four_mebibytes_do_not_blind_it(holding):
  text = [("text", "x" * 2_000)]
  made = [spans(number, 100, attributes=text)[1] for number in range(40)]
  both = holding([body for trace in made for body in in_batches(trace)])
  blind = both.planoai("any", "--list")
  assert (blind.returncode, blind.stdout.strip()) == (0, "No trace IDs found.")
  here = json.loads(both.planoai_here("any", "--json").stdout)["traces"]
  # The newest that fit, each whole.
  assert 10 < len(here) < 40
  newest = [trace[0].trace_id.hex() for trace in reversed(made)]
  assert [trace["trace_id"] for trace in here] == newest[:len(here)]
  assert all(len(trace["spans"]) == 100 for trace in here)
  assert both.ids("any") == newest


def test_a_trace_of_more_than_four_mebibytes_is_shown_in_part(holding):
  small, first = spans(1, 3)
  large, made = spans(2, 4_000, attributes=[("text", "x" * 2_000)])
  both = holding(in_batches(first) + in_batches(made, 500))
  here = json.loads(both.planoai_here("any", "--json").stdout)["traces"]
  assert [trace["trace_id"] for trace in here] == [large, small]
  assert here[0]["spans_left_out"] + len(here[0]["spans"]) == 4_000
  # With the root, although it came last.
  assert here[0]["spans"][-1]["name"] == "root"
  assert len(json.loads(both.tracetop(large, "--json").stdout)["traces"][0]["spans"]) == 4_000


def test_a_trace_is_what_has_its_id(holding):
  first, made = spans(1, 1)
  second, child = spans(2, 1, parent=made[0].span_id)
  both = holding(in_batches(child) + in_batches(made))
  original, here, ours = (
    json.loads(answer.stdout)["traces"] for answer in both.answers("any", "--json"))
  # planoai puts a span whose parent is in another trace into that trace.
  assert [(trace["trace_id"], len(trace["spans"])) for trace in original] == [(first, 2)]
  for traces in (here, ours):
    assert [(trace["trace_id"], len(trace["spans"])) for trace in traces] == [
      (first, 1), (second, 1)]


def test_lists_and_bytes_are_kept(holding):
  _, made = spans(1, 1)
  made[0].attributes.add(key="list").value.array_value.values.add(string_value="a")
  made[0].attributes.add(key="raw").value.bytes_value = b"\x00\xff"
  both = holding(in_batches(made))
  original, here, ours = (
    json.loads(answer.stdout)["traces"][0]["spans"][0]["attributes"]
    for answer in both.answers("--json"))
  assert original == []
  assert here == ours == otlp.attributes_json(made[0].attributes)


def test_the_listener_is_started_and_stopped_by_planoais_words(sandbox):
  port = free_port()
  asked = {"PLANO_TRACE_PORT": str(port)}
  none = sandbox.run("trace", "down", **asked)
  assert (none.returncode, none.stdout) == (0, "No background trace listener running\n")
  started = sandbox.run("trace", "listen", **asked)
  try:
    assert started.returncode == 0, started.stderr
    assert f"listening grpc 127.0.0.1:{port}\n" in started.stdout
    again = sandbox.run("trace", "listen", **asked)
    assert again.returncode == 0 and "already running" in again.stdout
    otlp.send(otlp.captured_bodies("envoy"), f"127.0.0.1:{port}")
    assert "plano(outbound)" in planoai.trace(sandbox, port).stdout
  finally:
    stopped = sandbox.run("trace", "stop", **asked)
  assert stopped.returncode == 0
  assert "Trace listener stopped" in stopped.stdout
