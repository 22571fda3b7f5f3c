"""What each command says when it cannot do what it was asked: one line on stderr, the right exit code."""

import gzip
import os
import subprocess

import pytest
from harness import files, otlp
from harness.program import free_port

# Everything that asks a collector, with arguments that are right.
ASKING = {
  "status": ["status"], "status --json": ["status", "--json"], "stop": ["stop"], "trace": ["trace"],
  "trace any": ["trace", "any", "--json"], "trace --list": ["trace", "--list"],
  "top": ["top", "--by", "tenant"], "tail": ["tail"], "export": ["export", "-"],
}
SENDING = {"demo": ["demo", "--seconds", "1"], "import": ["import", "good.pb"]}
READING = {"import": ["import"], "open": ["open"]}


def clear(result, code, *words):
  """One line, with the program's name, that says what is wrong; no trap and nothing else."""
  assert result.returncode == code, (result.returncode, result.stderr)
  lines = result.stderr.splitlines()
  assert len(lines) == 1, result.stderr
  assert lines[0].startswith("tracetop: ")
  for word in words:
    assert word in lines[0], lines[0]


def usage(result):
  """What the command line takes, with what is wrong with it first."""
  assert result.returncode == 2, (result.returncode, result.stderr)
  assert result.stdout == ""
  assert result.stderr.startswith("Error: ") or result.stderr.startswith("tracetop: ")


@pytest.fixture
def place(sandbox):
  """Files to be asked for: a good one and several that are not."""
  bodies = otlp.captured_bodies("envoy")
  root = sandbox.root
  (root / "good.pb").write_bytes(files.delimited(bodies))
  (root / "cut.gz").write_bytes(gzip.compress(files.delimited(bodies))[:-200])
  (root / "stub.gz").write_bytes(b"\x1f\x8b")
  (root / "empty").write_bytes(b"")
  (root / "folder").mkdir()
  (root / "noise").write_bytes(b"#!/bin/sh\necho no traces\n" * 50)
  return sandbox


# Arguments


@pytest.mark.parametrize("arguments", [
  ["live", "--nonsense"], ["collect", "extra"], ["attach", "a", "b"], ["trace", "last", "b"],
  ["status", "x"], ["stop", "x"], ["demo", "--rate", "0"], ["demo", "--seconds", "-1"], ["open"],
  ["import"], ["export"], ["export", "a", "b"], ["export", "--format", "x", "a"], ["tail", "x"],
  ["top"], ["top", "--by"], ["docs", "nonsense"], ["import", "--max-record", "1", "x"],
  ["open", "--memory", "1KiB", "x"], ["import", "-", "-"], ["collect", "--memory", "x"],
  ["live", "--where", "("], ["attach", "--where", "a=("], ["import", "--to"]])
def test_wrong_usage_exits_2(place, arguments):
  usage(place.run(*arguments))


@pytest.mark.parametrize("arguments, words", [
  (["trace", "nonsense"], ["8 hex"]), (["trace", "--limit", "-1"], ["Limit"]),
  (["trace", "--since", "5y"], ["Invalid --since"]), (["trace", "--where", "x"], ["--where"]),
  (["top", "--by", "tenant", "--limit", "0"], ["Limit"]), (["top", "--by", ""], ["--by"]),
  (["top", "--by", "tenant", "--where", "dur>250"], ["--where"]),
  (["top", "--by", "tenant", "--since", "x"], ["--since"]), (["tail", "--where", "dur>250"], ["--where"]),
  (["export", "--where", "dur>250", "x"], ["--where"]), (["import", "--retry-for", "x", "good.pb"], [
    "--retry-for"]),
  (["status", "--from", "nonsense"], ["nonsense"]), (["status", "--from", "off"], ["off"]),
  (["attach", "1.2.3.4:99999"], []), (["import", "--to", ":", "good.pb"], []),
  (["collect", "--grpc", "nonsense"], ["nonsense"]),
  (["collect", "--socket", "/nowhere/at/all.sock"], ["/nowhere"]),
  (["collect", "--config", "/nowhere.yaml"], ["/nowhere.yaml"]),
  (["collect", "--config", "folder"], ["folder"]),
  (["status", "--token-file", "/nowhere"], ["/nowhere"])])
def test_wrong_values_are_one_line(place, arguments, words):
  result = place.run(*arguments)
  assert result.returncode in (1, 2), result.stderr
  clear(result, result.returncode, *words)


# Nobody there, or somebody else


