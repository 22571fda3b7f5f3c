"""The terminal itself: left as it was found, at any size, of any kind, quiet at rest."""

import os
import random
import re
import signal
import time
import unicodedata

import pytest
from harness import otlp, plano
from harness.program import process_figures
from harness.waiting import stays_true

LIVE = ("live", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0")


def screen_is_up(window):
  """The program has taken the screen over and drawn its status line."""
  return window.ask("alternate_on") == "1" and re.search("LIVE|tr/s", window.text())


class Shell:
  """A shell in a terminal that runs the explorer and compares what it leaves behind."""

  def __init__(self, terminal, sandbox, **settings):
    self.window = terminal(**settings)
    self.sandbox = sandbox
    self.window.wait_for("shell>")

  def stty(self, name):
    path = self.sandbox.root / name
    self.window.type(f"stty -a > {path}; echo done-{name}\n")
    self.window.wait_for(f"\ndone-{name}")
    return path.read_text()

  def start(self, *arguments):
    self.before = self.stty("before")
    self.modes = self.window.modes()
    pid_file = self.sandbox.root / "pid"
    command = " ".join(map(str, (self.sandbox.binary, *arguments)))
    self.window.type(
      f"sh -c 'echo $$ > {pid_file}; exec {command}' 2> {self.window.errors}; echo left-with-$?\n")
    self.window.wait(lambda: screen_is_up(self.window), "the explorer is up")
    self.pid = int(pid_file.read_text())
    assert self.window.modes() != self.modes

  def check_restored(self, code):
    self.window.wait_for(f"left-with-{code}")
    assert self.window.modes() == self.modes
    assert self.stty("after") == self.before


@pytest.mark.parametrize("keys", [["Q"], ["C-c"]])
def test_quitting_leaves_the_terminal_as_it_was(terminal, sandbox, keys):
  shell = Shell(terminal, sandbox)
  shell.start(*LIVE)
  shell.window.press(*keys)
  shell.check_restored(0)
  assert shell.window.stderr() == ""


@pytest.mark.parametrize("number", [
  signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
def test_signals_and_crashes_leave_the_terminal_as_it_was(terminal, sandbox, number):
  shell = Shell(terminal, sandbox)
  shell.start(*LIVE)
  os.kill(shell.pid, number)
  code = shell.window.wait(
    lambda: re.search(r"left-with-(\d+)", shell.window.text()), "the explorer leaves")[1]
  shell.check_restored(code)
  if number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS):
    assert int(code) == 128 + number
  elif number == signal.SIGINT:
    assert int(code) in (0, 130)


def test_a_crash_in_the_waterfall_leaves_the_terminal_as_it_was(terminal, sandbox):
  shell = Shell(terminal, sandbox)
  shell.start(*LIVE)
  status = sandbox.json("status", "--json")
  grpc = next(line.split()[1] for line in status["endpoints"] if line.startswith("grpc"))
  otlp.send(plano.Request(random.Random(1), tenant="acme").bodies(), grpc)
  shell.window.wait_for("acme")
  shell.window.press("Home", "Enter")
  shell.window.wait_for("plano(llm)")
  os.kill(shell.pid, signal.SIGSEGV)
  shell.check_restored(128 + signal.SIGSEGV)


def test_suspending_gives_the_shell_its_terminal_and_comes_back(terminal, sandbox):
  shell = Shell(terminal, sandbox)
  shell.start(*LIVE)
  shell.window.press("C-z")
  shell.window.wait_for("Stopped")
  assert shell.window.modes() == shell.modes
  assert shell.stty("stopped") == shell.before
  shell.window.type("clear; fg; echo left-with-$?\n")
  shell.window.wait(lambda: screen_is_up(shell.window), "the explorer is back")
  shell.window.press("Q")
  shell.check_restored(0)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_at_the_list_to_choose_from_leaves_the_terminal_as_it_was(
    terminal, sandbox, collector, number):
  otlp.send(plano.Request(random.Random(1), tenant="acme").bodies(), collector.grpc)
  shell = Shell(terminal, sandbox)
  before = shell.stty("before")
  modes = shell.window.modes()
  pid_file = sandbox.root / "pid"
  shell.window.type(
    f"sh -c 'echo $$ > {pid_file}; exec {sandbox.binary} trace --list'; echo left-with-$?\n")
  shell.window.wait_for("Select a trace to view:", "acme")
  assert shell.window.modes() != modes
  os.kill(int(pid_file.read_text()), number)
  shell.window.wait_for(f"left-with-{128 + number}")
  assert shell.window.modes() == modes
  assert shell.stty("after") == before


def test_failed_start_never_touches_the_screen(terminal, sandbox):
  shell_window = terminal()
  shell_window.wait_for("shell>")
  modes = shell_window.modes()
  shell_window.type(f"{sandbox.binary} live --grpc banana; echo left-with-$?\n")
  shell_window.wait_for("banana", "left-with-1")
  assert shell_window.modes() == modes


# Sizes


def fill(addresses, count=30, seed=5):
  chance = random.Random(seed)
  requests = [
    plano.Request(chance, tenant="acme", user=f"p{number:02d}") for number in range(count)]
  otlp.send([body for request in requests for body in request.bodies()], addresses["grpc"])


@pytest.mark.parametrize("columns, rows", [(60, 15), (80, 24), (120, 40), (200, 50)])
def test_sizes(live, columns, rows):
  window, addresses = live(columns=columns, rows=rows)
  fill(addresses)
  window.wait(lambda: window.text().count(" acme ") >= min(24, rows - 10), "a full list")
  assert len(window.rows()) == rows
  # The last row is in use: the screen is filled, not cut.
  assert window.rows()[-1].strip()
  window.press("Home", "Enter")
  window.wait_for("plano(llm)")
  assert window.stderr() == ""


@pytest.mark.parametrize("columns, rows", [(59, 14), (59, 24), (80, 14), (20, 5), (1, 1)])
def test_too_small_says_so_and_recovers(live, columns, rows):
  window, addresses = live()
  fill(addresses)
  window.wait_for("acme")
  window.resize(columns, rows)
  if columns >= 20:
    window.wait_for("tracetop needs", "60", "15")
  else:
    window.wait(lambda: len(window.rows()) == rows, "resized")
  window.resize(80, 24)
  window.wait_for("acme", "LIVE")
  assert not window.is_dead
  assert window.stderr() == ""


def test_resizing_keeps_the_selected_row(live):
  window, addresses = live()
  fill(addresses)
  window.wait_for("30 requests")

  def chosen():
    # On a wide screen the facets stand in front of the list.
    rows = (re.search(r"(?:^|│)▌(.*)", row) for row in window.rows())
    row = next((row[1] for row in rows if row), "")
    return re.search(r"\bp\d\d\b|$", row)[0]

  window.press("Home", "Down", "Down", "Down")
  # Those of the rows: what the status line says of durations has such words, too.
  rows = (re.match(r".\d\d:\d\d:\d\d .*?\b(p\d\d)\b", row) for row in window.rows())
  listed = [row[1] for row in rows if row]
  before = window.wait(lambda: chosen() == listed[3] and listed[3], "the fourth row is selected")
  for columns, rows in [(200, 50), (60, 15), (120, 40), (80, 24)]:
    window.resize(columns, rows)
    window.wait(
      lambda: len(window.rows()) == rows and chosen() == before,
      f"{before!r} selected at {columns}x{rows}")


def test_resizing_all_the_time_under_traffic(live):
  window, addresses = live()
  chance = random.Random(9)
  with plano.Traffic(addresses["grpc"], per_second=50):
    for _ in range(40):
      window.resize(chance.randrange(10, 220), chance.randrange(3, 60))
    window.resize(80, 24)
    window.wait_for("LIVE", "ten_00")
  assert not window.is_dead
  assert window.stderr() == ""


# Kinds of terminals


@pytest.mark.parametrize("term", ["xterm-256color", "tmux-256color", "screen", "linux", "vt100"])
def test_kinds_of_terminals(live, term):
  window, addresses = live(term=term)
  fill(addresses)
  window.wait_for("acme", "LIVE")
  window.press("Home", "Enter")
  window.wait_for("plano(llm)")
  window.press("Escape")
  window.wait_for("TIME", "acme")
  window.press("Q")
  assert window.exit_code() == 0
  assert window.stderr() == ""


def test_unknown_terminal_is_one_clear_line(sandbox, terminal):
  window = terminal(*LIVE, term="no-such-terminal")
  assert window.exit_code() == 1
  assert "no-such-terminal" in window.stderr()
  assert len(window.stderr().strip().splitlines()) == 1


COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-7]|38|4[0-7]|48|9[0-7])[;0-9]*m")


