"""Bodies compressed as exporters compress them."""

import ctypes
import gzip
import zlib


def zstd(body):
  """A zstd frame, made by the library that Debian has."""
  library = ctypes.CDLL("libzstd.so.1")
  size = ctypes.c_size_t
  library.ZSTD_compressBound.restype = library.ZSTD_compress.restype = size
  room = library.ZSTD_compressBound(size(len(body)))
  target = ctypes.create_string_buffer(room)
  count = library.ZSTD_compress(target, size(room), body, size(len(body)), 3)
  return target.raw[:count]


COMPRESSIONS = {
  "identity": bytes, "gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstd}
