"""`tracetop trace` and Plano's own `planoai trace`, form by form on the same traffic; and the real
planoai pointed at tracetop.

FORMS is planoai's command line as its own tests exercise it. Each must give the same against
planoai's listener and tracetop's, and `tracetop trace` must give the same again. What is different on
purpose, because planoai's result is a fault, is in test_planoai_differences.py."""

import json
import re

import pytest
from harness import otlp, planoai

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