@pytest.mark.parametrize("options, environment", [
  ([], {"NO_COLOR": "1"}), (["--no-color"], {}), ([], {"term": "vt100"})])
def test_without_colours_everything_is_still_said(live, options, environment):
  window, addresses = live(*options, **environment)
  chance = random.Random(1)
  failed = plano.Request(chance, tenant="acme", status=503)
  otlp.send(failed.bodies(), addresses["grpc"])
  window.wait_for("acme")
  assert not COLOUR.search(window.styled())
  assert re.search(r" E +acme", window.text())


def test_colours_by_default(live):
  window, addresses = live()
  otlp.send(plano.Request(random.Random(1), tenant="acme", status=503).bodies(), addresses["grpc"])
  window.wait_for("acme")
  window.wait(lambda: COLOUR.search(window.styled()), "colours")


@pytest.mark.parametrize("options, environment", [
  (["--ascii"], {}), ([], {"LANG": "C"}), ([], {"LANG": "C.UTF-8", "LC_ALL": "POSIX"})])
def test_ascii_only_when_asked_or_when_the_locale_has_no_more(live, options, environment):
  window, addresses = live(*options, **environment)
  fill(addresses)
  window.wait_for("acme")
  assert window.text().isascii(), window.text()
  window.press("Home", "Enter")
  window.wait_for("plano(llm)")
  assert window.text().isascii(), window.text()


