"""`tracetop trace` and Plano's own `planoai trace`, form by form on the same traffic; and the real
planoai pointed at tracetop.

FORMS is planoai's command line as its own tests exercise it. Each must give the same against
planoai's listener and tracetop's, and `tracetop trace` must give the same again. What is different on
purpose, because planoai's result is a fault, has a test of its own below that shows both sides."""

import json
import random
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from harness import otlp, plano, planoai
from harness.program import Sandbox, free_port

HOUR = 3600 * 1_000_000_000


class Both:
  """The same traffic held by planoai's listener and by a collector of tracetop."""

  def __init__(self, bodies):
    self.sandbox = Sandbox()
    self.collector = self.sandbox.collect()
    self.listener = planoai.Listener(self.sandbox)
    self.send(bodies)

  def send(self, bodies):
    for address in (self.collector.grpc, self.listener.address):
      otlp.send(bodies, address)

  @property
  def port(self):
    return int(self.collector.grpc.rsplit(":", 1)[1])

  def planoai(self, *arguments):
    """planoai against its own listener."""
    return planoai.trace(self.sandbox, self.listener.port, *arguments)

  def planoai_here(self, *arguments):
    """planoai against tracetop."""
    return planoai.trace(self.sandbox, self.port, *arguments)

  def tracetop(self, *arguments):
    return self.sandbox.run("trace", "--from", self.collector.source, *arguments)

  def ids(self, *arguments):
    return self.sandbox.json(
      "trace", *arguments, "--list", "--json", "--from", self.collector.source)["trace_ids"]

  def answers(self, *arguments):
    """All three, at the same time: starting Python is what takes long."""
    with ThreadPoolExecutor(3) as pool:
      return list(pool.map(
        lambda ask: ask(*arguments), (self.planoai, self.planoai_here, self.tracetop)))

  def close(self):
    self.sandbox.close()


@pytest.fixture(scope="module")
def both():
  """One request of each of Plano's kinds, a third of them two hours old."""
  bodies = otlp.rebased(planoai.one_of_each_kind())
  messages = [otlp.ExportTraceServiceRequest.FromString(body) for body in bodies]
  for span in (span for message in messages for span, _, _ in otlp.spans_of(message)):
    if span.trace_id[-1] % 3 == 0:
      span.start_time_unix_nano -= 2 * HOUR
      span.end_time_unix_nano -= 2 * HOUR
  both = Both([message.SerializeToString() for message in messages])
  yield both
  both.close()


@pytest.fixture
def holding():
  """Makes both hold what a test says."""
  opened = []

  def hold(bodies):
    opened.append(Both(bodies))
    return opened[-1]

  yield hold
  for both in opened:
    both.close()


def spans(trace_number, count, parent=None, attributes=(), start=None):
  """An export of one trace: a root that comes last, and so many spans below it."""
  chance = random.Random(trace_number)
  start = start or time.time_ns()
  trace_id, root = chance.randbytes(16), chance.randbytes(8)
  made = [otlp_span(trace_id, chance.randbytes(8), root, f"child {n}", start + n, attributes)
          for n in range(count - 1)]
  made.append(otlp_span(trace_id, root, parent or b"", "root", start, attributes))
  return trace_id.hex(), made


def otlp_span(trace_id, span_id, parent, name, start, attributes):
  return plano.Span(
    trace_id=trace_id, span_id=span_id, parent_span_id=parent, name=name,
    start_time_unix_nano=start, end_time_unix_nano=start + plano.MILLISECOND,
    attributes=[plano.attribute(key, value) for key, value in attributes])


def in_batches(made, size=1_000):
  return [plano.export("plano", made[at:at + size]) for at in range(0, len(made), size)]


# The same results

# {short} and {long} are the id of a trace of the traffic.
FORMS = [
  "", "last", "any", "{short}", "{long}", "any -v", "{long} --verbose",
  "--list", "any --list --no-interactive", "last --list", "--list --json", "any --list --json",
  "any --list --json --limit 1", "last --list --json",
  "--json", "last --json", "any --json", "{short} --json", "{long} --json", "any --no-interactive",
  "--limit 3 --json", "any --limit 3 --json", "--limit 0 --json",
  "--limit 2 --list --json", "--limit 2", "last --limit 5 --json",
  "any --since 1h --json", "any --since 60m --list --json", "--since 1d --json", "--since 1h",
  "any --since 3h --limit 2 --json",
  "any --where agent_id=weather_agent --json", "any --where http.status_code=503 --json",
  "any --where http.status_code=429 --json", "any --where http.status_code=500 --json",
  "any --where http.status_code=500", "any --where http.status_code=503 -v",
  "any --where http.status_code=999 --json", "any --where http.status_code=999",
  "any --where http.status_code=999 --list",
  "any --where agent_id=weather_agent --where http.status_code=500 --json",
  "any --where agent_id=weather_agent --where tenant.id=ten_005 --list --json",
  "last --where http.status_code=429 --json", "{short} --where http.method=POST --json",
  "any --where tenant.id=nobody --limit 1 --json", "--where http.status_code=429",
  "any --where plano.route.name=code|generation --json",
  "any --where response_flags=UT --json", "any --where request_size=150 --list --json",
  "any --filter http.* --json", "any --filter http.status_code --json",
  "any --filter http.method,llm.* --json", "any --filter http.method --filter llm.model --json",
  "any --filter * --json", "any --filter *.id --limit 3 --json", "--filter http.status_code",
  "any --filter http.*_code --where http.status_code=500 --json",
  "{short} --filter *_s*z* --json",
]


