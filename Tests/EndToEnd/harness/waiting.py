"""Waiting for a condition, never for a time."""

import time

# Long enough for a busy two-core machine; no test waits it out unless something is broken.
DEADLINE_SECONDS = 20.0


def wait_until(condition, what="the condition", timeout=DEADLINE_SECONDS, every=0.02):
  """Polls until condition() is truthy and returns its value; fails with `what`, which may be a
  function that says what was there instead."""
  deadline = time.monotonic() + timeout
  while True:
    value = condition()
    if value:
      return value
    if time.monotonic() > deadline:
      raise AssertionError(f"after {timeout:g} s: {what() if callable(what) else what}")
    time.sleep(every)


def stays_true(condition, seconds, what="the condition", every=0.05):
  """Watches that a condition holds all the time."""
  deadline = time.monotonic() + seconds
  while time.monotonic() < deadline:
    assert condition(), f"did not hold for {seconds:g} s: {what() if callable(what) else what}"
    time.sleep(every)
