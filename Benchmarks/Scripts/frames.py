#!/usr/bin/env python3
"""The processor time and the bytes of a frame, in turn with an earlier build and with plain ncurses that draws
the same cells (plain.c): a machine that others use is no faster for one than for the other.

  frames.py PROGRAM --corpus FOLDER [--held SPANS] [--before PROGRAM] [--rounds 4]

Shows the explorer in tmux at 200x50 and keeps what its screens look like, then presses the same keys in turn.
Needs tmux, a C compiler and ncurses' headers.
"""
import argparse, os, re, statistics, subprocess, tempfile, threading, time
from screen import Explorer, send

# The key pressed, and that of plain.c. Nothing is drawn for the first.
KINDS = {
    "nothing": (b"\x00", None), "selection": (b"jk", b"jk"), "scroll one": (b"j", b"d"),
    "page": (b"\x06", b"\x06"), "all cells": (b"\x0c", b"\x0c"),
}
HERE = os.path.dirname(os.path.abspath(__file__))
SGR = re.compile(r"\x1b\[([0-9;]*)m|\x1b\([0B]|([^\x1b\x0e\x0f]+)")


def runs(line, look):
    """The runs of one row of `tmux capture-pane -e`: (foreground, background, attributes, text)."""
    bits = {1: 1, 2: 2, 4: 4, 7: 8}
    clears = {22: ~3, 24: ~4, 27: ~8}
    for match in SGR.finditer(line):
        if match[2]:
            yield (*look, match[2])
            continue
        codes = [int(code or 0) for code in (match[1] or "0").split(";")] if match[1] is not None else []
        while codes:
            code = codes.pop(0)
            if code == 0: look[:] = [-1, -1, 0]
            elif code in bits: look[2] |= bits[code]
            elif code in clears: look[2] &= clears[code]
            elif code in (39, 49): look[code == 49] = -1
            elif 30 <= code <= 37: look[0] = code - 30
            elif 40 <= code <= 47: look[1] = code - 40
            elif 90 <= code <= 97: look[0] = code - 82
            elif code in (38, 48) and codes[:1] == [5]:
                look[code == 48] = codes[1]
                del codes[:2]


def capture(program, corpus, path):
    """Writes screens of the explorer for plain.c, as they are before the preview follows."""
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o700)

    def tmux(*words):
        command = ["tmux", "-L", f"frames-{os.getpid()}", "-f", "/dev/null", *words]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    tmux("new-session", "-d", "-x", "200", "-y", "50",
         f"env XDG_RUNTIME_DIR={folder} XDG_STATE_HOME={folder} XDG_CONFIG_HOME={folder} {program} live"
         f" --grpc 127.0.0.1:0 --http off --socket {folder}/s.sock --memory 4GiB")
    time.sleep(2)
    send(f"unix:{folder}/s.sock", corpus, 100_352)
    time.sleep(14)
    with open(path, "w") as file:
        def keep(kind):
            file.write(f"frame {kind}\n")
            look = [-1, -1, 0]
            for line in tmux("capture-pane", "-p", "-e", "-N").split("\n")[:50]:
                for run in runs(line, look):
                    file.write("r {} {} {} {}\n".format(*run))
                file.write("n\n")

        def press(key, rest=0.01):
            tmux("send-keys", key)
            time.sleep(rest)

        press("g", 0.5)
        keep("selection")
        press("j")
        keep("selection")
        for _ in range(47): press("j")
        time.sleep(0.5)
        for _ in range(21):
            press("j")
            keep("scroll one")
        press("g", 0.5)
        for _ in range(21):
            press("C-f")
            keep("page")
            time.sleep(0.4)
    tmux("kill-server")


def explorer(program, corpus, held):
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o700)
    one = Explorer(os.path.abspath(program), folder, "4GiB", 200)
    one.frame(3)
    if corpus:
        filler = threading.Thread(target=send, args=(f"unix:{one.socket}", corpus, held))
        filler.start()
        while filler.is_alive(): one.frame(0.2)
    return one


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--corpus", required=True, help="a folder that corpus.py made")
    parser.add_argument("--held", type=int, default=1_000_448)
    parser.add_argument("--before", help="an earlier build")
    parser.add_argument("--rounds", type=int, default=4, help="of 20 keys each")
    options = parser.parse_args()
    work = tempfile.mkdtemp()
    os.environ["PLAIN_FRAMES"] = f"{work}/frames"
    subprocess.run(["cc", "-O2", "-o", f"{work}/plain", f"{HERE}/plain.c", "-lncursesw", "-ltinfo"],
                   check=True)
    capture(os.path.abspath(options.program), options.corpus, f"{work}/frames")
    programs = {"plain": explorer(f"{work}/plain", None, 0)}
    if options.before:
        programs["before"] = explorer(options.before, options.corpus, options.held)
    programs["now"] = explorer(options.program, options.corpus, options.held)
    deadline = time.time() + 14
    while time.time() < deadline:
        for one in programs.values(): one.frame(0.2)
    found = {}
    for _ in range(options.rounds):
        for name, one in programs.items():
            for kind, keys in KINDS.items():
                keys = keys[name == "plain"]
                if keys is None: continue
                if name != "plain" and kind in ("selection", "scroll one"):
                    one.press(b"g")
                    for _ in range(48 if kind == "scroll one" else 0): one.press(b"j")
                    one.frame(0.3)
                for index in range(20):
                    before = one.busy()
                    size = one.press(keys[index % len(keys):][:1])[0]
                    found.setdefault((kind, name), []).append((one.busy() - before, size))
    print(f"{options.held} spans held, ms of processor time (of plain ncurses) and bytes, medians of "
          f"{20 * options.rounds} keys")
    for kind in KINDS:
        line = f"{kind:<11}"
        base = None
        for name in programs:
            if (kind, name) not in found: continue
            times, sizes = zip(*found[kind, name])
            time_ = statistics.median(times)
            base = base or (time_ if name == "plain" else None)
            share = f" ({time_ / base:.2f})" if base and name != "plain" else ""
            line += f"  {name} {time_:.2f}{share} {statistics.median(sizes):.0f} B"
        print(line)
    for one in programs.values():
        try: one.close()
        except OSError: pass


if __name__ == "__main__":
    main()
