"""What TensorBoard answers for our run, and for tensorboardX's of the same calls, in both engines.

All answers of all routes of all dashboards are equal, but for what spec/deviations.md tells: a tag,
a hyperparameter, a chart or an embedding that a row is about is named as the row's id, and must
differ as SEEN says.  (Not here: rows where tensorboardX's page, or the training, would end.)
"""
import contextlib
import logging
import os
import re
import tempfile
import unittest
import warnings
from unittest import mock

import matplotlib
import numpy
import tensorboardX
import torch
from matplotlib.figure import Figure

import tbx_pure
from tests.conformance.brief import BriefTestCase, difference
from tests.conformance.dashboards import ask
from tests.conformance.tensorboard_server import ENGINES, TensorBoard
from tests.conformance.written import WALL_TIME, call

matplotlib.use("agg")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WRITERS = {"ours": tbx_pure.SummaryWriter, "theirs": tensorboardX.SummaryWriter}
BOTH = tuple(ENGINES)

#   row of spec/deviations.md   in these engines, on these dashboards' answers
SEEN = {
    "display-name":          (("fast",), {"scalars", "timeseries"}),
    "auto-step":             (BOTH,      {"scalars", "timeseries", "images"}),
    "histogram-not-finite":  (BOTH,      {"histograms", "distributions", "timeseries"}),
    "histogram-outermost":   (BOTH,      {"histograms", "distributions", "timeseries"}),
    "image-clip":            (BOTH,      {"images", "timeseries"}),
    "image-integers":        (BOTH,      {"images", "timeseries"}),
    "boxes-labels":          (BOTH,      {"images", "timeseries"}),
    "video-empty":           (BOTH,      {"images", "timeseries"}),
    "audio-int16":           (BOTH,      {"audio"}),
    "audio-nan":             (BOTH,      {"audio"}),
    "pr-curve-127":          (BOTH,      {"pr_curves"}),
    "hparams-metric-tag":    (BOTH,      {"hparams"}),
    "hparams-values":        (BOTH,      {"hparams"}),
    "hparams-others":        (BOTH,      {"hparams"}),
    "layout-merged":         (BOTH,      {"custom_scalars"}),
    "embedding-labels":      (BOTH,      {"projector"}),
    "embedding-sprite":      (BOTH,      {"projector"}),
    "embedding-folder":      (BOTH,      {"projector"}),
}

RANDOM = numpy.random.RandomState(5)
PICTURE = RANDOM.randint(0, 256, (3, 6, 5), "uint8")                    # C H W
BOXES = numpy.array([[1, 1, 3, 4]])
TONE = numpy.sin(numpy.arange(400) / 7.0)
LABELS, PREDICTIONS = RANDOM.randint(0, 2, 60), RANDOM.rand(60)
POINTS = RANDOM.randn(2, 4, 3).astype("float32")
SHADES = RANDOM.randint(0, 256, (2, 4, 3))
FACES = numpy.array([[[0, 1, 2], [1, 2, 3]]] * 2)
MATRIX = RANDOM.randn(9, 3)
SPRITES = RANDOM.rand(9, 3, 4, 4)        # a full square: see embedding-sprite
CURVE = [[5, 3, 1], [2, 1, 0], [0, 1, 2], [0, 2, 4], [0.7, 0.75, 1.0], [1.0, 0.6, 0.2]]
SCENE = {"camera": {"cls": "PerspectiveCamera", "fov": 75}, "lights": []}


def figure(number):
    made = Figure(figsize=(2, 1.5))
    axes = made.add_subplot(1, 1, 1)
    axes.plot([0, number, 2], [1, 3, 2], "r--")
    axes.set_title("%d" % number)
    return made


def numbers():
    for step, x in enumerate((0.1, -0.0, 1e39, float("nan"), float("inf"), 3)):
        yield call("add_scalar", "loss/train", x, step)
        yield call("add_scalar", "clean me: ü", torch.tensor(x), step)
        yield call("add_scalars", "main/tag", {"a": x, "b c": 1.0}, step)
    for _ in range(3):
        yield call("add_scalar", "auto-step", 0.5)
        yield call("add_image", "auto-step/image", PICTURE)
    yield call("add_scalar", "display-name", 1.5, 1, display_name="Shown",
               summary_description="*d*")
    for step in range(3):
        values = RANDOM.randn(100) * 10 ** step
        for bins in ("tensorflow", "auto", 7):
            yield call("add_histogram", "histogram/%s" % bins, values, step, bins)
        yield call("add_histogram", "joined", values, step, max_bins=9)
        yield call("add_histogram_raw", "raw tag", -1, 3, 4, 5, 11, [0, 1, 3], [1, 0, 3], step)
    yield call("add_histogram", "histogram-not-finite", [1.0, float("nan"), 2.0], 1)
    yield call("add_histogram", "histogram-outermost", [1e20, 1.0], 1)