@pytest.mark.parametrize("name", [*ASKING, *SENDING])
def test_without_a_collector_the_exit_code_is_3(place, name):
  option = "--to" if name in SENDING else "--from"
  arguments = {**ASKING, **SENDING}[name]
  nobody = f"127.0.0.1:{free_port()}"
  clear(place.run(*arguments, option, nobody), 3, "no collector is running", nobody)
  socket = f"unix:{place.root}/none.sock"
  clear(place.run(*arguments, option, socket), 3, "no collector is running")


@pytest.mark.parametrize("name", ASKING)
def test_what_is_no_collector_is_said(place, name):
  collector = place.collect("--no-journal")
  # Its HTTP port speaks another protocol.
  result = place.run(*ASKING[name], "--from", collector.http)
  assert result.returncode in (1, 3)
  clear(result, result.returncode)
  # A file is no socket.
  result = place.run(*ASKING[name], "--from", f"unix:{place.root}/good.pb")
  assert result.returncode in (1, 3)
  clear(result, result.returncode)


# Files


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize("name, words", [
  ("folder", ["it is a folder"]), ("missing", ["No such file"]), ("noise", ["neither OTLP"]),
  ("stub.gz", [])])
def test_files_that_cannot_be_read(place, command, name, words):
  place.collect("--no-journal")
  result = place.run(command, name)
  clear(result, 1, *words)
  assert result.stdout == ""


@pytest.mark.parametrize("command", READING)
def test_a_file_that_may_not_be_read(place, command):
  if os.geteuid() == 0:
    pytest.skip("root may read everything")
  path = place.root / "secret"
  path.write_bytes(b"{}")
  path.chmod(0)
  clear(place.run(command, path), 1, "Permission denied")


def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes(place):
  place.collect("--no-journal")
  result = place.run("import", "cut.gz")
  assert result.returncode == 1
  assert len(result.stderr.splitlines()) == 2
  assert result.stderr.count("cut off") == 2
  assert result.stdout.startswith("imported ")
  assert "2 problems, said above" in result.stdout
  result = place.run("import", "empty")
  assert (result.returncode, result.stderr) == (0, "tracetop: empty: empty\n")


# Standard streams


def run(place, arguments, **streams):
  return subprocess.run(
    [place.binary, *arguments], env=place.environment, cwd=place.root, timeout=30, text=True,
    stderr=subprocess.PIPE, **streams)


@pytest.mark.parametrize("name", ["status", "status --json", "trace", "trace any", "top", "export"])
def test_a_full_disk_behind_stdout_is_said(place, name):
  collector = place.collect("--no-journal")
  otlp.send(otlp.captured_bodies("envoy"), collector.grpc)
  with open("/dev/full", "w") as full:
    result = run(place, ASKING[name], stdout=full, stdin=subprocess.DEVNULL)
  clear(result, 1, "No space left on device")


@pytest.mark.parametrize("name", ["status", "trace any", "top", "export", "docs", "help"])
def test_a_reader_that_goes_away_is_no_error(place, name):
  collector = place.collect("--no-journal")
  otlp.send(otlp.captured_bodies("plano"), collector.grpc)
  arguments = {**ASKING, "docs": ["docs", "vocabulary"], "help": ["--help"]}[name]
  read, write = os.pipe()
  os.close(read)
  result = run(place, arguments, stdout=write, stdin=subprocess.DEVNULL)
  os.close(write)
  assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("name", ["status", "trace", "top", "export", "import"])
def test_closed_streams_are_no_trap(place, name):
  collector = place.collect("--no-journal")
  otlp.send(otlp.captured_bodies("envoy"), collector.grpc)
  arguments = " ".join({**ASKING, **SENDING}[name])
  for closed in ("<&-", ">&-", "2>&-", "<&- >&- 2>&-"):
    shell = subprocess.run(
      f"{place.binary} {arguments} {closed}", shell=True, env=place.environment, cwd=place.root,
      timeout=30, capture_output=True)
    assert shell.returncode == 0, (closed, shell)


def test_import_of_stdin_that_is_closed(place):
  place.collect("--no-journal")
  shell = subprocess.run(
    f"{place.binary} import - <&-", shell=True, env=place.environment, cwd=place.root, timeout=30,
    capture_output=True, text=True)
  assert shell.returncode == 0
  assert shell.stderr == "tracetop: stdin: empty\n"


@pytest.mark.parametrize("command", ["live", "attach", "open"])
def test_the_explorer_without_a_terminal(place, command):
  place.collect("--no-journal")
  arguments = [command] + (["good.pb"] if command == "open" else [])
  clear(place.run(*arguments), 1, "terminal")
