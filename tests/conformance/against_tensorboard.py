"""What a real TensorBoard shows of our files: every run, tag, step and value, in both engines.

Two runs are written: "methods" calls the methods for numbers, pictures and text, and what
TensorBoard must show of it is stated here (of the other methods, in against_plugins.py); "demo" is
the demo.  Of both, all that our own reader finds is what TensorBoard serves over HTTP, and what its
EventAccumulator reads.
"""
import contextlib
import io
import math
import os
import subprocess
import sys
import tempfile
import unittest
import warnings

import numpy
import torch
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.text.text_plugin import text_array_to_html
from tensorboard.util.tensor_util import make_ndarray

from tbx_pure import SummaryWriter
from tbx_pure.plugins import plugin_of
from tbx_pure.read.events import event_files, events
from tbx_pure.tensor_proto import tensor_values
from tests.conformance.brief import BriefTestCase
from tests.conformance.tensorboard_server import ENGINES, TensorBoard

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAN, INF = math.nan, math.inf

# ---- the run with methods: what is written at step 0, 1, ... of each tag ----

SCALARS = {
    "ints":       (1, -2, 2 ** 24 + 1, 10 ** 40, True),
    "floats":     (0.1, -0.0, 5e-324, 1e-40, 3.4028235677973362e38, 1e39, -1e39),
    "not/finite": (NAN, 1.0, INF, -INF, NAN),
    "numpy":      (numpy.float16(0.1), numpy.float64(0.1), numpy.int8(-7), numpy.array([[3.5]]),
                   numpy.array(2 ** 63, ">u8"), numpy.bool_(True)),
    "torch":      (torch.tensor(0.1, requires_grad=True), torch.tensor([[2]]), torch.tensor(True),
                   torch.tensor(0.1, dtype=torch.bfloat16), torch.tensor(0.1, dtype=torch.float16)),
    "höhe/米_1.x-y": (1.5, 2.5),
}
CURVES = {"a": (1.0, 2.0), "b/c": (3.0, 4.0)}           # of add_scalars

NORMAL = numpy.random.RandomState(1).randn(500)
EDGES = [-1.0, -0.5, 0.0, 2.0]

#   tag              values and bins of each step
HISTOGRAMS = {
    "tensorflow":    [(NORMAL, "tensorflow"), (NORMAL * 1e-9, "tensorflow"),
                      ([1.0] * 10, "tensorflow"), ([0], "tensorflow")],
    "rules":         [(NORMAL, rule) for rule in ("auto", "doane", "fd", "rice", "scott", "sqrt",
                                                  "stone", "sturges")],
    "given":         [(NORMAL, 7), (NORMAL, EDGES), (torch.tensor(EDGES, requires_grad=True), 3)],
    "some/nan":      [([NAN, 1.0, INF, 2.0, -INF], "tensorflow"), ([1.0, NAN], 2)],
    "beyond":        [([1e20, -1e30, 1.0], "tensorflow"), ([1e20], "tensorflow")],
}
RAW = (-1.0, 3.0, 4.0, 5.0, 11.0, [0.0, 1.0, 3.0], [1.0, 0.0, 3.0])

BYTES = numpy.random.RandomState(2).randint(0, 256, (4, 5, 6), "uint8")                 # C H W
FLOATS = numpy.linspace(0, 1, 3 * 5 * 6, dtype="float32").reshape(3, 5, 6)
MANY = numpy.random.RandomState(3).randint(0, 256, (10, 3, 4, 5), "uint8")              # N C H W

#   tag          pixels and layout of each step
IMAGES = {
    "HW":        [(BYTES[0], "HW"), (FLOATS[0], "HW")],
    "CHW":       [(BYTES[:3], "CHW"), (FLOATS, "CHW"), (BYTES[:1], "CHW"),
                  (torch.tensor(FLOATS), "CHW")],
    "HWC":       [(BYTES[:3].transpose(1, 2, 0), "HWC"), (FLOATS.transpose(1, 2, 0) * 1.0, "hwc")],
    "bool":      [(BYTES[0] > 99, "HW"), (BYTES[:3] > 99, "CHW")],
    "LA":        [(BYTES[:2], "CHW"), (BYTES[:2].transpose(1, 2, 0), "HWC")],
    "RGBA":      [(BYTES, "CHW"), (BYTES.transpose(1, 2, 0), "HWC")],
    "clipped":   [(numpy.array([[-1.0, 0.5, 2.0, NAN]]), "HW"),
                  (numpy.array([[-5, 7, 300]]), "HW")],
}
GRIDS = {
    "grid":      [(MANY, "NCHW"), (MANY[:3].transpose(0, 2, 3, 1), "NHWC"),
                  (list(MANY[:2]), "CHW")],
}
CLIPPED = {("clipped", 0): [0, 127, 255, 0], ("clipped", 1): [0, 7, 255]}

