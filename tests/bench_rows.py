"""What tests/bench.py measures: each row, done by one implementation in a process of its own.

    python3 -m tests.bench_rows IMPLEMENTATION

reads requests from standard input, a line of JSON each, and answers each with a line of JSON:
{"row": "burst", "quick": true} gives {"metrics": {"median": seconds, ...}, "contents": digest}, or
{"skip": why} where an implementation has no such thing.  Peers are imported here alone.
"""
import csv
import hashlib
import importlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from array import array

import tbx_pure
from tbx_pure.crc32c import crc32c
from tbx_pure.media.png_reader import read_png
from tbx_pure.plugins.scalars import records
from tbx_pure.messages import EVENT, FILE_VERSION
from tbx_pure.read import Run, Runs
from tbx_pure.record import frame

try:
    import numpy
except ImportError:                     # then ours is given buffers of the standard library
    numpy = None

EVENTS = "events.out.tfevents.1700000000.bench"
TAGS = ["train/%s_%02d" % (name, i) for i, name in enumerate(
    "loss accuracy gradient rate mean deviation error perplexity top5 throughput".split())]


class Skip(Exception):
    """This implementation has no such row, for the reason given."""


# ---- implementations ----

class Lines:
    """The floor anyone knows: a line for each number, flushed."""

    def __init__(self, directory):
        self.file = open(os.path.join(directory, "scalars"), "w", newline="")
        self.row = csv.writer(self.file).writerow

    def add_scalar(self, tag, scalar_value, global_step):
        self.row((time.time(), global_step, tag, scalar_value))
        self.file.flush()

    def close(self):
        self.file.close()


class JsonLines(Lines):
    def add_scalar(self, tag, scalar_value, global_step):
        self.file.write(json.dumps({"wall_time": time.time(), "step": global_step, "tag": tag,
                                    "value": scalar_value}) + "\n")
        self.file.flush()


def ours(**options):
    def make(directory):
        try:
            return tbx_pure.SummaryWriter(directory, **options)
        except TypeError as e:
            raise Skip(str(e))
    return make


def peer(module):
    return lambda directory: importlib.import_module(module).SummaryWriter(directory)


#   implementation      makes a writer
WRITERS = {
    "tbx_pure":         ours(),
    "every":            ours(durability="every"),
    "relaxed":          ours(durability="relaxed"),
    "strict":           ours(strict=True),
    "kernels off":      ours(),         # bench.py sets TBX_PURE_PLAIN=1
    "csv":              Lines,
    "json":             JsonLines,
    "tensorboardX":     peer("tensorboardX"),
    "torch":            peer("torch.utils.tensorboard"),
}
LINES = "csv", "json"


# ---- inputs: NumPy's where it is there ----

def floats(count, shape=None, seed=1, low=None):
    """Numbers of a normal distribution, or from `low` to 1, as float32."""
    if numpy is not None:
        chance = numpy.random.default_rng(seed)
        made = chance.standard_normal(count, "float32") if low is None else (
            low + (1 - low) * chance.random(count, "float32"))
        return made.reshape(shape or (count,))
    chance = random.Random(seed)
    made = array("f", (chance.gauss(0, 1) if low is None else chance.uniform(low, 1)
                       for _ in range(count)))
    return memoryview(made).cast("B").cast("f", shape or (count,))


