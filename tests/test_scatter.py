"""add_scatter: what it draws, what it writes, what it refuses."""
import math
import random
import unittest
from array import array
from binascii import crc32
from itertools import combinations

from tbx_pure import SummaryWriter
from tbx_pure.charts import scatter as module
from tbx_pure.charts.axes import Axes, overlap
from tbx_pure.charts.scatter import scatter
from tbx_pure.errors import InputError
from tbx_pure.media.canvas import SHAPES, Canvas
from tbx_pure.media.colormaps import CYCLE, color_at, colormap
from tbx_pure.messages import EVENT, SUMMARY, VALUE
from tbx_pure.plugins import describe, text
from tbx_pure.plugins import scatter as plugin

from .helpers import InDirectory, Refusals, events
from .png_reader import read_png
from .test_axes import Layout
from .test_plugins import silent
from .vectors import load, unhex

NAN, INF = math.nan, math.inf
CATS = "\u732b"


def values(*arguments, **options):
    """Return the Values of a scatter chart, after a trip through their bytes."""
    given = dict(dict.fromkeys(("labels", "sizes", "colors")), tag="a tag", x_label="", y_label="",
                 warn=silent)
    given.update(options)
    summary = scatter(given.pop("tag"), *arguments, **given)
    return SUMMARY.decode(SUMMARY.encode(summary))["value"]


def deaf(cause, text):
    """Take a warning that is no matter of the test."""


def read(*arguments, **options):
    return plugin.read(values(*arguments, **options)[1])


