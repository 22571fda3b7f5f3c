"""The explorer as a person uses it: rows, filters, waterfall, details, help."""

import random
import re
import time

import pytest
from harness import otlp, plano
from harness.waiting import stays_true

# The mark in the first column of the selected row.
SELECTED = "▌"


def selected(window):
  """The text of the selected row, without its mark."""
  for row in window.rows():
    if row.startswith(SELECTED):
      return row[len(SELECTED):]
  return None


def send(addresses, *requests):
  otlp.send([body for request in requests for body in request.bodies()], addresses["grpc"])


def times(window):
  """The clock times of the rows on the screen, top row first."""
  return [row[1:9] for row in window.rows() if re.match(r".\d\d:\d\d:\d\d ", row)]


def test_an_empty_list_says_how_to_send_and_offers_the_demo(live):
  window, addresses = live()
  text = window.wait_for(addresses["grpc"])
  assert "OTEL_EXPORTER_OTLP_ENDPOINT" in text
  assert "demo" in text


def test_list_moves_and_filter_finds_one_tenant(live):
  window, addresses = live()
  with plano.Traffic(addresses["grpc"], per_second=20):
    window.wait_for("ten_003", "ten_005")
    before = window.text()
    window.wait(lambda: window.text() != before, "the list moves")

    window.type("/tenant.id=ten_003")
    # The count of matches is on the screen before Enter.
    window.wait_for("tenant.id=ten_003", " of ")
    window.press("Enter")
    window.wait(
      lambda: "ten_003" in window.text() and not re.search("ten_00[124-8]", window.text()),
      "only rows of ten_003")
    assert re.search(r"\d+ of \d+", window.text())

    window.press("Home")
    window.press("Down", "Down")
    row = window.wait(lambda: selected(window), "a selected row")
    window.press("Enter")
    text = window.wait_for("plano(llm)", "ROUTE", "FILTERS in")
    # Each in its place: filters before the model call, routing below it.
    assert text.index("FILTERS in") < text.index("plano(llm)") < text.index("ROUTE")
    window.press("Escape")
    window.wait(lambda: (selected(window) or "")[:30] == row[:30], f"the selection back on {row!r}")
  assert window.stderr() == ""


def test_selection_stays_put_while_rows_arrive(live):
  window, addresses = live()
  chance = random.Random(3)
  send(addresses, *[plano.Request(chance) for _ in range(6)])
  window.wait(lambda: len(times(window)) >= 6, "six rows")
  window.press("Down", "Down", "Down")
  row = window.wait(lambda: selected(window), "a selected row")
  marked = plano.Request(chance, tenant="newcomer")
  send(addresses, *[plano.Request(chance) for _ in range(10)], marked)
  window.wait_for("17 requests")
  assert selected(window)[:30] == row[:30]


def test_space_holds_the_list_and_counts_what_arrives(live):
  window, addresses = live()
  send(addresses, plano.Request(random.Random(1), tenant="early"))
  window.wait_for("early")
  window.press("Space")
  window.wait_for("HOLD")
  send(addresses, plano.Request(random.Random(2), tenant="late_one"))
  window.wait(lambda: "1 new" in window.text(), "the arrival is counted")
  assert "late_one" not in window.text()
  window.press("Space")
  window.wait_for("late_one")
  window.wait_without("HOLD")


def test_filter_errors_name_the_column(live):
  window, addresses = live()
  window.type("/tenant.id=acme dur>250")
  text = window.wait_for("column")
  assert "duration" in text
  window.press("Escape")
  window.press("Escape")
  window.wait_without("dur>250")


def test_value_first_completion_from_what_was_seen(live):
  window, addresses = live()
  send(addresses, plano.Request(random.Random(1), tenant="acme_corp"))
  window.wait_for("acme_corp")
  window.type("/acme")
  window.wait_for("tenant.id=acme_corp")
  window.press("Tab")
  window.press("Enter")
  window.wait_for("1 of 1")


def test_equals_excludes_and_undo(live):
  window, addresses = live()
  chance = random.Random(1)
  send(addresses, plano.Request(chance, tenant="acme"), plano.Request(chance, tenant="globex"))
  window.wait_for("acme", "globex")
  window.press("Home")
  top = window.wait(lambda: selected(window) or (window.press("Down") and None), "a selected row")
  tenant, other = ("acme", "globex") if "acme" in top else ("globex", "acme")
  window.press("!")
  window.wait_for("1 of 2", other)
  window.press("u")
  window.wait_for(tenant, other)
  window.press("=")
  window.wait_for("1 of 2", tenant)