#   tag          text and the HTML that is shown, of each step
TEXTS = {
    "markdown":  [("plain *it*", "<p>plain <em>it</em></p>"),
                  ("# H\n\n- a", "<h1>H</h1>\n<ul>\n<li>a</li>\n</ul>")],
    "grüße 米":   [("naïve 米 \U0001f600", "<p>naïve 米 \U0001f600</p>"), ("", "")],
    "unsafe":    [("<script>1</script>", "&lt;script&gt;1&lt;/script&gt;"),
                  ("a & b", "<p>a &amp; b</p>")],
}
TEXT_SHOWN = "<table>\n<tbody>\n<tr>\n<td>%s</td>\n</tr>\n</tbody>\n</table>"
NAMED = ("named", "Shown name", "What it *is*", "<p>What it <em>is</em></p>")


def write_methods(logdir):
    """Write the run; return the names of the methods called."""
    called = set()

    class Noted(SummaryWriter):
        def __getattribute__(self, name):
            called.add(name)
            return SummaryWriter.__getattribute__(self, name)

    with Noted(logdir) as writer, warnings.catch_warnings():
        warnings.simplefilter("ignore")         # of values left out and clipped: it is so meant
        for tag, values in SCALARS.items():
            for step, value in enumerate(values):
                writer.add_scalar(tag, value, step)
        for step in (-2 ** 63, -1, 0, 2 ** 63 - 1):
            writer.add_scalar("steps", 0.5, step)
        for step in range(2):
            writer.add_scalar(NAMED[0], step, step, display_name=NAMED[1],
                              summary_description=NAMED[2])
            writer.add_scalars("main", {run: values[step] for run, values in CURVES.items()}, step)
            writer.add_histogram("all/nan", [NAN, NAN], step)
            writer.add_histogram("joined", NORMAL, step, max_bins=30)
            writer.add_histogram_raw("raw", *RAW, global_step=step)
        for tag, calls in HISTOGRAMS.items():
            for step, (values, bins) in enumerate(calls):
                writer.add_histogram(tag, values, step, bins)
        for tag, calls in TEXTS.items():
            for step, (text, _) in enumerate(calls):
                writer.add_text(tag, text, step)
        for add, table in ((writer.add_image, IMAGES), (writer.add_images, GRIDS)):
            for tag, calls in table.items():
                for step, (pixels, layout) in enumerate(calls):
                    add(tag, pixels, step, dataformats=layout)
    return called


# ---- what our own reader finds ----

def read_logdir(logdir):
    """Return {(plugin, run, tag): [(wall time, step, Value)]}."""
    found = {}
    for run, path in event_files(logdir):
        for event in events(path):
            for value in event.get("summary", {}).get("value", ()):
                key = plugin_of(value), run, value["tag"]
                found.setdefault(key, []).append((event["wall_time"], event.get("step", 0), value))
    return found


