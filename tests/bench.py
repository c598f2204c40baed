"""How fast this is beside its peers: both in one run, in rounds that alternate.

    python3 -m tests.bench                  # ours alone, against a flushed line of csv and of JSON
    python3 -m tests.bench --peers          # and tensorboardX, torch, TensorBoard's readers
    python3 -m tests.bench --quick --rows burst,text --json out.json --markdown

Each implementation works in a process of its own, which bench_rows.py is.  A figure is the median
of the rounds, a ratio that of the pairs: what the best peer takes, divided by what we take in the
same round.  It reports, and asserts no time: exit code 1 says that a row did not run, or that two
wrote different data.  --peers takes the Python of the venv that .ci/run makes, or another that has
the peers; what they gain speed or methods from, and a bare tensorboardX, is put in a venv aside.
"""
import argparse
import glob
import hashlib
import json
import math
import os
import platform
import subprocess
import sys
import threading
import time
from collections import namedtuple

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
REQUIREMENTS = os.path.join(ROOT, "tests", "conformance", "requirements.txt")
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "tbx_pure")

# For the peers: a checksum in C, and films.  And what a tensorboardX alone needs.
PINS = ("crc32c==2.9.post0", "moviepy==2.2.1", "decorator==5.3.1", "imageio==2.38.1",
        "imageio-ffmpeg==0.8.1", "proglog==0.1.12", "python-dotenv==1.2.4", "tqdm==4.70.1")
BARE = "tensorboardX", "numpy", "protobuf", "packaging"

WRITERS = "tensorboardX", "torch"
READERS = "rustboard", "EventAccumulator"
WITH_TENSORFLOW = "EventAccumulator with TensorFlow"    # in the venv of the clients, where it is there
OTHERS = "every", "relaxed", "strict", "kernels off", "csv", "json"
SECONDS = 300                           # the most that one answer may take

Row = namedtuple("Row", "key title metric peers floor reach against")


def row(key, title, metric, floor, reach, peers=WRITERS, against=None):
    """Return a row of the table.

    metric:   of those that bench_rows.py measures; the smaller the better
    floor, reach:  how many times ours the best peer should take, at least and at best
    against:  the row that peers do in its place
    """
    return Row(key, title, metric, peers, floor, reach, against or key)


TABLE = (
    row("burst",          "`add_scalar`, burst of 100,000: median",           "median", 20, 40),
    row("burst",          "the same: p99",                                    "p99", 100, 300),
    row("burst",          "the same: CPU of an event, in all",                "cpu", 20, 50),
    row("paced",          "`add_scalar` every 25 ms: median",                 "median", 3, 6),
    row("scalars",        "`add_scalars`, 10 series: mean",                   "mean", 20, 40),
    row("text",           "`add_text`, 220 bytes: CPU",                       "cpu", 2.5, 4),
    row("histogram-1k",   "`add_histogram`, 1,000 float32",                   "median", 2, 4),
    row("histogram-100k", "100,000 float32",                                  "median", 2, 4),
    row("histogram-1M",   "1,000,000 float32",                                "median", 1.1, 2),
    row("histogram-list", "a list of 1,000,000: CPU",                         "cpu", 0.8, 1),
    row("image",          "`add_image`, uint8, 1080p: CPU",                   "cpu", 4, 8),
    row("image",          "the same: bytes written",                          "bytes", 0.91, 1),
    row("image-float",    "`add_image`, float32, 1080p: CPU",                 "cpu", 3.5, 7),
    row("audio",          "`add_audio`, 10 s: CPU",                           "cpu", 2, 4),
    row("pr-curve",       "`add_pr_curve`, 100,000: CPU",                     "cpu", 1, 2),
    row("embedding",      "`add_embedding`, 10,000 × 128: the same text",     "median", 1.5, 1.9),
    row("embedding-raw",  "the same, `binary=True`",                          "median", 500, 1000,
        against="embedding"),
    row("mesh",           "`add_mesh`, 10,000 vertices, colors, faces",       "median", 3, 6),
    row("video",          "`add_video`, 16 × 64 × 64: GIF",                   "median", 8, 10),
    row("video-apng",     "the same, `format=\"apng\"`",                      "median", 40, 80,
        against="video"),
    row("import",         "import, in a bare Python",                         "median", 3, 8),
    row("import",         "memory of import and one writer",                  "bytes", 4, 8),
    row("crc-1M",         "CRC-32C of 1 MB, the peers' in Python",            "cpu", 80, 100),
    row("crc-10k",        "10 KB",                                            "cpu", 30, 45),
    row("crc-128",        "128 bytes",                                        "cpu", 2, 3),
    row("read",           "reading 1,000,000 scalars, checksums verified: CPU", "cpu", 2.5, 4,
        READERS),
    row("read-training",  "reading a training's files: CPU",                  "cpu", 1, 1.5, READERS),
    row("read-training",  "the same, against TensorFlow's reader",            "cpu", 8, 8,
        (WITH_TENSORFLOW,)),
    row("burst",          "an event's CPU, against a flushed line of csv",    "cpu", 1, 2, ("csv",)),
    row("lateness",       "a 1 ms tick while a burst is drained, late: p99",  "p99", None, None),
)
KEYS = list(dict.fromkeys(entry.key for entry in TABLE))
GROWTH = "tags", "writers", "pixels of a picture", "values of a histogram", "records of a file"