def test_waterfall_details_and_fold(live):
  window, addresses = live(columns=120, rows=40)
  send(addresses, plano.Request(random.Random(1), tenant="acme", status=503, milliseconds=800))
  window.wait_for("acme")
  window.press("Enter")
  window.wait_for("plano(inbound)", "plano(orchestrator)", "plano(llm)")
  select(window, "plano(llm)")
  # The pane below tells of the selected span; Tab goes into it, and back.
  window.wait_for("http.status_code", "503", "tenant.id")
  window.press("Tab")
  window.wait_for("whole value")
  window.press("4")
  window.wait_for("service.name")
  window.press("Escape")
  window.wait_for("details")
  # Folding hides the children.
  window.press("h")
  window.wait_without("ROUTE ")
  window.press("l")
  window.wait_for("ROUTE ")


def select(window, word):
  """Moves down until the selected row has the word."""
  for _ in range(40):
    before = window.wait(lambda: selected(window), "a selected row")
    if word in before:
      return
    window.press("Down")
    window.wait(lambda: selected(window) != before, "the selection moves")
  raise AssertionError(f"no row with {word}:\n{window.text()}")


def test_waterfall_grows_while_spans_arrive(live):
  window, addresses = live()
  bodies = plano.Request(random.Random(1), tenant="acme").bodies()
  otlp.send(bodies[:1], addresses["grpc"])
  window.wait(lambda: times(window), "one row")
  window.press("Enter")
  window.wait_for("SPAN", "1 sp")
  otlp.send(bodies[1:], addresses["grpc"])
  window.wait_for("7 sp", "plano(llm)")
  window.press("g")
  window.wait_for("plano(inbound)", "plano(orchestrator)", "plano(outbound)")


def test_help_lists_the_keys_of_this_screen(live):
  window, _ = live()
  window.press("?")
  window.wait_for("Keys: trace list", "who is affected", "type a filter")
  window.press("Escape")
  window.wait_without("Keys: trace list")


def test_click_selects_and_wheel_scrolls(live):
  window, addresses = live()
  chance = random.Random(1)
  end = time.time_ns()
  send(addresses, *[
    plano.Request(chance, user=f"person{number:02d}", end=end - number * 10**9)
    for number in range(40)])
  window.wait_for("person00", "40 requests")
  number, row = window.row_with("person03")
  window.click(number, 12)
  window.wait(lambda: "person03" in (selected(window) or ""), "the clicked row is selected")
  window.wheel(number, 12)
  window.wait_without("person00")
  window.wheel(number, 12, down=False)
  window.wait_for("person00")


def test_where_on_the_command_line_filters(live):
  window, addresses = live("--where", "tenant.id=acme")
  chance = random.Random(1)
  send(addresses, plano.Request(chance, tenant="acme"), plano.Request(chance, tenant="globex"))
  window.wait_for("acme", "1 of 2")
  assert "globex" not in window.text()


def test_escape_never_quits_and_q_quits_from_the_list_alone(live):
  window, addresses = live()
  send(addresses, plano.Request(random.Random(1), tenant="acme"))
  window.wait_for("acme")
  window.press("Escape", "Escape", "Enter")
  window.wait_for("plano(llm)")
  window.press("q")
  window.wait(lambda: times(window), "the list")
  window.press("Escape")
  stays_true(lambda: not window.is_dead, 1.0)
  window.press("q")
  assert window.exit_code() == 0


@pytest.mark.parametrize("capture", ["plano", "envoy", "contextforge"])
def test_captures_of_real_gateways_can_be_walked_through(live, capture):
  """Every row opens and closes without a torn screen or a crash."""
  window, addresses = live()
  otlp.send(otlp.rebased(otlp.captured_bodies(capture)), addresses["grpc"])
  window.wait(lambda: len(times(window)) >= 10, "a full list")
  window.press("Home")
  for _ in range(12):
    window.press("Enter")
    window.wait(lambda: not times(window), "a waterfall")
    window.press("Escape")
    window.wait(lambda: times(window), "the list")
    window.press("Down")
  window.press("PageDown", "G", "g")
  window.wait(lambda: times(window), "the list")
  assert not window.is_dead
  assert window.stderr() == ""


def test_demo_key_fills_the_list(live):
  window, _ = live()
  window.wait_for("press D")
  window.press("D")
  window.wait(lambda: len(times(window)) >= 5, "demo rows")
  assert window.stderr() == ""


def test_demo_option_fills_the_list(live):
  window, _ = live("--demo")
  window.wait(lambda: len(times(window)) >= 5, "demo rows")
