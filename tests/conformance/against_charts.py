"""Drawn charts in a real TensorBoard, and against matplotlib and NumPy.

One run holds scatter charts, heatmaps and confusion matrices of NumPy's and torch's numbers; both
engines must show each picture, each list of names, and pass over the numbers of our own plugins.
"""
import contextlib
import io
import os
import tempfile
import unittest

import matplotlib
import numpy
import torch
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

from tbx_pure import SummaryWriter
from tbx_pure.charts.confusion import _normalized
from tbx_pure.media.colormaps import colormap
from tests.conformance.brief import BriefTestCase
from tests.conformance.dashboards import ask
from tests.conformance.tensorboard_server import ENGINES, TensorBoard

RANDOM = numpy.random.RandomState(3)
X, Y = RANDOM.randn(2, 500)
MATRIX = RANDOM.randn(12, 9).astype("float32")
LABELS, PREDICTIONS = RANDOM.randint(0, 10, (2, 1000))
NAMES = ["\u732b", "\u72ac", "\xc4pfel", "*d*", "e", "f", "g", "h", "i", "j"]
CLASSES = numpy.array(NAMES)[RANDOM.randint(0, 3, 500)]

#   tag             method                 arguments
CALLS = (
    ("points",      "add_scatter",          (X, Y)),
    ("classes",     "add_scatter",          (torch.tensor(X), torch.tensor(Y, requires_grad=True),
                                             CLASSES)),
    ("colors",      "add_scatter",          (X, Y, torch.arange(500) % 7, X ** 2 + 1, Y)),
    ("rgb",         "add_scatter",          (X, Y, None, numpy.float32(4),
                                             RANDOM.randint(0, 256, (500, 3)).astype("uint8"))),
    ("heat",        "add_heatmap",          (MATRIX, None, numpy.arange(9))),
    ("bfloat16",    "add_heatmap",          (torch.tensor(MATRIX).bfloat16(), None, None, "greys")),
    ("names",       "add_heatmap",          (MATRIX[:2, :2], NAMES[:2], NAMES[2:4], "coolwarm")),
    ("confusion",   "add_confusion_matrix", (LABELS, torch.tensor(PREDICTIONS), NAMES)),
    ("normalized",  "add_confusion_matrix", (list(torch.tensor(LABELS)), PREDICTIONS.tolist(), None,
                                             "true")),
    ("texts",       "add_confusion_matrix", (CLASSES, CLASSES[::-1])),
)
NAMED = {"classes": 2, "names": 2, "confusion": 2, "texts": 2}  # names that the font lacks


def setUpModule():
    global LOGDIR, ANSWERS, COMPLAINTS
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    LOGDIR, ANSWERS, COMPLAINTS = folder.name, {}, {}
    for run, style in ("run", False), ("tensors", True):
        with SummaryWriter(os.path.join(LOGDIR, run), tensor_style=style) as writer:
            for step in range(2):
                for tag, method, arguments in CALLS:
                    getattr(writer, method)(tag, *arguments, global_step=step)
            writer.add_scalar("after", 0.5, 1)
    with contextlib.ExitStack() as stack:
        starting = [TensorBoard(LOGDIR, engine) for engine in ENGINES]
        for server in [stack.enter_context(server) for server in starting]:
            ANSWERS[server.engine] = ask(server)
            COMPLAINTS[server.engine] = server.complaints()


def accumulated(run="run"):
    """Return TensorBoard's reader of a run, which keeps everything."""
    return EventAccumulator(os.path.join(LOGDIR, run), {"tensors": 0, "images": 0}).Reload()