# Where others write other data than we do; tests/conformance tells more.
UNLIKE = {
    ("audio", "torch"):             "rounds samples otherwise",
    ("video", "tensorboardX"):      "chooses another palette",
}


# ---- the processes ----

class Worker:
    """A process that does rows for one implementation."""

    def __init__(self, name, python, bare="", path=""):
        self.name = name
        environment = dict(os.environ, BENCH_BARE=bare, PYTHONPATH=path, TBX_PURE_PLAIN="")
        if name == "kernels off":
            environment["TBX_PURE_PLAIN"] = "1"
        self.process = subprocess.Popen([python, "-m", "tests.bench_rows", name], cwd=ROOT,
                                        env=environment, universal_newlines=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)

    def ask(self, **request):
        watch = threading.Timer(SECONDS, self.process.kill)
        watch.start()
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())
        except (OSError, ValueError):
            return {"error": "%s: the process has ended" % self.name}
        finally:
            watch.cancel()

    def close(self):
        for pipe in self.process.stdin, self.process.stdout:
            pipe.close()
        self.process.wait(60)


def measure(workers, key, quick, rounds, seconds):
    """Return ({implementation: [metrics of each round]}, {implementation: contents}, problems).

    Rounds end after about so many seconds; who takes long is asked once, unless it is us.
    """
    found, contents, problems, begun, slow = {}, {}, [], time.monotonic(), set()
    for number in range(rounds):
        if number and time.monotonic() - begun > seconds * number / (number + 1):
            break
        for worker in workers:
            if number and (worker.name not in found or worker.name in slow):
                continue                # it has no such row, or takes most of the time
            asked = time.monotonic()
            answer = worker.ask(row=key, quick=quick)
            if time.monotonic() - asked > seconds / rounds and worker is not workers[0]:
                slow.add(worker.name)
            if "error" in answer:
                problems.append("%s, %s: %s" % (key, worker.name, answer["error"]))
            elif "metrics" in answer:
                found.setdefault(worker.name, []).append(answer["metrics"])
                contents[worker.name] = answer["contents"]
    return found, contents, problems