# Text from strangers


def test_hostile_text_is_shown_and_never_obeyed(live):
  window, addresses = live(columns=120)
  chance = random.Random(1)
  hostile = "evil\x1b]0;owned\x07\x1b[2J\x1b[31m\u202eabc\x9b1m\r\n\tend"
  request = plano.Request(chance, tenant=hostile, user="mallory", name=f"POST {hostile}")
  otlp.send(request.bodies(), addresses["grpc"])
  window.record()
  window.wait_for("mallory", "evil", "LIVE")
  assert "owned" not in window.ask("pane_title")
  window.press("Home", "Enter")
  window.wait_for("evil")
  output = window.recorded()
  assert b"\x1b]0;owned" not in output
  assert "\u202e".encode() not in output


def test_wide_and_combining_text_keeps_the_columns(live):
  window, addresses = live(columns=120)
  chance = random.Random(1)
  names = ["plain", "東京の天気", "e\u0301te\u0301", "flag\U0001F6A9", "👨‍👩‍👧‍👦 family", "🇫🇷"]
  otlp.send(
    [body for name in names
     for body in plano.Request(chance, tenant="acme", user="u", name=f"POST {name}",
                               milliseconds=500, model="openai/gpt-4o").bodies()],
    addresses["grpc"])
  window.wait(lambda: window.text().count("acme") >= len(names), "all rows")

  # The duration stands in the same column of every row, whatever stands before it.
  def column(row):
    text = row[:row.index("500ms")]
    return sum(
      0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
      for c in text)

  # Python knows the width of these; of emoji sequences every terminal has its own opinion.
  known = [row for row in window.rows()
           if "acme" in row and any(word in row for word in ("plain", "東京", "te\u0301"))]
  assert len(known) >= 3, window.text()
  assert len({column(row) for row in known}) == 1, window.text()


# Quiet


def test_at_rest_nothing_is_written_and_nobody_wakes(live):
  window, addresses = live()
  window.wait_for("LIVE")
  window.record()
  pid = window.pid
  stays_true(lambda: not window.is_dead, 1.0)
  written, before = len(window.recorded()), process_figures(pid)
  seconds = 6.0
  began = time.monotonic()
  while time.monotonic() - began < seconds:
    time.sleep(0.5)
  after = process_figures(pid)
  assert len(window.recorded()) == written, window.recorded()[written:]
  assert after["cpu"] - before["cpu"] <= 0.02
  assert after["wakeups"] - before["wakeups"] <= 2 * seconds
  assert after["resident"] <= 25 * 1024 * 1024, after["resident"]


def test_redraw_repairs_a_spoiled_screen(live):
  window, addresses = live()
  fill(addresses)
  window.wait_for("acme")
  tty = window.ask("pane_tty")
  with open(tty, "w") as spoiler:
    spoiler.write("\x1b[H\x1b[2Jspoiled")
  window.wait_for("spoiled")
  window.press("C-l")
  window.wait_without("spoiled")
  window.wait_for("acme", "LIVE")