class OverHTTP:
    """The tests of one engine, which the classes below name."""

    def setUp(self):
        super().setUp()
        self.answers = ANSWERS[self.engine]

    def test_pictures(self):
        reader = accumulated()
        for run in "run", "tensors":
            for tag, _, _ in CALLS:
                series = self.answers["images", "images", run, tag, 0]
                self.assertEqual([point["step"] for point in series], [0, 1])
                for point, written in zip(series, reader.Images(tag)):
                    kind, (shape, pixels) = point["blob"]
                    picture = numpy.array(Image.open(io.BytesIO(written.encoded_image_string)))
                    self.assertEqual((kind, shape), ("image/png", picture.shape))
                    self.assertEqual(shape, (written.height, written.width, 3))
                    self.assertEqual(pixels, picture.ravel().tolist())

    def test_names(self):
        shown = {key[3]: answer for key, answer in self.answers.items()
                 if key[:3] == ("text", "text", "run") and key[4] == "true"}
        self.assertEqual({tag[:-len("/text_summary")]: len(series) for tag, series in shown.items()},
                         NAMED)
        for series in shown.values():
            for point in series:
                self.assertIn("<ol>\n<li>", point["text"])
                self.assertEqual(point["text"].count("<li>"), 2)
                self.assertIn("<li>\u732b</li>", point["text"])

    def test_our_plugins_have_no_page(self):
        self.assertEqual([key for key in self.answers
                          if "/scatter" in repr(key) or "/heatmap" in repr(key)], [])

    def test_the_rest_is_there(self):
        self.assertEqual([value for _, _, value in self.answers["scalars", "scalars", "run",
                                                                "after"]], [0.5])

    def test_nothing_to_complain_of(self):
        self.assertEqual(COMPLAINTS[self.engine], [])


class Fast(OverHTTP, BriefTestCase):
    engine = "fast"


class Python(OverHTTP, BriefTestCase):
    engine = "python"


class Numbers(unittest.TestCase):
    """Beside the pictures, as TensorBoard's own reader has them."""

    def read(self, tag):
        first, second = accumulated().Tensors(tag)
        numpy.testing.assert_array_equal(make_ndarray(first.tensor_proto),
                                         make_ndarray(second.tensor_proto))
        return make_ndarray(first.tensor_proto)

    def test_scatter(self):
        numpy.testing.assert_array_equal(self.read("points/scatter"), numpy.array([X, Y]).T)
        columns = self.read("colors/scatter").T
        numpy.testing.assert_array_equal(columns[2], numpy.arange(500) % 7)
        numpy.testing.assert_array_equal(columns[3:], [X ** 2 + 1, Y])
        names = sorted(set(CLASSES.tolist()))
        self.assertEqual([names[int(i)] for i in self.read("classes/scatter")[:, 2]],
                         CLASSES.tolist())

    def test_heatmap(self):
        found = self.read("heat/heatmap")
        self.assertEqual(found.dtype, numpy.dtype("float32"))
        numpy.testing.assert_array_equal(found, MATRIX)
        numpy.testing.assert_array_equal(self.read("bfloat16/heatmap"),
                                         torch.tensor(MATRIX).bfloat16().float().numpy())

    def test_confusion(self):
        want = numpy.zeros((10, 10), int)
        numpy.add.at(want, (LABELS, PREDICTIONS), 1)
        for tag in "confusion/heatmap", "normalized/heatmap":
            found = self.read(tag)
            self.assertEqual(found.dtype, numpy.dtype("int64"))
            numpy.testing.assert_array_equal(found, want)

    def test_normalized(self):
        """The formulas of scikit-learn's confusion_matrix, in which a share of none is 0 too."""
        counts = RANDOM.randint(0, 9, (8, 8)).astype(float)
        counts[3], counts[:, 5] = 0, 0
        with numpy.errstate(all="ignore"):
            for by, whole in (("TRUE", counts.sum(axis=1, keepdims=True)),
                              ("PREDICTED", counts.sum(axis=0, keepdims=True)),
                              ("ALL", counts.sum())):
                numpy.testing.assert_allclose(_normalized(counts.tolist(), by),
                                              numpy.nan_to_num(counts / whole), rtol=1e-15)


class Colormaps(unittest.TestCase):
    def test_as_matplotlib_has_them(self):
        #   ours        matplotlib's  largest difference of a channel, 0 to 255
        for name, theirs, most in (("viridis", "viridis", 2), ("greys", "binary", 1),
                                   ("coolwarm", "coolwarm", 8), ("blues", "Blues", 14)):
            ours = numpy.frombuffer(colormap(name), "uint8").reshape(256, 3).astype(int)
            table = matplotlib.colormaps[theirs](numpy.arange(256))[:, :3] * 255
            self.assertLessEqual(abs(ours - table).max(), most + 1, name)


if __name__ == "__main__":
    unittest.main()