def arguments(form, trace_id):
  """A form's arguments; | stands for a space inside one."""
  filled = form.format(short=trace_id[:8], long=trace_id)
  return [word.replace("|", " ") for word in filled.split()]


@pytest.fixture(scope="module")
def a_trace(both):
  return both.ids("any")[17]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form or "(nothing)")
def test_every_form_gives_the_same(both, a_trace, form):
  asked = arguments(form, a_trace)
  original, here, ours = both.answers(*asked)
  assert original.returncode == 0, original.stderr
  # Every byte: planoai cannot tell tracetop from its own listener.
  assert (here.returncode, here.stdout, here.stderr) == (0, original.stdout, original.stderr)
  assert ours.returncode == 0, ours.stderr
  if "--json" in asked:
    expected, found = json.loads(original.stdout), json.loads(ours.stdout)
    if "traces" in expected:
      found = planoai.in_planos_fields(found)
    assert found == expected
  elif "--list" in asked or "No traces found." in original.stdout:
    assert ours.stdout.split() == original.stdout.split()
  else:
    shows_what_planoai_shows(ours.stdout, original.stdout)


def shows_what_planoai_shows(ours, original):
  """tracetop draws another tree, with all that is in planoai's."""
  found = planoai.words(ours)
  for line in original.splitlines():
    line = planoai.words(line)
    if not line or line.startswith("Trace:"):
      assert line == "" or line.split()[1] in found
      continue
    attribute = re.fullmatch(r"(\S+):(?: (.*))?", line)
    if attribute:
      key, value = attribute[1], attribute[2] or ""
      # The signs behind a status are planoai's own; words stand there in tracetop.
      value = value.split(" ")[0] if key == "http.status_code" else value
      quoted = value.replace("\\", "\\\\").replace('"', '\\"')
      assert f"{key}={value}" in found or f'{key}="{quoted}' in found, line
    elif "ms plano(" in line:
      # 12ms plano(llm) POST /v1/chat/completions
      service, _, name = line.split("ms ", 1)[1].partition(" ")
      assert service in found and name in found, line
    else:
      assert line in found, line


REFUSALS = [
  ("abc", "Trace ID must be 8 or 32 hex characters."),
  ("00000000", "Short trace ID must be 8 hex characters."),
  ("ghijklmn", "Short trace ID must be 8 hex characters."),
  ("0" * 32, "Trace ID must be 32 hex characters."),
  ("z" * 32, "Trace ID must be 32 hex characters."),
  ("{long} --list", "Target and --list cannot be used together."),
  ("{short} --list --json", "Target and --list cannot be used together."),
  ("any --where bad-format", "Invalid --where filter(s): bad-format. Use key=value."),
  ("any --where bad-format --where worse", "Invalid --where filter(s): bad-format, worse."),
  ("any --where not.a.real.key=value", "Unknown --where key(s): not.a.real.key"),
  ("any --where not.a=1 --where nor.b=2 --json", "Unknown --where key(s): not.a, nor.b"),
  ("{long} --where not.a.real.key=value", "Unknown --where key(s): not.a.real.key"),
  ("any --limit -1", "Limit must be greater than or equal to 0."),
  ("any --filter http.method,", "Filter contains empty tokens."),
  ("any --filter ,", "Filter contains empty tokens."),
  ("listen --json", "Trace ID must be 8 or 32 hex characters."),
  ("stop --list", "Target and --list cannot be used together."),
  ("down -v", "Trace ID must be 8 or 32 hex characters."),
  ("abc --filter a, --where x --limit -1", "Filter contains empty tokens."),
  ("abc --where x --limit -1", "Invalid --where filter(s): x. Use key=value."),
  ("abc --limit -1", "Limit must be greater than or equal to 0."),
]


@pytest.mark.parametrize("form, message", REFUSALS, ids=[form for form, _ in REFUSALS])
def test_every_refusal_is_the_same(both, a_trace, form, message):
  for answer in both.answers(*arguments(form, a_trace)):
    assert answer.returncode == 1, answer
    assert answer.stdout == ""
    assert message in planoai.words(answer.stderr)


@pytest.mark.parametrize(
  "form", ["any --no-such-option", "any more", "any --limit many", "any --limit", "--where"])
def test_wrong_usage_is_exit_2_in_both(both, form):
  assert [answer.returncode for answer in both.answers(*form.split())] == [2, 2, 2]


def test_an_empty_listener_is_said_in_the_same_words(holding):
  both = holding([])
  for answer in both.answers("any"):
    assert (answer.returncode, answer.stdout.strip()) == (0, "No traces found.")
  for answer in both.answers("--list"):
    assert (answer.returncode, answer.stdout.strip()) == (0, "No trace IDs found.")
  # To a listener without spans no key is unknown.
  for answer in both.answers("any", "--where", "a=b", "--json"):
    assert (answer.returncode, json.loads(answer.stdout)) == (0, {"traces": []})


def test_planoai_asks_tracetop_on_the_unix_socket_too(both):
  with otlp.GRPC(both.collector.source) as client:
    answer = client.call("/plano.TraceQuery/GetTraces", b"anything")
  with otlp.GRPC(both.listener.address) as client:
    original = client.call("/plano.TraceQuery/GetTraces", b"")
  assert json.loads(answer) == json.loads(original)


# What is different on purpose


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
