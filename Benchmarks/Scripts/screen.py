#!/usr/bin/env python3
"""What the explorer writes to its terminal, and how long a key press takes, measured on a pseudo-terminal
of 200x50.

  screen.py PROGRAM --corpus FOLDER [--held SPANS] [--rate SPANS_PER_SECOND] [--keys 200] [--columns 200]

Fills the explorer with the first spans of a corpus that corpus.py made, and with spans of load.py where more
are to be held. Counts the bytes of each kind of frame, and the processor time that the screen's thread takes
for it: update, view and present; then presses keys and takes the time from the key to the last byte that
comes within 5 ms of another; then, with --rate, counts frames and presses keys again while spans of load.py
arrive, which are the newest of the list.
"""
import argparse, fcntl, glob, json, os, pty, select, statistics, struct, subprocess, sys, tempfile, termios, threading, time

QUIET = 0.005  # Seconds without a byte after which a frame is over.


class Explorer:
    def __init__(self, program, folder, memory, columns):
        self.socket = f"{folder}/s.sock"
        pid, self.fd = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
            environment = dict(os.environ, TERM="xterm-256color", XDG_RUNTIME_DIR=folder,
                               XDG_STATE_HOME=folder, XDG_CONFIG_HOME=folder)
            os.execve(program, [program, "live", "--grpc", "127.0.0.1:0", "--http", "off",
                                "--memory", memory, "--socket", self.socket], environment)
        self.pid = pid
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))

    def frame(self, patience=1.0):
        """Reads until nothing came for a while; the bytes, and when the last of them came."""
        got, last = 0, None
        wait = patience
        while select.select([self.fd], [], [], wait)[0]:
            got += len(os.read(self.fd, 1 << 16))
            last = time.perf_counter()
            wait = QUIET
        return got, last

    def press(self, key):
        start = time.perf_counter()
        os.write(self.fd, key)
        got, last = self.frame(0.25)
        return got, ((last - start) * 1_000 if last else None)

    def busy(self):
        """Milliseconds of processor time that the screen's thread has had."""
        return int(open(f"/proc/{self.pid}/task/{self.pid}/schedstat").read().split()[0]) / 1e6

    def measure(self, kind, keys, count=20, rests=False):
        """Presses keys in turn; says the bytes and the processor time of each. With `rests`, waits for
        what is drawn once the selection rests."""
        sizes, times = [], []
        for index in range(count):
            before = self.busy()
            size = self.press(keys[index % len(keys)])[0]
            if rests:
                size += self.frame(0.15)[0]
            sizes.append(size)
            times.append(self.busy() - before)
        print(f"a frame, {kind:<24}bytes: median {statistics.median(sizes):>6.0f}, most {max(sizes):>6}; "
              f"ms: median {statistics.median(times):.2f}, most {max(times):.2f}")

    def cpu(self):
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self):
        os.write(self.fd, b"q")
        self.frame(0.5)
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def send(address, corpus, count):
    """Sends a corpus's requests over gRPC until so many spans went."""
    import grpc
    bodies = [open(path, "rb").read() for path in sorted(glob.glob(f"{corpus}/pb/*.bin"))]
    call = grpc.insecure_channel(address).unary_unary(
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        request_serializer=None, response_deserializer=None)
    for body in bodies[:count // 512]:
        call(body, timeout=60)
    left = count // 512 - len(bodies)
    if left > 0:
        load(address.removeprefix("unix:"), "--count", left, "--concurrency", 2).communicate()


def load(address, *options):
    return subprocess.Popen(
        [sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "load.py"),
         f"unix:{address}", "--warmup", "0", "--json", *map(str, options)],
        stdout=subprocess.PIPE, text=True)


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--corpus", required=True, help="a folder that corpus.py made")
    parser.add_argument("--held", type=int, default=100_352, help="spans held while it is quiet")
    parser.add_argument("--rate", type=int, default=0, help="spans a second that then arrive")
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--columns", type=int, default=200)
    parser.add_argument("--memory", default="4GiB")
    options = parser.parse_args()
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o700)
    explorer = Explorer(os.path.abspath(options.program), folder, options.memory, options.columns)
    explorer.frame(3)
    filler = threading.Thread(
        target=send, args=(f"unix:{explorer.socket}", options.corpus, options.held))
    filler.start()
    while filler.is_alive():
        explorer.frame(0.2)
    # What still arrives settles after ten seconds, and rates fall to zero.
    deadline = time.time() + 14
    while time.time() < deadline:
        explorer.frame(0.5)

    print(f"{options.held} spans held")
    explorer.press(b"g")
    explorer.frame(0.3)
    explorer.measure("nothing", [b"\x00"])
    explorer.measure("selection", [b"j", b"k"])
    explorer.measure("selection, and preview", [b"j", b"k"], rests=True)
    explorer.measure("page", [b"\x06"])
    explorer.measure("all cells", [b"\x0c"])
    explorer.press(b"g")
    for _ in range(48):
        explorer.press(b"j")
    explorer.measure("scroll one", [b"j"])
    times = [t for t in (explorer.press(b"jk\x06\x02"[i % 4:i % 4 + 1])[1]
                         for i in range(options.keys)) if t]
    print(f"key to last byte, quiet: p50 {quantile(times, .5):.2f} ms, p99 {quantile(times, .99):.2f} ms")

    if options.rate:
        loader = load(explorer.socket, "--now", "--rate", options.rate, "--duration", 24,
                      "--concurrency", 2)
        # The newest row, so that the list moves with what arrives.
        explorer.press(b"F")
        time.sleep(2)
        explorer.frame(0.2)
        before, start = explorer.cpu(), time.time()
        frames = size = 0
        while time.time() - start < 8:
            got, _ = explorer.frame(0.05)
            if got:
                frames += 1
                size += got
        seconds = time.time() - start
        print(f"arriving: {frames / seconds:.1f} frames a second, {size / max(1, frames):.0f} bytes each, "
              f"{(explorer.cpu() - before) / seconds * 100:.0f} % of a core")
        times = []
        while loader.poll() is None and len(times) < options.keys:
            got, spent = explorer.press(b"jk"[len(times) % 2:len(times) % 2 + 1])
            if spent:
                times.append(spent)
        if times:
            print(f"key to last byte, arriving: p50 {quantile(times, .5):.2f} ms, p99 "
                  f"{quantile(times, .99):.2f} ms")
        # A machine that is busy may not send as many as it was told to.
        print(f"arrived: {json.loads(loader.communicate()[0])['spans_per_s']} spans a second")
    explorer.close()


if __name__ == "__main__":
    main()