def media():
    for step, (pixels, layout) in enumerate((
            (PICTURE, "CHW"), (PICTURE / 255.0, "CHW"), (PICTURE[0], "HW"),
            (PICTURE.transpose(1, 2, 0), "HWC"), (PICTURE > 99, "CHW"))):
        yield call("add_image", "picture", pixels, step, dataformats=layout)
    yield call("add_image", "image-clip", PICTURE[0] / 200.0, 1, dataformats="HW")
    yield call("add_image", "image-integers", PICTURE.astype("int64"), 1)
    many = RANDOM.rand(10, 3, 4, 5)
    yield call("add_images", "grid", many, 1)
    yield call("add_images", "grid", many.transpose(0, 2, 3, 1), 2, dataformats="NHWC")
    yield call("add_image_with_boxes", "boxes", PICTURE, BOXES, 1)
    yield call("add_image_with_boxes", "boxes scaled", PICTURE, BOXES, 1, rescale=2)
    yield call("add_image_with_boxes", "boxes-labels", PICTURE, BOXES, 1, labels=["a"])
    yield call("add_video", "video-empty", PICTURE[None, None], 1)
    yield call("add_figure", "figure", figure(1), 1)
    yield call("add_figure", "figure", [figure(2), figure(3)], 2)
    yield call("add_audio", "sound", TONE, 1, 8000)
    yield call("add_audio", "sound", torch.tensor(TONE * 1.5), 2, 44100)
    yield call("add_audio", "stereo sound", numpy.array([TONE, -TONE]).T, 3)
    yield call("add_audio", "audio-int16", (TONE * 30000).astype("int16"), 1)
    yield call("add_audio", "audio-nan", [0.5, float("nan"), -0.5], 1)
    for step, text in enumerate(("plain *it*", "# H\n\n|a|b|\n|---|---|\n|1|2|", "<b>ü 米</b>",
                                 "")):
        yield call("add_text", "note tag", text, step)


def curves():
    for step, n in enumerate((2, 11, 127)):
        yield call("add_pr_curve", "pr tag", LABELS, PREDICTIONS, step, num_thresholds=n)
    yield call("add_pr_curve", "weighted", torch.tensor(LABELS), torch.tensor(PREDICTIONS), 1,
               weights=RANDOM.rand(60))
    yield call("add_pr_curve_raw", "counted", *CURVE, global_step=1, num_thresholds=3)
    yield call("add_pr_curve", "pr-curve-127", LABELS, PREDICTIONS, 1, num_thresholds=200)
    yield call("add_mesh", "mesh tag", POINTS, global_step=1)
    yield call("add_mesh", "all of it", POINTS, SHADES, FACES, SCENE, 1)
    yield call("add_mesh", "all of it", POINTS * 2, SHADES, FACES, SCENE, 2)


def untimed():
    """Yield the calls that take no walltime."""
    yield call("add_hparams", {"lr": 0.1, "opt": "adam", "flag": True, "n": 3,
                               "hparams-values": 1.5, "hparams-others": "x"},
               {"hp/acc": 0.5, "hparams-metric-tag: x": 2}, "first", 1)
    yield call("add_hparams", {"lr": 0.2, "opt": "sgd", "flag": False, "n": 4,
                               "hparams-values": numpy.float32(0.5),
                               "hparams-others": [1, 2]},
               {"hp/acc": torch.tensor(0.75), "hparams-metric-tag: x": 1.0}, "second/b", 2)
    yield call("add_custom_scalars", {"layout-merged": {"lines": ["Multiline", ["loss/.*"]]}})
    yield call("add_custom_scalars", {
        "kept": {"lines": ["Multiline", ["loss/.*", "main"]],
                 "band": ["Margin", ["loss/train", "main/tag", "auto-step"]]}, "empty": {}})
    yield call("add_embedding", MATRIX, list("abcdefghi"), SPRITES, 1, "points")
    yield call("add_embedding", torch.tensor(MATRIX), [["a", 1]] * 9, None, 2, "columns/b",
               ["name", "n"])
    yield call("add_embedding", MATRIX.astype("float32"))
    yield call("add_embedding", RANDOM.randint(-5, 5, (4, 2)), label_img=SPRITES[:4], tag="ints")
    yield call("add_embedding", MATRIX[:5], ["a\tb", "c\nd", "e", "", " "], tag="embedding-labels")
    yield call("add_embedding", MATRIX[:4], None, (SPRITES[:4] * 255).astype("uint8"),
               tag="embedding-sprite")
    yield call("add_embedding", MATRIX, tag="..", global_step=7)