def setUpModule():
    global LOGDIR, FOUND, SERVERS
    stack = contextlib.ExitStack()
    unittest.addModuleCleanup(stack.close)
    LOGDIR = stack.enter_context(tempfile.TemporaryDirectory())
    write_methods(os.path.join(LOGDIR, "methods"))
    subprocess.run([sys.executable, "-m", "tbx_pure", "demo", os.path.join(LOGDIR, "demo")],
                   cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    FOUND = read_logdir(LOGDIR)
    starting = [TensorBoard(LOGDIR, engine) for engine in ENGINES]      # both at a time
    SERVERS = {server.engine: stack.enter_context(server) for server in starting}


def found(plugin):
    """Return [(run, tag, series)] of a plugin."""
    return [(run, tag, series) for (name, run, tag), series in sorted(FOUND.items())
            if name == plugin]


def shown(x):
    """Return a number as TensorBoard's JSON has it."""
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(repr(float(x)), float(x))


def float32(x):
    with numpy.errstate(all="ignore"):
        return float(numpy.float32(float(x.item() if hasattr(x, "item") else x)))


def rows(engine, histo):
    """Return the rows (left, right, count) that an engine makes of a HistogramProto."""
    limits, counts = histo.get("bucket_limit", []), histo.get("bucket", [])
    if engine == "python":              # it drops empty bins at the ends, and rounds to float32
        used = [i for i, count in enumerate(counts) if count] or [0, -1]
        limits, counts = limits[used[0]:used[-1] + 1], counts[used[0]:used[-1] + 1]
    if not counts:
        return []
    lefts = [histo.get("min", 0.0)] + limits[:-1]
    rights = limits[:-1] + [histo.get("max", 0.0)]
    number = float32 if engine == "python" else float
    return [list(map(number, row)) for row in zip(lefts, rights, counts)]


def expected_histo(values, bins):
    """Return a HistogramProto's fields, counted by NumPy."""
    values = numpy.array(values.tolist() if hasattr(values, "tolist") else values, float)
    values = values[numpy.isfinite(values)]
    counted = values
    if bins == "tensorflow":
        positive = numpy.cumprod([1e-12] + [1.1] * 773)
        bins = numpy.concatenate([-positive[::-1], [0], positive])
        counted = numpy.clip(values, bins[0], bins[-1])         # beyond is in the outermost bins
    counts, edges = numpy.histogram(counted, bins)
    first, last = numpy.flatnonzero(counts)[[0, -1]]
    return {"min": values.min(), "max": values.max(),
            "bucket": [0.0] + counts[first:last + 1].tolist(),
            "bucket_limit": edges[first:last + 2].tolist()}


def expected_pixels(pixels, dataformats):
    """Return the pixels, height by width by channels, by NumPy alone."""
    array = numpy.array(pixels.numpy() if torch.is_tensor(pixels) else pixels)
    letters = dataformats.upper()
    if array.ndim > len(letters):       # a list of pictures, with the layout of one
        letters = "N" + letters
    array = (array * (1 if array.dtype == "uint8" else 255.0)).astype("uint8")
    array = array.reshape(array.shape + (1,) * (4 - array.ndim))
    letters += "".join(letter for letter in "NC" if letter not in letters)
    array = array.transpose([letters.index(letter) for letter in "NHWC"])
    if array.shape[3] == 1:
        array = array.repeat(3, axis=3)
    n, height, width, channels = array.shape
    columns = min(n, 8)
    grid = numpy.zeros((-(-n // columns) * height, columns * width, channels), "uint8")
    for i in range(n):
        y, x = i // columns * height, i % columns * width
        grid[y:y + height, x:x + width] = array[i]
    return grid


def content_type(data):
    return "image/gif" if data.startswith(b"GIF") else "image/png"


def sizes(tensor):
    return [dim["size"] for dim in tensor["tensor_shape"].get("dim", ())]


class OverHTTP:
    """The tests of one engine, which the classes below name."""

    @property
    def server(self):
        return SERVERS[self.engine]

    def get(self, plugin, route, **query):
        return self.server.json("data/plugin/%s/%s" % (plugin, route), **query)

    def series(self, plugin, run, tag, route=None):
        """Return [[wall time, step, value]] as TensorBoard serves it."""
        return self.get(plugin, route or plugin, run=run, tag=tag)

    def blobs(self, run, tag):
        """Return [(wall time, step, content type, bytes)] of a tag's images."""
        for image in self.get("images", "images", run=run, tag=tag, sample=0):
            answer = self.server.get("data/plugin/images/individualImage?" + image["query"])
            yield (image["wall_time"], image["step"]) + answer

    # -- all that is in the files --

    def test_runs(self):
        runs = {run for _, run, _ in FOUND}
        self.assertLess({"methods", "methods/main/a", "methods/main/b/c", "demo"}, runs)
        self.assertEqual(set(self.server.json("data/runs")), runs)

    def test_tags(self):
        for plugin, of in (("scalars",) * 2, ("histograms",) * 2, ("distributions", "histograms"),
                           ("images",) * 2, ("text",) * 2):
            with self.subTest(plugin):
                served = self.get(plugin, "tags")
                self.assertEqual({(run, tag) for run, tags in served.items() for tag in tags},
                                 {(run, tag) for run, tag, _ in found(of)})
                self.assertTrue(served)
                self.assertTrue(self.server.json("data/plugins_listing")[plugin]["enabled"])

    def test_every_scalar(self):
        for run, tag, series in found("scalars"):
            with self.subTest(run=run, tag=tag):
                self.assertEqual(self.series("scalars", run, tag), [
                    [t, step, shown(value["simple_value"])] for t, step, value in series])

    def test_every_histogram(self):
        for run, tag, series in found("histograms"):
            with self.subTest(run=run, tag=tag):
                self.assertEqual(self.series("histograms", run, tag), [
                    [t, step, rows(self.engine, value["histo"])] for t, step, value in series])
                self.assertEqual([point[1] for point in self.series("distributions", run, tag)],
                                 [step for _, step, _ in series])

    def test_every_image(self):
        for run, tag, series in found("images"):
            with self.subTest(run=run, tag=tag):
                self.assertEqual(list(self.blobs(run, tag)),
                                 [(t, step, content_type(value["image"]["encoded_image_string"]),
                                   value["image"]["encoded_image_string"])
                                  for t, step, value in series])
                for _, _, value in series:
                    image = value["image"]
                    decoded = Image.open(io.BytesIO(image["encoded_image_string"]))
                    decoded.load()
                    self.assertEqual(decoded.size, (image["width"], image["height"]))

    def test_every_text(self):
        for run, tag, series in found("text"):
            with self.subTest(run=run, tag=tag):
                self.assertEqual(self.series("text", run, tag), [
                    {"wall_time": t, "step": step, "text": text_array_to_html(
                        numpy.array(value["tensor"]["string_val"], object).reshape(
                            sizes(value["tensor"])), True)}
                    for t, step, value in series])

    # -- what was written --

    def test_scalars_as_written(self):
        for tag, values in SCALARS.items():
            with self.subTest(tag):
                expected = [shown(float32(value)) for value in values]
                self.assertEqual([point[1:] for point in self.series("scalars", "methods", tag)],
                                 list(map(list, enumerate(expected))))
        for run, values in CURVES.items():
            series = self.series("scalars", "methods/main/" + run, "main")
            self.assertEqual([point[2] for point in series], list(values))
        self.assertEqual([point[1] for point in self.series("scalars", "methods", "steps")],
                         [-2 ** 63, -1, 0, 2 ** 63 - 1])

    def test_names_as_written(self):
        tag, name, _, html = NAMED
        tags = self.get("scalars", "tags")["methods"]
        self.assertEqual(tags[tag], {"displayName": name, "description": html})
        self.assertIn(tags["ints"]["displayName"], ("", "ints"))

    def test_histograms_as_written(self):
        for tag, calls in HISTOGRAMS.items():
            with self.subTest(tag):
                expected = [rows(self.engine, expected_histo(*call)) for call in calls]
                self.assertEqual([point[1:] for point in self.series("histograms", "methods", tag)],
                                 list(map(list, enumerate(expected))))
        low, high, _, _, _, limits, counts = RAW
        raw = rows(self.engine, {"min": low, "max": high, "bucket_limit": limits, "bucket": counts})
        self.assertEqual([point[1:] for point in self.series("histograms", "methods", "raw")],
                         [[0, raw], [1, raw]])

    def test_histogram_of_nothing(self):
        nothing = {"fast": [[0.0, 0.0, 0.0]], "python": []}[self.engine]
        self.assertEqual([point[1:] for point in self.series("histograms", "methods", "all/nan")],
                         [[0, nothing], [1, nothing]])

    def test_images_as_written(self):
        for tag, calls in list(IMAGES.items()) + list(GRIDS.items()):
            served = [numpy.array(Image.open(io.BytesIO(blob)))
                      for _, _, _, blob in self.blobs("methods", tag)]
            self.assertEqual(len(served), len(calls))
            for step, (picture, call) in enumerate(zip(served, calls)):
                with self.subTest(tag, step=step):
                    if (tag, step) in CLIPPED:
                        self.assertEqual(picture[0, :, 0].tolist(), CLIPPED[tag, step])
                    else:
                        numpy.testing.assert_array_equal(picture, expected_pixels(*call),
                                                         strict=True)

    def test_text_as_written(self):
        for tag, calls in TEXTS.items():
            with self.subTest(tag):
                series = self.series("text", "methods", tag + "/text_summary")
                self.assertEqual([point["text"] for point in series],
                                 [TEXT_SHOWN % html for _, html in calls])

    def test_zz_nothing_to_complain_of(self):   # the last in the alphabet: after all requests
        self.assertEqual(self.server.complaints(), [])


class Fast(OverHTTP, BriefTestCase):
    engine = "fast"


class Python(OverHTTP, BriefTestCase):
    engine = "python"


#   plugin       in Tags()     the accumulator's method; what it has of a value, and what we have
HISTO = "min", "max", "num", "sum", "sum_squares", "bucket_limit", "bucket"
IMAGE = "width", "height", "encoded_image_string"
AUDIO = "sample_rate", "length_frames", "content_type", "encoded_audio_string"
TENSOR = ("tensors",      EventAccumulator.Tensors,
          lambda point: make_ndarray(point.tensor_proto).ravel().tolist(),
          lambda value: list(tensor_values(value["tensor"]).values))
ACCUMULATED = {
    "scalars":    ("scalars",    EventAccumulator.Scalars,
                   lambda point: shown(point.value),
                   lambda value: shown(value["simple_value"])),
    "images":     ("images",     EventAccumulator.Images,
                   lambda point: [getattr(point, name) for name in IMAGE],
                   lambda value: [value["image"][name] for name in IMAGE]),
    "histograms": ("histograms", EventAccumulator.Histograms,
                   lambda point: [getattr(point.histogram_value, name) for name in HISTO],
                   lambda value: [value["histo"].get(name, 0.0) for name in HISTO]),
    "audio":      ("audio",      EventAccumulator.Audio,
                   lambda point: [getattr(point, name) for name in AUDIO],
                   lambda value: [value["audio"][name] for name in AUDIO]),
    "text":       ("tensors",    EventAccumulator.Tensors,
                   lambda point: list(point.tensor_proto.string_val),
                   lambda value: value["tensor"]["string_val"]),
    "scatter": TENSOR, "heatmap": TENSOR, "line_chart": TENSOR,
}
ACCUMULATED["custom_scalars"] = ACCUMULATED["text"]


class Accumulated(BriefTestCase):
    """TensorBoard's EventAccumulator, which scripts read runs with, and which converts nothing."""

    @classmethod
    def setUpClass(cls):
        all_of = {kind: 0 for kind, *_ in ACCUMULATED.values()}
        cls.runs = {run: EventAccumulator(os.path.join(LOGDIR, run), all_of).Reload()
                    for run in sorted({run for _, run, _ in FOUND})}

    def test_tags(self):
        self.assertEqual({plugin for plugin, _, _ in FOUND}, set(ACCUMULATED))
        for kind in {kind for kind, *_ in ACCUMULATED.values()}:
            self.assertEqual(
                {(run, tag) for run, events in self.runs.items() for tag in events.Tags()[kind]},
                {(run, tag) for plugin, run, tag in FOUND if ACCUMULATED[plugin][0] == kind})

    def test_every_value(self):
        for (plugin, run, tag), series in FOUND.items():
            with self.subTest(run=run, tag=tag):
                _, points, theirs, ours = ACCUMULATED[plugin]
                self.assertEqual(
                    [(point.wall_time, point.step, theirs(point))
                     for point in points(self.runs[run], tag)],
                    [(t, step, ours(value)) for t, step, value in series])


class TheTestItself(unittest.TestCase):
    def test_every_tag_has_several_steps_that_increase(self):
        for (_, run, tag), series in FOUND.items():
            with self.subTest(run=run, tag=tag):
                steps = [step for _, step, _ in series]
                self.assertEqual(steps, sorted(set(steps)))
                if run.startswith("methods"):
                    self.assertGreater(len(steps), 1)

    def test_damage_is_complained_of(self):
        with tempfile.TemporaryDirectory() as logdir:
            with SummaryWriter(logdir) as writer:
                writer.add_scalar("x", 0.5, 1)
            (_, path), = event_files(logdir)
            with open(path, "r+b") as file:
                file.seek(-1, os.SEEK_END)      # in the data's checksum
                file.write(b"?")
            with TensorBoard(logdir, "fast") as server:
                self.assertIn("Checksum", "\n".join(server.complaints()))
