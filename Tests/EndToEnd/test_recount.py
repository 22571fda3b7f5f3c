"""The tables of routes and filters, and what each kind of request tells, against a second count."""

import collections
import json
import pathlib

import pytest
from harness import otlp, recount

STORIES = pathlib.Path(__file__).resolve().parents[1] / "Fixtures" / "stories"
CAPTURES = otlp.CAPTURES


def near(value, expected):
  """Whether a quantile is as near as the program says: 1.6 %."""
  if value is None or expected is None:
    return value is expected
  return abs(value - expected) <= 0.016 * expected + 1


def close(value, expected):
  if value is None or expected is None:
    return value is expected
  return abs(value - expected) <= 1e-9 * max(1, abs(expected))


class Cells:
  """The rows that the program's own test wrote down, by table and names."""

  def __init__(self, folder):
    self.rows = collections.defaultdict(dict)
    for line in (STORIES / f"routes-{folder}.txt").read_text().splitlines():
      row = json.loads(line)
      names = tuple(row["names"])
      assert names not in self.rows[row["table"]], f"two rows of {names}"
      self.rows[row["table"]][names] = row


@pytest.mark.parametrize("folder", ["plano", "contextforge", "envoy"])
def test_every_cell_of_the_tables_of_routes_and_filters(folder):
  requests = recount.requests_of(otlp.captured_bodies(folder))
  table = recount.Table(requests)
  rows = Cells(folder).rows
  whole = rows["all"][()]
  assert whole["requests"] == table.sums["requests"]
  assert whole["failed"] == table.sums["failed"]
  assert whole["withoutModel"] == table.sums["without_model"]
  assert near(whole.get("p50"), table.chain_p50)
  assert close(whole.get("share"), table.chain_share)
  assert close(rows["decisions"][()].get("share"), table.decision_share)

  def padded(names, count):
    return tuple(list(names) + [None] * (count - len(names)))

  routes = {(*key[:4], "default" if key[4] else None): row for key, row in table.routes.items()}
  assert set(rows["route"]) == set(routes)
  for key, row in routes.items():
    seen = rows["route"][key]
    assert (seen["requests"], seen["fallbacks"], seen["failed"], seen["costed"]) == (
      row["requests"], row["fallbacks"], row["failed"], row["costed"]), key
    assert close(seen["cost"], row["cost"]), key
    assert near(seen.get("p50"), recount.nearest(row["took"], 0.5)), key

  assert set(rows["step"]) == set(table.steps)
  for key, row in table.steps.items():
    seen = rows["step"][key]
    verdicts = row["verdicts"]
    assert (seen["requests"], seen["runs"], seen["allowed"], seen["modified"], seen["denied"],
            seen["errors"]) == (
      row["requests"], sum(verdicts.values()), verdicts["allow"], verdicts["modified"],
      verdicts["denied"], verdicts["error"]), key
    assert near(seen.get("p50"), recount.nearest(row["took"], 0.5)), key
    assert near(seen.get("p99"), recount.nearest(row["took"], 0.99)), key
    assert close(seen.get("share"), row["time"][0] / row["time"][1] if row["time"][1] else None)

  assert set(rows["denial"]) == set(table.denials)
  for key, times in table.denials.items():
    seen = rows["denial"][key]
    assert (seen["requests"], seen["first"], seen["last"]) == (
      len(times), min(times), max(times)), key
    newest = sorted(times, reverse=True)[:6]
    assert [int(example.split()[0]) for example in seen["examples"]] == newest, key

  switches = {
    ("allowed" if key[0] else "retained", *key[1:]): row for key, row in table.switches.items()}
  assert set(rows["switch"]) == set(switches)
  for key, row in switches.items():
    seen = rows["switch"][key]
    assert (seen["requests"], seen["costed"], seen["sessions"]) == (
      row["count"], row["costed"], len(row["sessions"])), key
    assert close(seen["cost"], row["cost"]), key
    assert close(seen.get("overhead"), row["overhead"]), key
    assert close(seen.get("sessionCost"), sum(row["sessions"].values())), key


def told(summary):
  """What `trace --json` says of a request, to be compared."""
  denial = summary["denial"]
  chain = collections.Counter()
  for step in summary["filters"]:
    chain[(step["name"], step["verdict"], step["direction"])] += step["count"]
  return {
    "verdict": summary["verdict"], "asked": summary["model_asked"], "model": summary["model"],
    "chain": chain,
    "denial": denial and (denial["filter"], denial["code"], denial["reason"])}


def counted(request):
  denial = request.denial
  chain = collections.Counter(
    (step.name, step.verdict, "output" if step.output else "input") for step in request.steps)
  return {
    "verdict": request.verdict, "asked": request.asked, "model": request.model, "chain": chain,
    "denial": denial and (denial.filter, denial.code, denial.reason)}


def compare(sandbox, bodies):
  """Compares every request that a collector holds with the second count of the same bodies, trace by
  trace; returns the verdicts."""
  documents = {
    t["trace_id"]: t["summary"] for t in sandbox.json("trace", "any", "--json")["traces"]}
  by_trace = collections.defaultdict(list)
  for request in recount.requests_of(bodies):
    for span in request.arrived:
      by_trace[span.trace].append(span)
  assert set(documents) == set(by_trace)
  different = {}
  for trace, spans in by_trace.items():
    seen, expected = told(documents[trace]), counted(recount.Request(spans))
    # What the summary knows of a request that no story names a model of is the list's.
    for field in ("asked", "model"):
      if expected[field] is None:
        seen[field] = None
    if seen != expected:
      different[trace] = {
        field: (seen[field], expected[field]) for field in seen if seen[field] != expected[field]}
  assert not different
  return {trace: told(documents[trace])["verdict"] for trace in by_trace}


@pytest.mark.parametrize("folder", ["plano", "contextforge"])
def test_what_every_captured_request_tells(sandbox, collector, folder):
  bodies = otlp.rebased(otlp.captured_bodies(folder))
  # Settled: nothing is still to come.
  bodies = otlp.rebased(bodies, now=__import__("time").time_ns() - 20 * 10**9)
  otlp.send(bodies, collector.grpc)
  verdicts = compare(sandbox, bodies)
  if folder == "plano":
    manifest = json.loads((CAPTURES / "plano" / "manifest.json").read_text())
    kinds = {row["kind"] for row in manifest}
    assert len(kinds) == 43
    assert all(trace in verdicts for row in manifest for trace in row["trace_ids"])
