"""A real terminal: a tmux server of its own, with one window in it."""

import pathlib
import shlex
import subprocess

from .waiting import wait_until

# What tmux knows of a pane's modes. All of them are as before when a program has left.
MODES = (
  "alternate_on cursor_flag insert_flag keypad_cursor_flag keypad_flag mouse_all_flag "
  "mouse_any_flag mouse_button_flag mouse_sgr_flag mouse_standard_flag mouse_utf8_flag "
  "origin_flag scroll_region_lower scroll_region_upper wrap_flag").split()


class Terminal:
  """One window, 80x24 unless said otherwise, that runs a command or a shell."""

  count = 0

  def __init__(
      self, sandbox, command=None, columns=80, rows=24, term="xterm-256color", **environment):
    Terminal.count += 1
    self.sandbox = sandbox
    self.socket = sandbox.root / f"tmux{Terminal.count}"
    self.errors = sandbox.root / f"stderr{Terminal.count}"
    self.errors.touch()
    self.recording = sandbox.root / f"output{Terminal.count}"
    self.ending = sandbox.root / f"ending{Terminal.count}"
    self.environment = {**sandbox.environment, "TERM": term, **environment}
    assignments = [f"{key}={value}" for key, value in self.environment.items() if value is not None]
    line = ["env", "-i", *assignments]
    if command is None:
      line += ["PS1=shell> ", "bash", "--norc", "--noprofile", "-i"]
      shell = shlex.join(line)
    else:
      program = shlex.join(line + [str(word) for word in command])
      # tmux's own pane_dead_status is empty now and then, so the exit code goes through a file.
      shell = f"{program} 2>{self.errors}; echo $? >{self.ending}"
    configuration = sandbox.root / "tmux.conf"
    configuration.write_text(
      "set -g default-terminal tmux-256color\n"
      "set -g remain-on-exit on\n"
      "set -g status off\n"
      "set -g escape-time 0\n"
      "set -g history-limit 0\n")
    subprocess.run(
      ["tmux", "-u", "-S", self.socket, "-f", configuration, "new-session", "-d",
       "-x", str(columns), "-y", str(rows), shell],
      check=True, cwd=sandbox.root, env=sandbox.environment)

  def tmux(self, *arguments):
    result = subprocess.run(
      ["tmux", "-u", "-S", self.socket, *map(str, arguments)], capture_output=True, text=True,
      env=self.sandbox.environment)
    assert result.returncode == 0, (arguments, result.stderr)
    return result.stdout

  def ask(self, name):
    """The value of one of tmux's formats, such as pane_dead."""
    return self.tmux("display-message", "-p", f"#{{{name}}}").rstrip("\n")

  # Reading

  def rows(self):
    """The screen as it stands: one string a row, trailing blanks off."""
    return [row.rstrip() for row in self.tmux("capture-pane", "-p").split("\n")][:-1]

  def text(self):
    return "\n".join(self.rows())

  def styled(self):
    """The screen with its escape sequences for colours."""
    return self.tmux("capture-pane", "-p", "-e")

  @property
  def pid(self):
    """The program's process, a child of the window's shell."""
    shell = self.ask("pane_pid")
    return int(pathlib.Path(f"/proc/{shell}/task/{shell}/children").read_text().split()[0])

  @property
  def is_dead(self):
    return self.ending.exists()

  def exit_code(self):
    """Waits for the program's end; a signal counts as 128 and its number."""
    return int(self.wait(lambda: self.is_dead and self.ending.read_text(), "the program ends"))

  def modes(self):
    answer = self.tmux("display-message", "-p", " ".join(f"{name}=#{{{name}}}" for name in MODES))
    return dict(pair.split("=") for pair in answer.split())

  def stderr(self):
    return self.errors.read_text()

  # Writing

  def type(self, text):
    """Types characters as they are."""
    self.tmux("send-keys", "-l", text)

  def press(self, *keys):
    """Presses keys by tmux's names: Enter, Escape, Up, C-c, PageDown."""
    self.tmux("send-keys", *keys)

  def click(self, row, column, button=0):
    """Presses and lets go a mouse button, as a terminal in SGR mode reports it; 0-based."""
    for final in ("M", "m"):
      self.type(f"\x1b[<{button};{column + 1};{row + 1}{final}")

  def wheel(self, row, column, down=True):
    self.type(f"\x1b[<{65 if down else 64};{column + 1};{row + 1}M")

  def resize(self, columns, rows):
    self.tmux("resize-window", "-x", columns, "-y", rows)

  def record(self):
    """From now on keeps every byte that the program writes; `recorded()` reads them."""
    self.tmux("pipe-pane", f"cat >> {self.recording}")

  def recorded(self):
    return self.recording.read_bytes() if self.recording.exists() else b""

  # Waiting

  def wait(self, condition, what, timeout=20.0):
    return wait_until(condition, lambda: f"{what}; on the screen:\n{self.text()}", timeout)

  def wait_for(self, *words, timeout=20.0):
    """Waits until all the words are on the screen at once and returns the screen."""
    found = []

    def shown():
      found[:] = [self.text()]
      return all(word in found[0] for word in words)

    self.wait(shown, f"{words} on the screen", timeout)
    return found[0]

  def wait_without(self, *words, timeout=20.0):
    """Waits until none of the words is on the screen."""
    self.wait(lambda: not any(word in self.text() for word in words), f"{words} gone", timeout)
    return self.text()

  def row_with(self, *words):
    """The first row with all the words, and its number."""
    for number, row in enumerate(self.rows()):
      if all(word in row for word in words):
        return number, row
    raise AssertionError(f"no row with {words} on the screen:\n{self.text()}")

  def close(self):
    subprocess.run(["tmux", "-S", self.socket, "kill-server"], capture_output=True)
