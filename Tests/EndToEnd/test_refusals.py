"""Requests over HTTP that are refused before they are whole: each is answered, counted, logged."""

import pytest
import requests
from harness.secure import TOKEN

LONG = b"x" * (2 << 20)

CASES = {
  "no token": ("POST", "/v1/traces", {"Authorization": ""}, 401, 16, "unauthenticated"),
  "path": ("POST", "/v1/nope", {}, 404, 12, "unsupported"),
  "method": ("PUT", "/v1/traces", {}, 405, 12, "unsupported"),
  "type": ("POST", "/v1/traces", {"Content-Type": "text/plain"}, 415, 3, "unsupported"),
  "compression": ("POST", "/v1/traces", {"Content-Encoding": "br"}, 415, 12, "unsupported"),
  "length": ("POST", "/v1/traces", {}, 413, 8, "too large"),
}


@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
@pytest.mark.parametrize("case", CASES)
def test_a_refused_request_with_a_long_body_is_answered(sandbox, tokens, case, chunked):
  method, path, changes, code, grpc_code, kind = CASES[case]
  collector = sandbox.collect("--no-journal", "--max-body", "1MiB", "--token-file", tokens)
  headers = {
    "Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}", **changes}
  body = (LONG[at:at + 65_536] for at in range(0, len(LONG), 65_536)) if chunked else LONG
  reply = requests.request(
    method, f"http://{collector.http}{path}", data=body, headers=headers, timeout=20)
  assert reply.status_code == code
  assert reply.headers["Connection"] == "close"
  if headers["Content-Type"] == "application/json":
    assert reply.json()["code"] == grpc_code
  status = collector.status()
  assert {
    name: status[name]
    for name in ("requests_refused", "requests_too_large", "requests_unauthenticated")
  } == {
    "requests_refused": int(code != 401), "requests_too_large": int(code == 413),
    "requests_unauthenticated": int(code == 401)}
  assert [line for line in sandbox.log.splitlines() if "refused, " in line and kind in line]
  assert sandbox.log.count("refused, ") == 1