def picture(*arguments, **options):
    """Return (height, width, {(x, y): color}) of the picture."""
    height, width, channels, pixels = read_png(
        values(*arguments, **options)[0]["image"]["encoded_image_string"])
    return height, width, {(i // 3 % width, i // 3 // width): tuple(pixels[i:i + 3])
                           for i in range(0, len(pixels), channels)}


def second_value(name):
    """Return the bytes of the second Value of a vector; the first is a picture."""
    case, = [case for case in load("plugins")["valid"] if case["id"] == name]
    return VALUE.encode(EVENT.decode(unhex(case["hex"]))["summary"]["value"][1])


class Heard:
    """The axes that the last chart was drawn in, and its markers."""

    def __enter__(self):
        self.init, self.marker, self.markers = Axes.__init__, Canvas.marker, []

        def init(axes, *arguments, **options):
            self.axes = axes
            self.init(axes, *arguments, **options)
            del self.markers[:]                         # those of the legend
        Axes.__init__ = init

        def marker(canvas, x, y, size, color, shape="disc"):
            self.markers.append((x, y, size, color, shape))
            self.marker(canvas, x, y, size, color, shape)
        Canvas.marker = marker
        return self

    def __exit__(self, *exception):
        Axes.__init__, Canvas.marker = self.init, self.marker


def markers(*arguments, **options):
    with Heard() as heard:
        values(*arguments, **options)
    return heard.markers


class TestValues(unittest.TestCase):

    def test_picture_and_numbers(self):
        image, data = values([1, 2.5], [3, 4], x_label="x", y_label="\xe4")
        self.assertEqual((image["tag"], data["tag"]), ("a_tag", "a_tag/scatter"))
        self.assertEqual((image["image"]["width"], image["image"]["height"],
                          image["image"]["colorspace"]), (600, 400, 3))
        self.assertEqual(read_png(image["image"]["encoded_image_string"])[:3], (400, 600, 3))
        self.assertEqual(plugin.read(data), {"x_label": "x", "y_label": "\xe4", "labels": [],
                                             "columns": {"x": [1.0, 2.5], "y": [3.0, 4.0]}})
        self.assertEqual(describe(data), "scatter  x, y of shape (2, 2)")
        self.assertEqual(data["metadata"]["data_class"], "DATA_CLASS_TENSOR")

    def test_vectors(self):
        """The numbers are those that protobuf writes."""
        for name, x, y, options in (
                ("scatter-points", [1.5, 0.5], [-2, NAN], {"labels": ["b", "a"]}),
                ("scatter-colors", [1.5], [-2], {"sizes": 9, "colors": [[255, 0, 128]],
                                                  "y_label": "y"})):
            data = values(x, y, tag="m", x_label="x", warn=deaf, **options)[1]
            self.assertEqual(VALUE.encode(data), second_value(name))

    def test_every_column(self):
        found = read([1, 2], [3, 4], labels=["b", "a"], sizes=[5, 6.5], colors=[NAN, 8],
                     warn=deaf)
        self.assertEqual(list(found["columns"]), ["x", "y", "label", "size", "color"])
        self.assertEqual((found["columns"]["label"], found["labels"]), ([1, 0], ["a", "b"]))
        self.assertEqual(found["columns"]["size"], [5, 6.5])
        self.assertEqual(repr(found["columns"]["color"]), "[nan, 8.0]")
        found = read([1, 2], [3, 4], sizes=7, colors=[[1, 2, 3], [4, 5, 255]])["columns"]
        self.assertEqual(found, {"x": [1, 2], "y": [3, 4], "size": [7, 7], "red": [1, 4],
                                 "green": [2, 5], "blue": [3, 255]})

    def test_whatever_holds_numbers(self):
        for x in ([1, 2, 3], (1.0, 2.0, 3.0), array("f", [1, 2, 3]), range(1, 4),
                  memoryview(array("h", [1, 2, 3])), [[1], [2], [3]]):
            self.assertEqual(read(x, x)["columns"], {"x": [1, 2, 3], "y": [1, 2, 3]})

    def test_not_finite_is_written_and_not_drawn(self):
        heard = []
        found = read([1, NAN, 3, 4], [1, 2, INF, 4], warn=lambda *w: heard.append(w))
        self.assertEqual(repr(found["columns"]["x"]), "[1.0, nan, 3.0, 4.0]")
        self.assertEqual(repr(found["columns"]["y"]), "[1.0, 2.0, inf, 4.0]")
        self.assertEqual(heard, [("NaN", "2 of 4 points are NaN or infinite, and not drawn")])
        self.assertEqual(len(markers([1, NAN, 3, 4], [1, 2, INF, 4], warn=deaf)), 2)
        self.assertEqual(markers([NAN], [1], warn=deaf), [])

    def test_names_that_the_font_lacks(self):
        found = values([1, 2, 3, 4], [1, 2, 3, 4], labels=["a", CATS, CATS, "a"], x_label="\u72ac")
        self.assertEqual([value["tag"] for value in found],
                         ["a_tag", "a_tag/scatter", "a_tag/text_summary"])
        self.assertEqual(text.read(found[2]), ["1. \u72ac\n2. " + CATS])
        self.assertEqual(plugin.read(found[1])["labels"], ["a", CATS])


class TestPicture(Layout):

    def test_points_are_where_they_should_be(self):
        with Heard() as heard:
            values([0, 10], [0, 10])
        x0, y0, x1, y1 = heard.axes.area
        (ax, ay, size, color, shape), (bx, by, _, _, _) = heard.markers
        for found, share in ((ax, 1 / 22), (bx, 21 / 22)):
            self.assertAlmostEqual(found, x0 + (x1 - x0) * share)
        for found, share in ((ay, 21 / 22), (by, 1 / 22)):
            self.assertAlmostEqual(found, y0 + (y1 - y0) * share)
        self.assertEqual((size, color, shape), (11, CYCLE[0], "disc"))
        height, width, pixels = picture([0, 10], [0, 10])
        self.assertEqual((height, width), (400, 600))
        self.assertEqual(pixels[int(ax), int(ay)], CYCLE[0])
        self.assertEqual(pixels[int(bx) - 9, int(ay) - 9], (255, 255, 255))

    def test_classes(self):
        found = markers([1, 2, 3, 4], [1, 2, 3, 4], labels=[7, 3, 7.0, 3])
        self.assertEqual([(color, shape) for _, _, _, color, shape in found],
                         [(CYCLE[1], "square"), (CYCLE[0], "disc")] * 2)
        self.assertEqual(read([1, 2, 3], [1, 2, 3], labels=[10, 9, 100])["labels"],
                         ["9", "10", "100"])
        self.assertEqual(read([1, 2], [1, 2], labels=[True, False])["labels"], ["False", "True"])

    def test_many_classes_have_their_color_and_shape_each(self):
        found = markers(range(50), range(50), labels=range(50))
        self.assertEqual(len({(color, shape) for _, _, _, color, shape in found}), 50)
        self.assertEqual({shape for _, _, _, _, shape in found}, set(SHAPES))

    def test_colors(self):
        table = colormap("viridis")
        found = markers([1, 2, 3, 4], [1, 2, 3, 4], colors=[-1, 3, 1, NAN],
                        warn=deaf)
        self.assertEqual([color for _, _, _, color, _ in found],
                         [color_at(table, 0), color_at(table, 1), color_at(table, 0.5),
                          (128, 128, 128)])
        found = markers([1, 2], [1, 2], colors=[[1, 2, 3], [250.9, 0, 255]])
        self.assertEqual([color for _, _, _, color, _ in found], [(1, 2, 3), (250, 0, 255)])

    def test_warnings_of_colors(self):
        heard = []
        values([1, 2], [1, 2], colors=[NAN, 1], warn=lambda *w: heard.append(w))
        values([1, 2], [1, 2], colors=[[0.5, 1.0, 0.0]] * 2, warn=lambda *w: heard.append(w))
        self.assertEqual(heard, [
            ("colors", "1 of 2 colors are NaN or infinite, and drawn gray"),
            ("black", "colors are 0 to 255: these, 0 to 1, are shown as black")])

    def test_sizes(self):
        self.assertEqual([m[2] for m in markers([1, 2], [1, 2], sizes=[3, 12.5])], [3, 12.5])
        self.assertEqual([m[2] for m in markers([1, 2], [1, 2], sizes=9)], [9, 9])
        for count, size in ((1, 11), (301, 9), (1001, 7), (5001, 5)):
            self.assertEqual({m[2] for m in markers(range(count), range(count))}, {size})

    def test_texts_stand_clear_of_points_and_each_other(self):
        rng = random.Random(2)
        xs, ys = ([rng.gauss(0, 1) for _ in range(60)] for _ in range(2))
        with Heard() as heard:
            values(xs, ys, labels=["word %d" % i for i in range(60)], warn=deaf)
        axes, texts = heard.axes, heard.axes.boxes[len(heard.axes.x_ticks + heard.axes.y_ticks):]
        self.assertGreater(len(texts), 35)
        for box in texts:
            self.assertEqual(box, (max(box[0], axes.area[0]), max(box[1], axes.area[1]),
                                   min(box[2], axes.area[2]), min(box[3], axes.area[3])))
            for x, y, _, _, _ in heard.markers:
                self.assertFalse(overlap(box, (x - 5.5, y - 5.5, x + 5.5, y + 5.5)))
        for a, b in combinations(texts, 2):
            self.assertFalse(overlap(a, b))
        self.clear(axes)

    def test_texts_without_room_are_told_of(self):
        heard = []
        count = module.MAX_TEXTS + 100
        values([1] * count, [1] * count, labels=["w%d" % i for i in range(count)],
               warn=lambda *w: heard.append(w))
        self.assertEqual(heard, [("labels", "%d of %d labels have no room in the picture"
                                  % (count - 4, count))])         # one on each side of them

    def test_a_single_text_is_no_class(self):
        with Heard() as heard:
            values([1], [1], labels=["only"])
        self.assertEqual(len(heard.axes.boxes), len(heard.axes.x_ticks + heard.axes.y_ticks) + 1)

    def test_layouts(self):
        rng = random.Random(4)
        for x, y, options in (
                ([1e-12, 2e-12], [1e9, -1e9], {}), ([5], [5], {}), ([2] * 9, range(9), {}),
                ([1e308, -1e308], [5e-324, 0], {"colors": [1, 2]}),
                ([rng.random() for _ in range(99)], range(99),
                 {"labels": ["class %d with a very long name that has to be cut" % (i % 40)
                             for i in range(99)], "colors": range(99),
                  "x_label": "x " * 99, "y_label": "\xc4 " * 99})):
            with Heard() as heard:
                values(x, y, **options)
            self.clear(heard.axes, 4)

    def test_the_same_pixels_everywhere(self):
        """Of every Python; another font or layout changes the number, and nothing else may."""
        xs = [math.sqrt(i) * (-1) ** i for i in range(60)]
        found = values(xs, xs[::-1], labels=["abc"[i % 3] for i in range(60)],
                       sizes=[i / 7 + 1 for i in range(60)], x_label="\xc4x", y_label="y")
        pixels = read_png(found[0]["image"]["encoded_image_string"])[3]
        self.assertEqual(crc32(pixels), 1805173280)


class TestRefused(Refusals):
    values = staticmethod(values)

    def test_points(self):
        self.assertEqual(self.refused("x", [], []), "x: need one or more, got 0")
        self.assertEqual(self.refused("y", [1, 2], [1]), "y: need as many as x: 2, got 1")
        self.refused("x", "ab", [1, 2])
        self.refused("x", None, [1])
        self.refused("y", [1], ["a"])
        self.refused("y", [1], [10 ** 400])

    def test_labels(self):
        self.refused("labels", [1, 2], [1, 2], labels=["a"])
        self.refused("labels", [1, 2], [1, 2], labels="ab")
        self.refused("labels", [1], [1], labels=["\ud800"])
        self.refused("labels", [1], [1], labels=[None])
        self.refused("x_label", [1], [1], x_label=None)
        self.refused("y_label", [1], [1], y_label=3)

    def test_sizes_and_colors(self):
        for bad in ([1], [0, 1, 2], [1, -1, 1], [1, 1, NAN], [201, 1, 1]):
            self.refused("sizes", [1, 2, 3], [1, 2, 3], sizes=bad if len(bad) > 1 else [1, 2])
        self.refused("colors", [1, 2], [1, 2], colors=[1])
        self.refused("colors", [1, 2], [1, 2], colors=["red", "blue"])
        self.refused("colors", [1, 2], [1, 2], colors=[[1, 2], [3, 4]])
        self.refused("colors", [1, 2], [1, 2], colors=[[1, 2, 256], [3, 4, 5]])
        self.refused("colors", [1, 2], [1, 2], colors=[[1, 2, NAN], [3, 4, 5]])

    def test_tag(self):
        with self.assertRaises(InputError):
            scatter(None, [1], [1], None, None, None, "", "", silent)


class TestWriter(InDirectory):

    def test_one_event(self):
        with SummaryWriter(self.directory) as writer:
            writer.add_scatter("points", [1, 2], [3, 4], ["a", "b"], global_step=7, x_label="x")
            writer.add_scatter("points", [1, 2], [3, 4])
        _, first, second = events(self.directory)
        self.assertEqual((first["step"], second["step"]), (7, 8))
        self.assertEqual([value["tag"] for value in first["summary"]["value"]],
                         ["points", "points/scatter"])

    def test_raw_tags_and_tensor_style(self):
        with SummaryWriter(self.directory, raw_tags=True, tensor_style=True) as writer:
            writer.add_scatter("a b", [1, 2, 3], [3, 4, 5], [CATS, CATS, "x"])
        image, data, words = events(self.directory)[1]["summary"]["value"]
        self.assertEqual([image["tag"], data["tag"], words["tag"]],
                         ["a b", "a b/scatter", "a b/text_summary"])
        self.assertEqual(image["tensor"]["string_val"][:2], [b"600", b"400"])
        self.assertEqual(plugin.read(data)["columns"]["x"], [1, 2, 3])


if __name__ == "__main__":
    unittest.main()
