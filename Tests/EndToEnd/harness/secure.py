"""What clients and collectors of TLS and tokens are given, and calls made with them."""

import grpc
import pytest
from harness import otlp

TOKEN = "c7b1f0e94d6a4b3f8e21a5d09b7c6e13"
OTHER = "second-token-of-the-file-0123456789"


def tls_options(server, authority=None):
  options = ["--tls-cert", server.certificate, "--tls-key", server.key]
  return options + (["--tls-client-ca", authority.certificate] if authority else [])


def credentials(authority, client=None):
  read = lambda path: path.read_bytes()
  return grpc.ssl_channel_credentials(
    read(authority.certificate), client and read(client.key), client and read(client.certificate))


def call(address, credentials=None, token=None, path=otlp.TRACE_EXPORT, body=b"", timeout=10):
  """One call with grpcio; returns its answer or raises its error."""
  options = [("grpc.enable_http_proxy", 0)]
  channel = (
    grpc.secure_channel(address, credentials, options) if credentials
    else grpc.insecure_channel(address, options))
  with channel:
    method = channel.unary_unary(path, request_serializer=None, response_deserializer=None)
    return method(
      body, timeout=timeout, metadata=[("authorization", f"Bearer {token}")] if token else None)


def code_of(*arguments, **named):
  with pytest.raises(grpc.RpcError) as caught:
    call(*arguments, **named)
  return caught.value.code()
