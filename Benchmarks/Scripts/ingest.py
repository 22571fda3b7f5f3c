#!/usr/bin/env python3
"""What receiving costs the collector, over each protocol, next to a collector that throws spans away.

  ingest.py PROGRAM --corpus FOLDER [--json FOLDER] [--peer ROTEL] [--rounds 5] [--only NAME...]

For each path a fresh collector and a fresh peer in turn, as often as --rounds says, are sent the same
prepared requests; printed are the medians of the processor time of the whole process, from `ready` to
some time after the last answer, for 1M spans. The peer is rotel's agent with its blackhole exporter.
Then one span a request, paced traffic, room on disk, and how soon a journal is read back.
"""
import argparse, fcntl, glob, gzip, json, os, pty, select, shutil, signal, socket, statistics, struct
import subprocess, sys, tempfile, termios, time

HERE = os.path.dirname(os.path.abspath(__file__))
TICK = os.sysconf("SC_CLK_TCK")
SPANS_PER_REQUEST = 512


# Requests

def single_spans(bodies, count):
    """Requests of one span each, with its resource and scope, in the order of arrival."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    made = 0
    for body in bodies:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    one = ExportTraceServiceRequest()
                    into = one.resource_spans.add(schema_url=resource.schema_url)
                    into.resource.CopyFrom(resource.resource)
                    into.scope_spans.add(scope=scope.scope, spans=[span])
                    yield one.SerializeToString()
                    made += 1
                    if made == count:
                        return


def trace_places(body):
    """Where in a request the trace ids of its spans are."""
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
    places, at = [], 0
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                at = body.index(b"\x0a\x10" + span.trace_id + b"\x12\x08" + span.span_id, at) + 2
                places.append(at)
    return places


class Bundles:
    """The requests of a corpus as the client reads them, each kind made once."""

    def __init__(self, corpus, json_corpus):
        self.corpus, self.json_corpus = corpus, json_corpus
        self.folder = os.path.join(corpus, "bundles")
        os.makedirs(self.folder, exist_ok=True)

    def bodies(self):
        for path in sorted(glob.glob(f"{self.corpus}/pb/*.bin")):
            with open(path, "rb") as file:
                yield file.read()

    def json_bodies(self):
        for path in sorted(glob.glob(f"{self.json_corpus}/json/*.json")):
            with open(path, "rb") as file:
                yield file.read()

    def path(self, kind, count):
        """The bundle of `count` spans."""
        path = os.path.join(self.folder, f"{kind}-{count}")
        if os.path.exists(path):
            return path
        print(f"making the requests {kind}", flush=True)
        if kind == "ids":
            lists = map(trace_places, self.bodies())
            made = None
        elif kind == "single":
            made = single_spans(self.bodies(), count)
        else:
            plain = self.json_bodies() if kind.startswith("json") else self.bodies()
            made = (body for body, _ in zip(plain, range(count // SPANS_PER_REQUEST)))
            if kind.endswith("gzip"):
                made = (gzip.compress(body, 6) for body in made)
        with open(path + ".new", "wb") as file:
            for body in made or ():
                file.write(struct.pack(">I", len(body)) + body)
            for places in lists if made is None else ():
                file.write(struct.pack(f">{len(places) + 1}I", len(places), *places))
        os.rename(path + ".new", path)
        return path


# Collectors

def cpu(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """A collector, started anew, with a folder of its own."""

    def __init__(self, command, folder):
        self.folder = folder
        environment = dict(os.environ, XDG_RUNTIME_DIR=folder, XDG_STATE_HOME=folder,
                           XDG_CONFIG_HOME=folder)
        self.process = subprocess.Popen(
            command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True)
        self.pid = self.process.pid

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.process.stdout.close()


class Tracetop(Running):
    name = "tracetop"

    def __init__(self, program, folder, *options):
        self.program = program
        super().__init__([
            program, "collect", "--memory", "2GiB", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0",
            *options], folder)
        self.ports = {}
        for line in self.process.stdout:
            if line.startswith("listening "):
                _, kind, address = line.split(maxsplit=2)
                self.ports[kind] = address.strip().rsplit(":", 1)[-1]
            if line == "ready\n":
                break

    def status(self):
        answer = subprocess.run(
            [self.program, "status", "--json", "--from", "unix:" + self.ports["unix"]],
            capture_output=True, text=True, check=True)
        return json.loads(answer.stdout)


class Rotel(Running):
    name = "rotel"

    def __init__(self, program, folder):
        self.ports = {"grpc": str(free_port()), "http": str(free_port())}
        super().__init__([
            program, "start", "--otlp-grpc-endpoint", f"127.0.0.1:{self.ports['grpc']}",
            "--otlp-http-endpoint", f"127.0.0.1:{self.ports['http']}", "--exporter", "blackhole"],
            folder)
        for port in self.ports.values():
            for _ in range(500):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                        break
                time.sleep(0.01)


class Bench:
    def __init__(self, options):
        self.options = options
        self.bundles = Bundles(options.corpus, options.json)
        self.client = os.path.join(tempfile.mkdtemp(prefix="otlpload-"), "otlpload")
        subprocess.run(["cc", "-O2", "-o", self.client, f"{HERE}/../Client/otlpload.c"], check=True)

    def in_folder(self, start, body):
        folder = tempfile.mkdtemp(prefix="tt-")
        try:
            running = start(folder)
            try:
                return body(running)
            finally:
                running.end()
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def send(self, running, protocol, bundle, *options):
        """Sends a bundle; what the client says, and the collector's processor time in seconds."""
        before = cpu(running.pid)
        answer = subprocess.run(
            [self.client, protocol, running.ports[protocol], bundle, *map(str, options)],
            capture_output=True, text=True)
        if answer.returncode != 0:
            sys.exit(f"{running.name}: {answer.stderr or answer.stdout}")
        time.sleep(0.3)  # What is left to do behind the answers counts too.
        return json.loads(answer.stdout), cpu(running.pid) - before

    def tracetop(self, *options):
        return lambda folder: Tracetop(self.options.program, folder, *options)

    def peer(self, folder):
        return Rotel(self.options.peer, folder)

    # What is measured

    def paths(self):
        spans, fewer = self.options.spans, min(self.options.spans, 200_704)
        stay = ("--no-journal",)
        yield "gRPC", "grpc", "plain", spans, stay, ()
        yield "gRPC, journal", "grpc", "plain", spans, (), ()
        yield "gRPC, gzip", "grpc", "gzip", spans, stay, ("-e", "gzip")
        yield "HTTP protobuf", "http", "plain", spans, stay, ("-c", 4)
        yield "HTTP protobuf, gzip", "http", "gzip", spans, stay, ("-c", 4, "-e", "gzip")
        if self.options.json:
            yield "HTTP JSON", "http", "json", fewer, stay, ("-c", 4, "-t", "json")
            yield "HTTP JSON, gzip", "http", "json-gzip", fewer, stay, (
                "-c", 4, "-t", "json", "-e", "gzip")

    def cost(self):
        print(f"{'path':<22}{'tracetop':>10}{'rotel':>10}{'ratio':>8}   CPU-s per 1M spans, medians "
              f"of {self.options.rounds}")
        for title, protocol, kind, spans, options, sending in self.paths():
            if not self.is_wanted(title):
                continue
            bundle = self.bundles.path(kind, spans)
            servers = [self.tracetop(*options)] + ([self.peer] if self.options.peer else [])
            seen = [[], []]
            for _ in range(self.options.rounds):
                for place, start in enumerate(servers):
                    seen[place].append(self.in_folder(start, lambda running: self.send(
                        running, protocol, bundle, *sending))[1] * 1e6 / spans)
            self.row(title, seen)

    def row(self, title, seen, unit=""):
        ours, peers = (statistics.median(values) if values else None for values in seen)
        spread = " ".join(f"{value:.2f}" for value in sorted(seen[0]))
        print(f"{title:<22}{ours:>10.2f}" + (f"{peers:>10.2f}{ours / peers:>8.2f}" if peers else " " * 18)
              + f"   {unit}{spread}", flush=True)

    def single(self):
        """Requests of one span: as fast as they go, and 10,000 a second."""
        count = min(self.options.spans, 100_352)
        bundle = self.bundles.path("single", count)
        for title, sending in (
                ("one span, full speed", ("-s", 16)),
                ("one span, 10,000/s", ("-s", 16, "-r", 10_000))):
            if not self.is_wanted(title):
                continue
            for options in (("--no-journal",), ()):
                seen, waits = [[], []], [[], []]
                servers = [self.tracetop(*options)]
                if self.options.peer and not options == ():
                    servers.append(self.peer)
                for _ in range(self.options.rounds):
                    for place, start in enumerate(servers):
                        said, used = self.in_folder(
                            start, lambda running: self.send(running, "grpc", bundle, *sending))
                        seen[place].append(used * 1e6 / count)
                        waits[place].append((said["p50_ms"], said["p99_ms"], said["p999_ms"]))
                self.row(title + ("" if options else ", journal"), seen, "us a request: ")
                for name, values in zip(("tracetop", "rotel"), waits):
                    if values:
                        print(f"    {name}: p50, p99, p99.9 " + ", ".join(
                            f"{statistics.median(column):.2f}" for column in zip(*values)) + " ms")

    def paced(self):
        """100,000 spans a second for a minute: what is lost, and how much of a core it takes."""
        if not self.is_wanted("paced"):
            return
        for rate in self.options.rates:
            ours, said = self.in_folder(
                self.tracetop("--no-journal"), lambda running: self.pace(running, rate))
            print(f"{rate:,} spans/s for {said}", flush=True)
            if self.options.peer:
                peers, said = self.in_folder(self.peer, lambda running: self.pace(running, rate))
                print(f"rotel: {said}; tracetop takes {ours / peers:.2f} of it", flush=True)

    def pace(self, running, rate):
        """Sends distinct spans at a rate; the processor time for them, and what is to be said."""
        requests = rate * self.options.seconds // SPANS_PER_REQUEST
        bundle = self.bundles.path("plain", self.options.spans)
        ids = self.bundles.path("ids", self.options.spans)
        said, used = self.send(running, "grpc", bundle, "-n", requests, "-r", rate / SPANS_PER_REQUEST,
                               "-i", ids)
        lost = ""
        if isinstance(running, Tracetop):
            status = running.status()
            kept = sum(status[f"spans_{what}"] for what in ("held", "evicted", "rejected", "duplicate"))
            lost = f"{requests * SPANS_PER_REQUEST - kept} lost, "
        return used, (f"{said['seconds']:.0f} s: {lost}{used / said['seconds']:.1%} of a core, p99 "
                      f"{said['p99_ms']:.2f} ms, longest {said['longest_ms']:.1f} ms")

    def replay(self):
        """Room on disk, and a start with what a journal holds."""
        if not self.is_wanted("replay"):
            return
        bundle = self.bundles.path("plain", self.options.spans)
        folder = tempfile.mkdtemp(prefix="tt-")
        try:
            running = Tracetop(self.options.program, folder, "--journal-size", "4GiB")
            _, used = self.send(running, "grpc", bundle)
            running.end()
            size = sum(os.path.getsize(path) for path in glob.glob(f"{folder}/tracetop/journal.sqlite*"))
            print(f"journal: {size / self.options.spans:.0f} bytes a span; receiving them took "
                  f"{used:.1f} CPU-s", flush=True)
            for title, leaves_memory in (("file in memory", False), ("file on disk alone", True)):
                starts = [self.restart(folder, leaves_memory) for _ in range(self.options.rounds)]
                newest, whole, used = map(statistics.median, zip(*starts))
                print(f"restarts, {title}, medians of {len(starts)}: newest on screen "
                      f"{newest * 1e3:.0f} ms, all within {whole * 1e3:.0f} ms, {used:.2f} CPU-s",
                      flush=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def restart(self, folder, leaves_memory):
        """Seconds until the newest span is on the screen and until all is read back, and CPU-s.

        The journal is in the system's memory, or leaves it first, as when the machine was started anew.
        """
        with open(f"{folder}/tracetop/journal.sqlite", "rb") as file:
            if leaves_memory:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            else:
                while file.read(1 << 20):
                    pass
        began = time.monotonic()
        pid, terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
            environment = dict(os.environ, TERM="xterm-256color", XDG_RUNTIME_DIR=folder,
                               XDG_STATE_HOME=folder, XDG_CONFIG_HOME=folder)
            os.execve(self.options.program, [
                self.options.program, "live", "--grpc", "127.0.0.1:0", "--http", "off", "--memory", "2GiB",
                "--journal-size", "4GiB"], environment)
        # The first row of the list has a trace's newest span: a name of the corpus.
        text, first, newest = b"", None, None
        log = f"{folder}/tracetop/tracetop.log"
        before = os.path.getsize(log) if os.path.exists(log) else 0
        while time.monotonic() - began < 30:
            if select.select([terminal], [], [], 0.001)[0]:
                text += os.read(terminal, 1 << 16)
                first = first or time.monotonic() - began
                if newest is None and self.options.newest.encode() in text:
                    newest = time.monotonic() - began
            if os.path.exists(log) and os.path.getsize(log) > before:
                with open(log) as file:
                    file.seek(before)
                    line = next((line for line in file if "read back" in line), None)
                if line:
                    break
        whole, used = time.monotonic() - began, cpu(pid)
        newest = newest or 99
        print(f"restart: first frame {first * 1e3:.0f} ms, newest on screen "
              f"{newest * 1e3:.0f} ms, all within {whole * 1e3:.0f} ms ({used:.2f} CPU-s); "
              f"{line.strip() if line else 'nothing read back'}", flush=True)
        os.write(terminal, b"Q")
        os.kill(pid, signal.SIGTERM)
        while True:
            try:
                if not os.read(terminal, 1 << 16):
                    break
            except OSError:
                break
        os.close(terminal)
        os.waitpid(pid, 0)
        return newest, whole, used

    def is_wanted(self, title):
        return not self.options.only or any(word in title for word in self.options.only)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--corpus", required=True, help="a folder that corpus.py made")
    parser.add_argument("--json", help="one that it made with --json")
    parser.add_argument("--peer", help="the program rotel-agent")
    parser.add_argument("--spans", type=int, default=1_000_448)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rates", type=int, nargs="*", default=[100_000])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--only", nargs="*", default=[], help="words of the rows that are wanted")
    parser.add_argument("--newest", default="chat", help="a word of the row that is newest")
    options = parser.parse_args()
    options.program = os.path.abspath(options.program)
    bench = Bench(options)
    bench.cost()
    bench.single()
    bench.paced()
    bench.replay()


if __name__ == "__main__":
    main()
