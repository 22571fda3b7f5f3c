"""Certificates made for one test, by the openssl that Debian has."""

import os
import subprocess

CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def openssl(*arguments, folder):
  subprocess.run(
    ["openssl", *map(str, arguments)], cwd=folder, check=True, capture_output=True, timeout=30)


class Authority:
  """A certificate authority; `issue` makes certificates for this machine's own addresses."""

  def __init__(self, folder, name="authority"):
    folder.mkdir(exist_ok=True)
    self.folder = folder
    self.name = name
    self.certificate = folder / f"{name}-ca.crt"
    self.key = folder / f"{name}-ca.key"
    openssl(
      "req", "-x509", *CURVE, "-keyout", self.key, "-out", self.certificate, "-days", "2",
      "-subj", f"/CN={name}", folder=folder)

  def issue(self, name, days=2, names="DNS:localhost,IP:127.0.0.1"):
    certificate, key, request = (self.folder / f"{name}.{end}" for end in ("crt", "key", "csr"))
    openssl(
      "req", *CURVE, "-keyout", key, "-out", request, "-subj", f"/CN={name}", folder=self.folder)
    extensions = self.folder / f"{name}.ext"
    extensions.write_text(f"subjectAltName={names}\n")
    # A negative number of days makes a certificate that has expired.
    openssl(
      "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
      "-CAcreateserial", "-days", days, "-extfile", extensions, "-out", certificate,
      folder=self.folder)
    os.chmod(key, 0o600)
    return Issued(certificate, key)


class Issued:
  """A certificate and its key, as files."""

  def __init__(self, certificate, key):
    self.certificate = certificate
    self.key = key

  @property
  def pair(self):
    return str(self.certificate), str(self.key)


def private_file(path, text, mode=0o600):
  path.write_text(text)
  path.chmod(mode)
  return path