def photo(height, width, as_float=False):
    """A picture of shape (3, height, width): smooth areas and some noise, as a photo has."""
    if numpy is not None:
        y, x = numpy.mgrid[:height, :width]
        noise = numpy.random.default_rng(2).normal(0, 4, (3, height, width))
        smooth = [128 + 70 * numpy.sin(x / (40 + 9 * i)) * numpy.cos(y / (31 + 7 * i))
                  for i in range(3)]
        made = numpy.clip(numpy.array(smooth) + noise, 0, 255).astype("uint8")
        return (made / numpy.float32(255)).astype("float32") if as_float else made
    chance, rows = random.Random(2), []
    line = bytes((i // 5) % 200 + chance.randrange(8) for i in range(4 * width))
    for i in range(3 * height):
        at = chance.randrange(width)
        rows.append(line[at:at + width])
    if as_float:
        made = array("f", (byte / 255 for byte in b"".join(rows)))
        return memoryview(made).cast("B").cast("f", (3, height, width))
    return memoryview(b"".join(rows)).cast("B", (3, height, width))


def whole(count, most, shape):
    """Whole numbers from 0 to below `most`, as int32."""
    if numpy is not None:
        return numpy.random.default_rng(3).integers(0, most, shape, dtype="int32")
    made = array("i", (random.Random(3).randrange(most) for _ in range(count)))
    return memoryview(made).cast("B").cast("i", shape)


# ---- measuring ----

def calls(name, call, count, pause=0.0):
    """Measure calls of a writer: call(writer, step).  The first is not counted."""
    directory = tempfile.mkdtemp(prefix="bench")
    try:
        writer = WRITERS[name](directory)
        call(writer, 0)
        if pause:
            time.sleep(pause)
        clock, walls, begun = time.perf_counter, [], time.process_time()
        for step in range(1, count + 1):
            start = clock()
            call(writer, step)
            walls.append(clock() - start)
            if pause:
                time.sleep(pause)
        writer.close()
        cpu = (time.process_time() - begun) / count
        total = sum(walls)
        walls.sort()
        size = sum(os.path.getsize(os.path.join(folder, file))
                   for folder, _, files in os.walk(directory) for file in files)
        metrics = {"median": walls[count // 2], "p99": walls[count * 99 // 100],
                   "mean": total / count, "cpu": cpu, "bytes": size / (count + 1)}
        return metrics, None if name in LINES else digest(directory)
    finally:
        shutil.rmtree(directory)


def digest(directory):
    """What was written, in a form that is the same for all that write the same.

    How sub-runs and the parts of a mesh are called is a matter of taste.
    """
    found, runs = [], Runs(directory)
    for name in runs:
        for plugin, tags in runs[name].tags().items():
            for tag in tags:
                series = runs[name].series(plugin, tag)
                values = ([series.values.tobytes()] if plugin == "scalars" else
                          [comparable(plugin, value) for value in series.values])
                found.append(repr((plugin, "" if plugin == "mesh" else tag, list(series.steps),
                                   values)))
    for folder, _, files in os.walk(directory):
        for file in files:
            if file.endswith(".tsv"):
                with open(os.path.join(folder, file)) as f:
                    found.append(f.read())
    return hashlib.sha256("\n".join(sorted(found)).encode("utf-8")).hexdigest()


def comparable(plugin, value):
    if plugin == "images":
        return [(picture["height"], picture["width"], pixels(picture["encoded"])) for picture in value]
    if plugin == "mesh":
        return value["content_type"], value["tensor"].shape, list(value["tensor"].values)
    return value


def pixels(encoded):
    """The pixels of a PNG; of a GIF how it begins, as its palette is a matter of taste."""
    return repr(read_png(encoded)) if encoded.startswith(b"\x89PNG") and b"acTL" not in encoded else (
        encoded[:4])


# ---- rows: each gives (metrics, digest or None) ----

def burst(name, quick):
    numbers = [random.Random(4).gauss(0, 1) for _ in range(1000)]
    return calls(name, lambda writer, step: writer.add_scalar(
        TAGS[step % 10], numbers[step % 1000], step), 10000 if quick else 100000)


def paced(name, quick):
    return calls(name, lambda writer, step: writer.add_scalar(TAGS[step % 10], 0.5, step),
                 20 if quick else 200, pause=0.025)


def several(name, quick):
    curves = {tag.rpartition("/")[2]: 0.5 for tag in TAGS}
    return calls(name, lambda writer, step: writer.add_scalars("loss", curves, step),
                 200 if quick else 5000)


def text(name, quick):
    words = "The quick brown fox jumps over the lazy dog, **again** and again.  " * 4
    return calls(name, lambda writer, step: writer.add_text("notes", words[:220], step),
                 300 if quick else 3000)


def histogram(count, times, as_list=False):
    def row(name, quick):
        values = floats(count)
        if as_list and name == "torch":
            raise Skip("arrays only")
        if as_list:
            values = [float(x) for x in values]
        return calls(name, lambda writer, step: writer.add_histogram("weights", values, step),
                     max(1, times // 10) if quick else times)
    return row


def image(height, width, as_float=False):
    def row(name, quick):
        picture = photo(height, width, as_float)
        return calls(name, lambda writer, step: writer.add_image("photo", picture, step),
                     1 if quick else 3)
    return row


def audio(name, quick):
    sound = floats(441000, (441000, 1) if name in PEERS else None, low=-1.0)
    return calls(name, lambda writer, step: writer.add_audio("sound", sound, step, 44100),
                 2 if quick else 10)


def pr_curve(name, quick):
    predictions, labels = floats(100000, low=0.0), whole(100000, 2, (100000,))
    return calls(name, lambda writer, step: writer.add_pr_curve("curve", labels, predictions, step),
                 3 if quick else 20)


def embedding(binary):
    def row(name, quick):
        points = floats(1280000, (10000, 128))
        if binary and name in PEERS:
            raise Skip("text only")
        options = {"binary": True} if binary else {}
        return calls(name, lambda writer, step: writer.add_embedding(
            points, global_step=step, **options), 20 if binary else 1 if quick else 3)
    return row


def mesh(name, quick):
    vertices = floats(30000, (1, 10000, 3))
    colors, faces = whole(30000, 256, (1, 10000, 3)), whole(60000, 10000, (1, 20000, 3))
    return calls(name, lambda writer, step: writer.add_mesh(
        "mesh", vertices, colors, faces, global_step=step), 5 if quick else 30)


def video(form):
    def row(name, quick):
        if name == "torch" or name in PEERS and form == "apng":
            raise Skip("torch cannot use this moviepy, tensorboardX writes GIF only")
        one = photo(64, 64 * 16)
        if numpy is not None:
            frames = one.reshape(3, 64, 16, 64).transpose(2, 0, 1, 3)[None]
        else:
            frames = memoryview(bytes(one)).cast("B", (1, 16, 3, 64, 64))
        options = {} if name in PEERS or form == "gif" else {"format": form}
        return calls(name, lambda writer, step: writer.add_video(
            "video", frames, step, **options), 2 if quick else 10)
    return row


IMPORT = """
import sys, time
sys.path[:0] = %r
def memory():
    with open("/proc/self/status") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith("VmRSS"))
before, start = memory(), time.perf_counter()
from %s import SummaryWriter
wall = time.perf_counter() - start
writer = SummaryWriter(%r)
print(wall, memory() - before)
writer.close()
"""


def importing(name, quick):
    """In a bare Python of its own: for tensorboardX, one that has what it requires alone."""
    if name not in ("tbx_pure", "tensorboardX"):
        raise Skip("not in a bare Python")
    bare = os.environ.get("BENCH_BARE")
    if name == "tensorboardX" and not bare:
        raise Skip("no bare folder")
    directory = tempfile.mkdtemp(prefix="bench")
    path = [bare] if name == "tensorboardX" else [os.path.dirname(os.path.dirname(tbx_pure.__file__))]
    try:
        found = []
        for _ in range(3 if quick else 10):
            out = subprocess.check_output([os.path.realpath(sys.executable), "-I", "-c",
                                           IMPORT % (path, name, directory)])
            found.append(list(map(float, out.split())))
    finally:
        shutil.rmtree(directory)
    walls, sizes = map(sorted, zip(*found[1:]))
    return {"median": walls[len(walls) // 2], "bytes": sizes[len(sizes) // 2]}, None


def checksum(size):
    def row(name, quick):
        if name == "tensorboardX":
            function = importlib.import_module("tensorboardX.crc32c")._crc32c
        elif name == "torch":
            function = importlib.import_module(
                "tensorboard.compat.tensorflow_stub.pywrap_tensorflow").crc32c
        else:
            function = crc32c
        data = bytes(bytearray(random.Random(5).getrandbits(8) for _ in range(size)))
        slow = name in PEERS or name == "kernels off"
        count = max(1, (300000 if slow else 10000000) // size // (5 if quick else 1))
        function(data)
        begun = time.process_time()
        for _ in range(count):
            value = function(data)
        return {"cpu": (time.process_time() - begun) / count}, "%08x" % value
    return row


def written(directory, steps, tags, training=False):
    """Write a file of scalars, each tag at each step; as a training: a histogram, a picture too."""
    chance, wall = random.Random(1), 1.7e9
    shown = floats(2000)
    picture = bytes(bytearray(chance.getrandbits(8) for _ in range(20000)))
    with open(os.path.join(directory, EVENTS), "wb") as file:
        file.write(frame(EVENT.encode({"wall_time": wall, "file_version": FILE_VERSION})))
        rows = []
        for step in range(steps):
            for tag in tags:
                wall += chance.random() * 1e-4
                rows.append((tag, chance.gauss(0, 1), step, wall))
            wall += 0.05
            if len(rows) > 4000 or training and step % 100 == 99 or step == steps - 1:
                file.write(records(rows))
                rows = []
            if training and step % 100 == 99:
                for value in histograms(shown) + [{"tag": "picture", "image": {
                        "height": 64, "width": 64, "colorspace": 3, "encoded_image_string": picture}}]:
                    file.write(frame(EVENT.encode({"wall_time": wall, "step": step,
                                                   "summary": {"value": [value]}})))


def histograms(values):
    from tbx_pure.plugins.histograms import histogram as summary
    one, = summary("weights", values, "tensorflow", None, lambda *_: None)["value"]
    return [dict(one, tag="weights/%d" % i) for i in range(8)]


READERS = {"tbx_pure", "kernels off", "rustboard", "EventAccumulator"}


def reading(training):
    def row(name, quick):
        if name not in READERS:
            raise Skip("no reader")
        if name == "kernels off" and not quick:
            raise Skip("minutes")
        steps = 1000 if quick else 10000
        if training:
            steps *= 2
        slow = quick or name == "EventAccumulator"
        return read(name, steps, TAGS[:5] if training else [
            "layer_%d/%s" % (i, tag) for i in range(10) for tag in TAGS], training, 1 if slow else 3)
    return row


def read(name, steps, tags, training, times):
    directory = tempfile.mkdtemp(prefix="bench")
    try:
        written(directory, steps, tags, training)
        found = [READ.get(name, read_ours)(directory) for _ in range(times)]
    finally:
        shutil.rmtree(directory)
    points = {count for _, _, count in found if count is not None}
    points.add(steps * len(tags))
    cpus, walls = sorted(cpu for cpu, _, _ in found), sorted(wall for _, wall, _ in found)
    return ({"cpu": cpus[times // 2], "median": walls[times // 2]},
            "%s points" % points.pop() if len(points) == 1 else "%s points differ" % points)


def read_ours(directory):
    start, begun = time.perf_counter(), time.process_time()
    run = Run(directory)
    ended, stopped = time.process_time(), time.perf_counter()
    return ended - begun, stopped - start, sum(
        len(run.scalars(tag).steps) for tag in run.tags()["scalars"])


def read_accumulator(directory):
    module = importlib.import_module("tensorboard.backend.event_processing.event_accumulator")
    start, begun = time.perf_counter(), time.process_time()
    found = module.EventAccumulator(directory, size_guidance={"scalars": 0}).Reload()
    ended, stopped = time.process_time(), time.perf_counter()
    return ended - begun, stopped - start, sum(
        len(found.Scalars(tag)) for tag in found.Tags()["scalars"])


def read_rustboard(directory):
    """TensorBoard's data server, from its start until it has loaded; every checksum verified."""
    module = importlib.import_module("tensorboard_data_server")
    start = time.perf_counter()
    with subprocess.Popen(
            [module.server_binary(), "--logdir", directory, "--port", "0", "--reload", "once",
             "--checksum", "--samples-per-plugin", "scalars=all", "-v", "-v"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, universal_newlines=True) as server:
        for line in server.stderr:
            if "Finished load" in line:
                break
        wall = time.perf_counter() - start
        with open("/proc/%d/stat" % server.pid) as file:
            ticks = file.read().rpartition(")")[2].split()[11:13]
        server.kill()
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"), wall, None


READ = {"rustboard": read_rustboard, "EventAccumulator": read_accumulator}


def lateness(name, quick):
    """A thread that ticks every millisecond, while bursts of 2,000 scalars come and are drained."""
    late, over = [], threading.Event()

    def tick():
        due = time.perf_counter()
        while not over.is_set():
            due += 0.001
            time.sleep(max(0, due - time.perf_counter()))
            now = time.perf_counter()
            if draining[0]:
                late.append(now - due)
            due = max(due, now)
    directory, draining = tempfile.mkdtemp(prefix="bench"), [False]
    try:
        writer = WRITERS[name](directory)
        ticker = threading.Thread(target=tick)
        ticker.start()
        step = 0
        for _ in range(10 if quick else 200):
            for step in range(step + 1, step + 2001):
                writer.add_scalar(TAGS[step % 10], 0.5, step)
            draining[0] = True
            time.sleep(0.03)
            draining[0] = False
        over.set()
        ticker.join()
        writer.close()
        late.sort()
        return {"median": late[len(late) // 2], "p99": late[len(late) * 99 // 100]}, digest(directory)
    finally:
        shutil.rmtree(directory)


# ---- cost as work grows: seconds of work of three sizes ----

def of_tags(size):
    directory = tempfile.mkdtemp(prefix="bench")
    try:
        with WRITERS["tbx_pure"](directory) as writer:
            begun = time.process_time()
            for step in range(3):
                for i in range(size):
                    writer.add_scalar("layer/%d" % i, 0.5, step)
            writer.close()
            return time.process_time() - begun
    finally:
        shutil.rmtree(directory)


def of_writers(size):
    directory = tempfile.mkdtemp(prefix="bench")
    try:
        begun = time.process_time()
        writers = [WRITERS["tbx_pure"](os.path.join(directory, str(i))) for i in range(size)]
        for step in range(3):
            for writer in writers:
                writer.add_scalar("loss", 0.5, step)
        for writer in writers:
            writer.close()
        return time.process_time() - begun
    finally:
        shutil.rmtree(directory)


def of_input(method, make):
    def cost(size):
        given, directory = make(size), tempfile.mkdtemp(prefix="bench")
        try:
            with WRITERS["tbx_pure"](directory) as writer:
                begun = time.process_time()
                getattr(writer, method)("grows", given, 1)
                return time.process_time() - begun
        finally:
            shutil.rmtree(directory)
    return cost


def of_files(size):
    directory = tempfile.mkdtemp(prefix="bench")
    try:
        written(directory, size // 10, TAGS)
        return read_ours(directory)[0]
    finally:
        shutil.rmtree(directory)


#   what grows                          its sizes, a decade apart        seconds of a size
GROWTH = {
    "tags":                             ((1000, 10000, 100000),          of_tags),
    "writers":                          ((8, 80, 800),                   of_writers),
    "pixels of a picture":              ((10 ** 4, 10 ** 5, 10 ** 6),
                                         of_input("add_image", lambda size: photo(100, size // 100))),
    "values of a histogram":            ((10 ** 4, 10 ** 5, 10 ** 6),
                                         of_input("add_histogram", floats)),
    "records of a file":                ((10 ** 4, 10 ** 5, 10 ** 6),    of_files),
}


def growth(what, quick):
    sizes, cost = GROWTH[what]
    sizes = [size // 8 for size in sizes] if quick else sizes
    times = []
    for size in sizes:
        cost(size)
        times.append(min(cost(size) for _ in range(2 if quick else 3)))
    return {"sizes": list(sizes), "seconds": times}


#   row                how it is measured
ROWS = {
    "burst":           burst,
    "paced":           paced,
    "scalars":         several,
    "text":            text,
    "histogram-1k":    histogram(1000, 300),
    "histogram-100k":  histogram(10 ** 5, 20),
    "histogram-1M":    histogram(10 ** 6, 5),
    "histogram-list":  histogram(10 ** 6, 3, as_list=True),
    "image":           image(1080, 1920),
    "image-float":     image(1080, 1920, as_float=True),
    "audio":           audio,
    "pr-curve":        pr_curve,
    "embedding":       embedding(False),
    "embedding-raw":   embedding(True),
    "mesh":            mesh,
    "video":           video("gif"),
    "video-apng":      video("apng"),
    "import":          importing,
    "crc-1M":          checksum(10 ** 6),
    "crc-10k":         checksum(10 ** 4),
    "crc-128":         checksum(128),
    "read":            reading(False),
    "read-training":   reading(True),
    "lateness":        lateness,
}
PEERS = "tensorboardX", "torch", "rustboard", "EventAccumulator"
SCALARS = "burst", "paced", "scalars", "lateness"
MODES = dict(dict.fromkeys(("every", "relaxed", "strict"), SCALARS),
             **dict.fromkeys(LINES, ("burst", "paced")))


def answer(name, request):
    try:
        if "growth" in request:
            return growth(request["growth"], request["quick"])
        if name in MODES and request["row"] not in MODES[name]:
            raise Skip("not measured")
        if name in READ and not request["row"].startswith("read"):
            raise Skip("a reader")
        metrics, contents = ROWS[request["row"]](name, request["quick"])
        return {"metrics": metrics, "contents": contents}
    except Skip as e:
        return {"skip": str(e)}
    except Exception:
        return {"error": traceback.format_exc()}


def main():
    answers, sys.stdout = sys.stdout, sys.stderr        # peers print what they like
    for line in sys.stdin:
        answers.write(json.dumps(answer(sys.argv[1], json.loads(line))) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