def middle(numbers):
    return sorted(numbers)[len(numbers) // 2]


# ---- the venv aside ----

def default_python():
    """Return the Python of the venv that .ci/run makes for the peers."""
    with open(REQUIREMENTS, "rb") as file:
        name = "conformance-" + hashlib.sha256(file.read()).hexdigest()[:16]
    return os.path.join(os.environ.get("peers") or os.path.join(CACHE, name), "bin", "python")


def venv_aside(python):
    """Return (a Python that has the peers of `python` and PINS, a folder of a bare tensorboardX)."""
    with open(REQUIREMENTS) as file:
        pinned = [line.strip() for line in file if line.split("==")[0] in BARE]
    made_of = " ".join([os.path.abspath(python), *PINS, *pinned])
    venv = os.path.join(CACHE, "bench-" + hashlib.sha256(made_of.encode()).hexdigest()[:16])
    own, bare, whole = (os.path.join(venv, *names) for names in (
        ("bin", "python"), ("bare",), ("whole",)))
    if not os.path.exists(whole):
        site = subprocess.check_output([python, "-c", "import sysconfig; print("
                                        "sysconfig.get_path('purelib'))"], universal_newlines=True)
        pip = [own, "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.check_call([python, "-m", "venv", "--clear", venv], stdout=sys.stderr)
        subprocess.check_call(pip + list(PINS), stdout=sys.stderr)
        subprocess.check_call(pip + ["--target", bare] + pinned, stdout=sys.stderr)
        path, = glob.glob(os.path.join(venv, "lib", "python*", "site-packages"))
        with open(os.path.join(path, "peers.pth"), "w") as file:
            file.write(site)
        open(whole, "w").close()
    return own, bare


# ---- the tables ----

def shown(metric, x):
    if x is None:
        return "–"
    if metric == "bytes":
        return "%.1f MB" % (x / 1e6) if x >= 1e5 else "%d bytes" % x
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if x >= size:
            return "%.3g %s" % (x / size, unit)
    return "%.3g ns" % (x / 1e-9)


def line_of(entry, results):
    """Return what stands in a row: {"ours", "peers": {name: figure}, "ratio"}; None if not run."""
    mine = [metrics[entry.metric] for metrics in results.get(entry.key, {}).get("tbx_pure", ())]
    if not mine:
        return None
    theirs = {name: [metrics[entry.metric] for metrics in rounds]
              for name, rounds in results.get(entry.against, {}).items() if name in entry.peers}
    pairs = [min(rounds[i] for rounds in theirs.values() if i < len(rounds)) / x
             for i, x in enumerate(mine) if x and any(i < len(rounds) for rounds in theirs.values())]
    return {"ours": middle(mine), "ratio": middle(pairs) if pairs else None,
            "peers": {name: middle(rounds) for name, rounds in theirs.items()}}


def main_table(results):
    """Yield the rows of the main table, as lists of cells."""
    yield ["what", "tbx_pure", "peers", "ratio", "floor, reach"]
    for entry in TABLE:
        line = line_of(entry, results)
        if line is None:
            continue
        peers = ", ".join("%s %s" % (name, shown(entry.metric, x))
                          for name, x in sorted(line["peers"].items()))
        ratio = "%.3gx" % line["ratio"] if line["ratio"] is not None else "–"
        goals = "%sx, %sx" % (entry.floor, entry.reach) if entry.floor is not None else "–"
        yield [entry.title, shown(entry.metric, line["ours"]), peers or "–", ratio, goals]


def modes_table(results):
    """Yield the rows of our other modes, and of what anyone knows."""
    yield ["what", "tbx_pure"] + list(OTHERS)
    for entry in TABLE:
        if entry.metric == "bytes" or entry.peers == ("csv",):
            continue
        found = results.get(entry.key, {})
        if "tbx_pure" in found and len(set(found) & set(OTHERS)):
            yield [entry.title] + [
                shown(entry.metric, middle([metrics[entry.metric] for metrics in found[name]])
                      if name in found else None) for name in ("tbx_pure",) + OTHERS]


def growth_table(growth):
    yield ["what grows", "sizes", "CPU", "exponent"]
    for what, found in growth.items():
        yield [what, ", ".join("{:,}".format(size) for size in found["sizes"]),
               ", ".join(shown("cpu", x) for x in found["seconds"]),
               "%.2f" % exponent(found)]


def exponent(found):
    """Return e where time grows as size to the power e, from the second size to the third."""
    (_, less, more), (_, first, last) = found["sizes"], found["seconds"]
    return math.log(max(last, 1e-9) / max(first, 1e-9)) / math.log(more / less)


def as_text(rows, markdown):
    rows = [list(map(str, cells)) for cells in rows]
    if markdown:
        rows.insert(1, ["---"] * len(rows[0]))
        return "\n".join("| %s |" % " | ".join(cells) for cells in rows)
    widths = [max(map(len, column)) for column in zip(*rows)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip()
                     for cells in rows)


def tables(found, markdown):
    """Return the tables of a run that hold something, as texts."""
    made = [list(main_table(found["results"])), list(modes_table(found["results"])),
            list(growth_table(found["growth"]))]
    return [as_text(rows, markdown) for rows in made if len(rows) > 1]


SECTION = """\
Measured on {date} with `python3 -m tests.bench --peers --markdown{quick}`,
{machine}; CPython {python}.

{}

A figure is the median of rounds in which all take turns, a ratio that of the best peer to us in the
same round; floor and reach are what was aimed at. Inputs are NumPy arrays unless the row says
otherwise; tensorboardX has its checksum in C, from the package crc32c. Without `--peers` the
bench needs nothing installed.

Our other modes, and a line of csv or JSON for each number, flushed:

{}

What the work costs as it grows, at sizes a decade apart:

{}
"""


def section(found):
    """Return what the README says under its heading."""
    found = dict(found, python=platform.python_version())
    return SECTION.format(*(tables(found, True) + 2 * ["–"])[:3], **found)


def machine():
    name = platform.processor() or platform.machine()
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            name = next((line.split(":")[1].strip() for line in file
                         if line.startswith("model name")), name)
    return "%s, %d cores, %s, load %.1f" % (name, os.cpu_count(), platform.system(),
                                            os.getloadavg()[0])


def differences(key, contents):
    """Tell who wrote other data than we did, in a row where all should write alike."""
    mine = contents.get("tbx_pure")
    return ["%s: %s has other data than tbx_pure" % (key, name)
            for name, other in contents.items()
            if (key, name) not in UNLIKE and None not in (mine, other) and other != mine]


# ---- the run ----

def options(arguments):
    parser = argparse.ArgumentParser(prog="python3 -m tests.bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", nargs="?", const=default_python(), metavar="PYTHON")
    parser.add_argument("--ours", default=None, metavar="PYTHON",
                        help="the Python that runs ours: by default that of the peers, or this one")
    parser.add_argument("--quick", action="store_true", help="one round, of less")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--rows", default=",".join(KEYS), help="some of: " + ",".join(KEYS))
    parser.add_argument("--no-modes", action="store_true", help="ours with no options, and peers")
    parser.add_argument("--no-growth", action="store_true")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--markdown", action="store_true", help="tables as the README has them")
    return parser.parse_args(arguments)


def workers_of(given):
    """Return the processes of a run, ours first."""
    peers, bare = venv_aside(given.peers) if given.peers else (None, "")
    ours = given.ours or peers or sys.executable
    names = ["tbx_pure"] + ([] if given.no_modes else list(OTHERS))
    return [Worker(name, ours, bare) for name in names] + (
        [Worker(name, peers, bare) for name in WRITERS + READERS] + with_tensorflow()
        if peers else [])


def with_tensorflow():
    """Return TensorBoard's reader as it is beside TensorFlow, if the clients' venv has been made."""
    venvs = glob.glob(os.path.join(CACHE, "clients-*", "peers", "tensorboard"))
    return [Worker(WITH_TENSORFLOW, os.path.join(path, "..", "..", "bin", "python"), path=path)
            for path in venvs[:1]]


def run(given):
    """Return {"results", "growth", "problems", "contents"} of all that is asked for."""
    results, contents, problems, growth = {}, {}, [], {}
    rounds = given.rounds or (1 if given.quick else 5)
    workers = workers_of(given)
    try:
        for key in given.rows.split(","):
            results[key], contents[key], found = measure(workers, key, given.quick, rounds, 60)
            problems += found + differences(key, contents[key])
            if "tbx_pure" not in results[key]:
                problems.append("%s: tbx_pure has no such row" % key)
            print(key, end=" ", file=sys.stderr, flush=True)
        for what in () if given.no_growth else GROWTH:
            answer = workers[0].ask(growth=what, quick=given.quick)
            if "error" in answer:
                problems.append("%s: %s" % (what, answer["error"]))
            else:
                growth[what] = answer
            print(what, end=" ", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    finally:
        for worker in workers:
            worker.close()
    return {"results": results, "growth": growth, "problems": problems, "contents": contents}


def main(arguments=None):
    given = options(arguments)
    begun = time.monotonic()
    found = run(given)
    found["date"], found["machine"] = time.strftime("%Y-%m-%d"), machine()
    if given.json:
        with open(given.json, "w") as file:
            json.dump(found, file, indent=1)
    found["quick"] = " --quick" * given.quick + " --rounds %d" % given.rounds * bool(given.rounds)
    if given.markdown:
        print(section(found))
    else:
        print("%s; %s; %d s" % (found["date"], found["machine"], time.monotonic() - begun))
        print("\n" + "\n\n".join(tables(found, False)))
    for problem in found["problems"]:
        print("\n" + problem)
    return 1 if found["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
