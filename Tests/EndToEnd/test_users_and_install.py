"""Other users of the machine, and what `make install` leaves behind."""

import os
import shutil
import socket
import subprocess
import sys

import pytest
from harness import otlp
from harness.program import REPOSITORY, find_program

NOBODY = 65534

as_nobody = pytest.mark.skipif(
  os.geteuid() != 0 or shutil.which("setpriv") is None,
  reason="only root can become another user, with setpriv of util-linux")


def run_as_nobody(command, environment, cwd="/"):
  return subprocess.run(
    ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *map(str, command)],
    env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, cwd=cwd)


@pytest.fixture
def opened(sandbox, collector):
  """A collector whose socket was opened to everybody, as a mistaken chmod does it."""
  for folder in (sandbox.root, sandbox.runtime, sandbox.socket.parent):
    folder.chmod(0o755)
  sandbox.socket.chmod(0o666)
  # Where another user can reach it.
  program = sandbox.root / "tracetop"
  shutil.copy(find_program(), program)
  program.chmod(0o755)
  collector.program = program
  return collector


@as_nobody
def test_another_user_is_cut_off_even_where_the_socket_is_open_to_all(sandbox, opened):
  environment = {**sandbox.environment, "XDG_RUNTIME_DIR": "", "HOME": "/nonexistent"}
  # The kernel lets the other user connect: nothing but the collector itself turns it away.
  talk = (
    "import socket, sys\n"
    "peer = socket.socket(socket.AF_UNIX)\n"
    "peer.settimeout(20)\n"
    "peer.connect(sys.argv[1])\n"
    "try:\n"
    "  peer.sendall(b'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n' + bytes(3) + b'\\x04' + bytes(5))\n"
    "  print('answer', peer.recv(1000))\n"
    "except ConnectionError:\n"
    "  print('answer', b'')\n")
  python = os.path.realpath(sys.executable)
  answer = run_as_nobody([python, "-c", talk, opened.unix], environment)
  assert answer.stdout == "answer b''\n", (answer.stdout, answer.stderr)
  # The same bytes from the collector's own user are answered with HTTP/2 settings.
  own = subprocess.run(
    [python, "-c", talk, opened.unix], capture_output=True, text=True, timeout=30)
  assert own.stdout.startswith("answer b'\\x00\\x00"), (own.stdout, own.stderr)


@as_nobody
@pytest.mark.parametrize("arguments", [
  ["status", "--json"], ["trace", "any", "--json"], ["stop"],
  ["demo", "--rate", "20", "--seconds", "1"]])
def test_another_user_gets_nothing_and_changes_nothing(sandbox, opened, arguments):
  otlp.send(otlp.captured_bodies("envoy"), opened.grpc)
  environment = {**sandbox.environment, "XDG_RUNTIME_DIR": "", "HOME": "/nonexistent"}
  where = ["--to" if arguments[0] == "demo" else "--from", f"unix:{opened.unix}"]
  result = run_as_nobody([opened.program, *arguments, *where], environment)
  assert result.returncode not in (0, 127, 126), (result.stdout, result.stderr)
  assert "tenant" not in result.stdout and "trace_id" not in result.stdout
  assert len(result.stderr.strip().splitlines()) == 1, result.stderr
  # The collector runs on, for its own user, with what it had.
  assert opened.process.poll() is None
  assert opened.status()["spans_received"] == 39


# make install


def make(*arguments):
  # PROGRAM names what was built, so that nothing is built again.
  result = subprocess.run(
    ["make", "--no-print-directory", *arguments, f"PROGRAM={find_program()}"], cwd=REPOSITORY,
    capture_output=True, text=True, timeout=120)
  assert result.returncode == 0, (result.stdout, result.stderr)
  return result.stdout


def files(root):
  return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


INSTALLED = [
  "opt/x/bin/tracetop",
  "opt/x/lib/systemd/user/tracetop.service",
  "opt/x/lib/systemd/user/tracetop.socket",
  "opt/x/share/bash-completion/completions/tracetop",
  "opt/x/share/fish/vendor_completions.d/tracetop.fish",
  "opt/x/share/zsh/site-functions/_tracetop",
]


@pytest.mark.skipif(shutil.which("make") is None, reason="make is missing")
def test_make_install_puts_the_program_and_its_completions_where_told(sandbox, tmp_path):
  destination = tmp_path / "stage"
  said = make("install", f"DESTDIR={destination}", "PREFIX=/opt/x")
  program = destination / "opt/x/bin/tracetop"
  assert f"installed {program}" in said
  assert files(destination) == INSTALLED
  assert program.stat().st_mode & 0o777 == 0o755
  for other in INSTALLED[1:]:
    assert (destination / other).stat().st_mode & 0o777 == 0o644
  unit = (destination / "opt/x/lib/systemd/user/tracetop.service").read_text()
  assert "ExecStart=/opt/x/bin/tracetop collect\n" in unit

  # The program runs from there.
  built = sandbox.run("--version")
  installed = subprocess.run(
    [program, "--version"], env=sandbox.environment, capture_output=True, text=True, timeout=30)
  assert (installed.returncode, installed.stdout) == (0, built.stdout)

  # Twice is as good as once, and removing leaves no file.
  make("install", f"DESTDIR={destination}", "PREFIX=/opt/x")
  assert files(destination) == INSTALLED
  make("uninstall", f"DESTDIR={destination}", "PREFIX=/opt/x")
  assert files(destination) == []


@pytest.mark.skipif(shutil.which("make") is None, reason="make is missing")
def test_installed_completions_complete(tmp_path):
  make("install", f"DESTDIR={tmp_path}", "PREFIX=/opt/x")
  share = tmp_path / "opt/x/share"
  # bash: loaded as bash-completion loads it, it completes a command's beginning.
  script = (
    f"source {share}/bash-completion/completions/tracetop\n"
    "complete -p tracetop\n"
    "COMP_WORDS=(tracetop coll) COMP_CWORD=1\n"
    "COMP_LINE='tracetop coll' COMP_POINT=13\n"
    "$(complete -p tracetop | sed -E 's/.*-F ([^ ]+).*/\\1/') tracetop coll tracetop\n"
    "printf '%s\\n' \"${COMPREPLY[@]}\"\n")
  answer = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=30)
  assert "collect" in answer.stdout.split(), (answer.stdout, answer.stderr)
  zsh = (share / "zsh/site-functions/_tracetop").read_text()
  assert zsh.startswith("#compdef tracetop\n")
  fish = (share / "fish/vendor_completions.d/tracetop.fish").read_text()
  for command in ("collect", "live", "trace", "status", "demo"):
    assert command in zsh and command in fish


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is missing")
@pytest.mark.skipif(shutil.which("make") is None, reason="make is missing")
def test_systemd_understands_the_units(tmp_path):
  make("install", "DESTDIR=", f"PREFIX={tmp_path}")
  units = tmp_path / "lib/systemd/user"
  # Manual pages are looked for with man, which need not be there.
  said = subprocess.run(
    ["systemd-analyze", "--user", "verify", "--man=no", units / "tracetop.service",
     units / "tracetop.socket"],
    capture_output=True, text=True, timeout=60, env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)})
  ours = [line for line in said.stderr.splitlines() if "tracetop" in line]
  assert (said.returncode, ours) == (0, []), said.stderr
