"""`tracetop top`: groups made by the collector, as text and as JSON."""

import json

import pytest
from harness import otlp, plano


def send(collector, chance, requests):
  """Requests as (tenant, status, milliseconds, model)."""
  for tenant, status, milliseconds, model in requests:
    request = plano.Request(
      chance, tenant=tenant, user=f"{tenant}-1", model=model, status=status,
      milliseconds=milliseconds)
    otlp.send(request.bodies(), collector.grpc)


@pytest.fixture
def filled(collector, chance):
  send(
    collector, chance,
    [("acme", 200, 100, "gpt-4o")] * 3 + [("acme", 504, 900, "gpt-4o")]
    + [("globex", 200, 200, "claude")] * 2)
  return collector


def top(sandbox, *arguments):
  result = sandbox.run("top", *arguments)
  assert result.returncode == 0, result.stderr
  return result.stdout


def test_json_has_the_promised_shape(sandbox, filled):
  answer = json.loads(top(sandbox, "--by", "tenant", "--json"))
  assert answer["by"] == "tenant"
  assert [row["value"] for row in answer["rows"]] == ["acme", "globex"]
  acme, globex = answer["rows"]
  assert set(acme) == {
    "value", "traces", "errors", "error_rate", "p50_ms", "p95_ms", "p99_ms", "tokens", "cost_usd",
    "first_error_unix_nano"}
  assert (acme["traces"], acme["errors"], acme["error_rate"]) == (4, 1, 0.25)
  assert (globex["traces"], globex["errors"], globex["first_error_unix_nano"]) == (2, 0, None)
  assert acme["first_error_unix_nano"] > 0
  assert acme["p50_ms"] == pytest.approx(100, rel=0.05)
  assert acme["p99_ms"] == pytest.approx(900, rel=0.05)
  assert answer["quantile_error"] == pytest.approx(1 / 64)


def test_text_is_a_table_without_escapes(sandbox, filled):
  text = top(sandbox, "--by", "tenant")
  lines = text.splitlines()
  assert lines[0].split()[:4] == ["tenant", "REQ", "ERR", "ERR%"]
  assert lines[1].split()[:4] == ["acme", "4", "1", "25%"]
  assert "\x1b" not in text


def test_where_and_since_narrow(sandbox, filled):
  rows = json.loads(top(sandbox, "--by", "model", "--where", "tenant.id=globex", "--json"))["rows"]
  assert [row["traces"] for row in rows] == [2]
  assert json.loads(
    top(sandbox, "--by", "tenant", "--since", "1h", "--json"))["rows"][0]["traces"] == 4


def test_what_nobody_has_is_not_set(sandbox, filled):
  result = sandbox.run("top", "--by", "tenat.id")
  assert result.returncode == 0
  assert "(not set)" in result.stdout
  assert "did you mean tenant.id?" in result.stderr
  rows = json.loads(top(sandbox, "--by", "tenat.id", "--json"))["rows"]
  assert [(row["value"], row["traces"]) for row in rows] == [(None, 6)]


def test_an_empty_collector_has_no_rows(sandbox, collector):
  assert json.loads(top(sandbox, "--by", "tenant", "--json"))["rows"] == []
  assert top(sandbox, "--by", "tenant") == "No traces found.\n"


@pytest.mark.parametrize(
  "arguments, code", [
    (["--by", "dur"], 1), (["--by", "tenant", "--where", "dur>x"], 1),
    (["--by", "tenant", "--since", "soon"], 1), ([], 2), (["--by"], 2)])
def test_slips_are_said(sandbox, collector, arguments, code):
  result = sandbox.run("top", *arguments)
  assert result.returncode == code
  assert result.stdout == ""


def test_no_collector_is_three(sandbox):
  result = sandbox.run("top", "--by", "tenant")
  assert result.returncode == 3
  assert result.stdout == ""