def write(writer_class, logdir):
    """Write the run "run".  Time stands still, so that what takes no walltime has the same."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(mock.patch("time.time", lambda: WALL_TIME))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        RANDOM.seed(6)
        writer = stack.enter_context(writer_class(os.path.join(logdir, "run")))
        called = set()
        for calls in (numbers, media, curves, untimed):
            for method, arguments, keywords in calls():
                timed = {} if calls is untimed else {"walltime": WALL_TIME}
                getattr(writer, method)(*arguments, **timed, **keywords)
                called.add(method)
        for chart, tags in (("multiline", ["loss"]), ("margin", ["a", "b", "c"])):
            # Alone, in a run of its own: a layout replaces the one before.  [layout-merged]
            with writer_class(os.path.join(logdir, chart)) as other:
                method = "add_custom_scalars_%schart" % chart
                getattr(other, method)(tags, chart, "title")
                called.add(method)
    return called


def setUpModule():
    global ANSWERS, CALLED
    logging.disable(logging.WARNING)
    unittest.addModuleCleanup(logging.disable, logging.NOTSET)
    ANSWERS = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, writer_class in WRITERS.items():
            logdir = os.path.join(folder, name)
            CALLED = write(writer_class, logdir)
            starting = [TensorBoard(logdir, engine) for engine in ENGINES]
            for server in starting:
                with server:
                    ANSWERS[server.engine, name] = ask(server)


def row_of(key):
    """Return the id of the row of spec/deviations.md that a key is about, or None."""
    for part in key:
        for row in SEEN:
            if str(part).startswith(row):
                return row
    # Its tag is "..", which no row's id is.
    return "embedding-folder" if "..:00007" in key else None


class OverHTTP:
    """The tests of one engine, which the classes below name."""

    def setUp(self):
        super().setUp()
        self.ours, self.theirs = (ANSWERS[self.engine, name] for name in WRITERS)

    def differing(self):
        """Yield (key, text) of the answers that differ."""
        for key in sorted(self.ours.keys() | self.theirs.keys(), key=repr):
            pair = self.ours.get(key, "nothing"), self.theirs.get(key, "nothing")
            if repr(pair[0]) != repr(pair[1]):          # so that NaN is NaN, and 1 is not 1.0
                yield key, difference(*pair)

    def test_equal_but_for_the_deviations(self):
        for key, text in self.differing():
            if row_of(key) is None:
                with self.subTest(key):
                    self.fail(text)

    def test_each_deviation_is_seen(self):
        seen = {}
        for key, _ in self.differing():
            seen.setdefault(row_of(key), set()).add(key[0])
        seen.pop(None, None)            # these fail above
        self.assertEqual(seen, {row: dashboards for row, (engines, dashboards) in SEEN.items()
                                if self.engine in engines})

    def test_every_dashboard_answers(self):
        for answers in (self.ours, self.theirs):
            self.assertEqual({key[:2] for key in answers} & set(ROUTES), set(ROUTES))


#   every route with data in it
ROUTES = {(plugin, route) for plugin, routes in {
    "data":           ["runs"],
    "scalars":        ["tags", "scalars", "scalars_multirun"],
    "histograms":     ["tags", "histograms"],
    "distributions":  ["tags", "distributions"],
    "images":         ["tags", "images"],
    "audio":          ["tags", "audio"],
    "text":           ["text"],
    "pr_curves":      ["tags", "pr_curves"],
    "mesh":           ["tags", "meshes", "data"],
    "custom_scalars": ["layout", "scalars"],
    "hparams":        ["experiment", "session_groups", "metric_evals"],
    "projector":      ["runs", "info", "tensor", "metadata", "sprite_image"],
    "timeseries":     ["timeSeries"],
}.items() for route in routes}


class Fast(OverHTTP, BriefTestCase):
    engine = "fast"


class Python(OverHTTP, BriefTestCase):
    engine = "python"


class TheTestItself(unittest.TestCase):
    def test_every_method_both_have_is_called(self):
        graphs = {"add_graph", "add_onnx_graph", "add_openvino_graph"}      # against_graphs, _models
        self.assertEqual(CALLED, {
            name for name in dir(tbx_pure.SummaryWriter) if name.startswith("add_")
            and hasattr(tensorboardX.SummaryWriter, name)} - graphs)

    def test_every_row_is_one_of_the_deviations(self):
        with open(os.path.join(ROOT, "spec", "deviations.md"), encoding="utf-8") as file:
            self.assertLessEqual(set(SEEN), set(re.findall(r"(?m)^\| ([\w-]+) \|", file.read())))
