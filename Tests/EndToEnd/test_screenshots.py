"""The pictures in the README can be taken again."""

import os
import subprocess

from harness.program import REPOSITORY, find_program

NAMES = ["list", "filtered", "waterfall", "details", "help"]


def test_screenshots_are_taken_in_a_real_terminal(tmp_path):
  environment = {**os.environ, "TRACETOP_BIN": str(find_program())}
  result = subprocess.run(
    [REPOSITORY / "Scripts" / "screenshots", tmp_path, "--size", "80x24", "--no-scenes"], env=environment,
    stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=180)
  assert result.returncode == 0, result.stdout + result.stderr
  for name in NAMES:
    picture = tmp_path / f"{name}-80x24.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    # A blank window compresses to almost nothing.
    assert picture.stat().st_size > 3000, name
    assert (tmp_path / f"{name}-80x24.txt").read_text(encoding="utf-8").strip(), name
