"""Figures, with a stand-in for matplotlib: what is asked of it, and what becomes of its pixels."""
import os
import sys
import types
import unittest
from unittest import mock

from tbx_pure import SummaryWriter
from tbx_pure.errors import InputError
from tbx_pure.figures import close_figures, figures
from tbx_pure.messages import SUMMARY

from .helpers import PACKAGE_NAME, InDirectory, python, summaries
from .png_reader import read_png

RED, BLUE, CLEAR = b"\xff\x00\x00\xff", b"\x00\x00\xff\xff", b"\x01\x02\x03\x00"


class Figure:
    """As much of matplotlib's figure as is used: it draws what it has been given."""

    def __init__(self, width, height, pixels, canvas="a window's canvas"):
        self.size, self.pixels, self.canvas = (width, height), pixels, canvas

    def set_canvas(self, canvas):
        self.canvas = canvas


class FigureCanvasAgg:

    def __init__(self, figure):
        figure.set_canvas(self)
        self.figure, self.drawn = figure, None

    def draw(self):
        if self.figure.pixels is None:
            raise ValueError("mathtext")
        self.drawn = memoryview(self.figure.pixels).cast("B", self.figure.size[::-1] + (4,))

    def get_width_height(self):
        return self.figure.size

    def buffer_rgba(self):
        return self.drawn


def stand_in():
    """Return the modules that a program with a figure, but without pyplot, has imported."""
    return {name: types.SimpleNamespace(FigureCanvasAgg=FigureCanvasAgg)
            for name in ("matplotlib", "matplotlib.backends", "matplotlib.backends.backend_agg")}


def written(tag, figure):
    with mock.patch.dict(sys.modules, stand_in()):
        value, = SUMMARY.decode(SUMMARY.encode(figures(tag, figure)))["value"]
    return value


class TestFigures(unittest.TestCase):

    def test_one(self):
        value = written("a b", Figure(3, 2, RED + BLUE + CLEAR + BLUE * 3))
        self.assertEqual(value["tag"], "a_b")
        fields = value["image"]
        self.assertEqual((fields["height"], fields["width"], fields["colorspace"]), (2, 3, 3))
        self.assertEqual(read_png(fields["encoded_image_string"]),
                         (2, 3, 3, RED[:3] + BLUE[:3] + CLEAR[:3] + BLUE[:3] * 3))

    def test_several_are_a_grid(self):
        for several in (list, tuple):
            figure = several(Figure(1, 1, bytes([i, i, i, 255])) for i in range(1, 11))
            height, width, _, pixels = read_png(written("x", figure)["image"]["encoded_image_string"])
            self.assertEqual((height, width), (2, 8))
            self.assertEqual(list(pixels[::3]), list(range(1, 11)) + [0] * 6)

    def test_one_in_a_list(self):
        one = Figure(2, 1, RED + BLUE)
        self.assertEqual(written("x", [one]), written("x", one))

    def test_keeps_its_canvas(self):
        figure = Figure(1, 1, RED)
        written("x", figure)
        self.assertEqual(figure.canvas, "a window's canvas")

    def test_cannot_be_drawn(self):
        figure = Figure(1, 1, None)
        with self.assertRaises(ValueError) as caught:
            written("x", figure)
        self.assertEqual(str(caught.exception), "mathtext")
        self.assertEqual(figure.canvas, "a window's canvas")

    def test_refused(self):
        for x, got in (("plot.png", "str 'plot.png'"), (None, "None"), (3, "int 3"), ([None], "None"),
                       ([[1]], "list [1]"),
                       ([Figure(1, 1, RED), 3], "int 3"), ([], "none"), ((), "none"), (types.ModuleType("x" * 60), "module"),
                       (types.SimpleNamespace(canvas=1), "SimpleNamespace"),
                       (types.SimpleNamespace(set_canvas=1), "SimpleNamespace")):
            for take in (lambda: written("x", x), lambda: close_figures(x)):
                with mock.patch.dict(sys.modules, {"matplotlib.pyplot": types.SimpleNamespace()}), \
                        self.assertRaises(InputError) as caught:
                    take()
                self.assertEqual(caught.exception.argument, "figure")
                self.assertTrue(caught.exception.got.startswith(got), caught.exception.got)

    def test_of_several_sizes(self):
        with self.assertRaises(InputError) as caught:
            written("x", [Figure(2, 1, RED * 2), Figure(2, 1, RED * 2), Figure(1, 2, RED * 2)])
        self.assertEqual(str(caught.exception), "figure: need figures of one size, got figure 0 of 2 x 1 "
                                                "pixels, figure 2 of 1 x 2")

    def test_tag(self):
        with self.assertRaises(InputError) as caught:
            written(3, Figure(1, 1, RED))
        self.assertEqual(caught.exception.argument, "tag")


class TestClose(InDirectory):

    def test_pyplot(self):
        closed, one, two = [], Figure(1, 1, RED), Figure(1, 1, RED)
        with mock.patch.dict(sys.modules, {"matplotlib.pyplot": types.SimpleNamespace(close=closed.append)}):
            close_figures(one)
            close_figures([one, two])
        self.assertEqual(closed, [one, one, two])

    def test_no_pyplot(self):
        before = set(sys.modules)
        with mock.patch.dict(sys.modules):
            sys.modules.pop("matplotlib.pyplot", None)
            close_figures(Figure(1, 1, RED))
            self.assertEqual(set(sys.modules) - before, set())

    def test_through_the_writer(self):
        closed, figure = [], Figure(1, 1, RED)
        modules = dict(stand_in(), **{"matplotlib.pyplot": types.SimpleNamespace(close=closed.append)})
        with mock.patch.dict(sys.modules, modules), SummaryWriter(self.directory) as writer:
            writer.add_figure("f", figure, 3, close=False)
            self.assertEqual(closed, [])
            writer.add_figure("f", [figure], 4)
            self.assertEqual(closed, [figure])
            for bad in (None, [], Figure(1, 1, None)):
                with self.assertRaises(ValueError):
                    writer.add_figure("f", bad, 5)
            self.assertEqual(closed, [figure])
        self.assertEqual([(step, value["tag"]) for step, value in summaries(self.directory)], [(3, "f"), (4, "f")])

    def test_nothing_is_imported_without_a_figure(self):
        os.mkdir(self.path("matplotlib"))
        with open(self.path("matplotlib", "__init__.py"), "w", encoding="utf-8", newline="\n") as f:
            f.write("raise SystemExit('imported')")
        python("-c", "import sys; sys.path.insert(0, %r)\n"
                     "from %s import SummaryWriter\n"
                     "for bad in (None, 3, [], 'x'):\n"
                     "    try: SummaryWriter(%r).add_figure('f', bad)\n"
                     "    except ValueError: pass\n" % (self.directory, PACKAGE_NAME, self.path("run")))


if __name__ == "__main__":
    unittest.main()
