"""HTTP/2 frames made by hand: calls that no library would send."""

import socket

from .otlp import TRACE_EXPORT

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS = 0, 1, 3, 4
END_STREAM, END_HEADERS = 1, 4


def frame(kind, flags, stream, payload=b""):
  return (
    len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload)


def headers(stream, *fields, flags=END_HEADERS):
  """Fields as literals, without any compression."""
  block = b"".join(
    b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()
    for name, value in fields)
  return frame(HEADERS, flags, stream, block)


def message(body, flag=0):
  """The five bytes before a message of gRPC, and the message."""
  return bytes([flag]) + len(body).to_bytes(4, "big") + body


def export_headers(stream=1, encoding=None, path=TRACE_EXPORT, content_type="application/grpc"):
  fields = [
    (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x"),
    ("content-type", content_type), ("te", "trailers")]
  if encoding:
    fields.append(("grpc-encoding", encoding))
  return headers(stream, *fields)


def export(body, encoding=None, flag=None, stream=1):
  """A whole call."""
  data = message(body, flag if flag is not None else int(encoding is not None))
  return export_headers(stream, encoding) + b"".join(
    frame(DATA, END_STREAM if at + 16_384 >= len(data) else 0, stream, data[at:at + 16_384])
    for at in range(0, len(data), 16_384))


class Raw:
  """A connection that says bytes as they are given."""

  def __init__(self, address, timeout=20):
    host, port = address.rsplit(":", 1)
    self.socket = socket.create_connection((host, int(port)), timeout=timeout)

  def send(self, data):
    """Sends; a peer that has hung up already is no error."""
    try:
      self.socket.sendall(data)
    except OSError:
      pass

  def read(self, until=b"", size=65_536):
    """Reads until something has been seen, or to the end of the connection."""
    seen = b""
    try:
      while not until or until not in seen:
        part = self.socket.recv(size)
        if not part:
          break
        seen += part
    except OSError:
      pass
    return seen

  def reset(self):
    """Breaks the connection off as a crashed peer's kernel does."""
    self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    self.socket.close()

  def close(self):
    self.socket.close()

  def __enter__(self):
    return self

  def __exit__(self, *_):
    self.close()
