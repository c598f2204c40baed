"""Our figures against tensorboardX's: the same figure, the same pixels."""
import io
import tempfile
import unittest

import matplotlib
import numpy
import tensorboardX.utils
from PIL import Image

matplotlib.use("agg")
from matplotlib import pyplot                           # noqa: E402
from matplotlib.figure import Figure                    # noqa: E402

from tbx_pure import SummaryWriter                      # noqa: E402
from tbx_pure.figures import figures                    # noqa: E402
from tests.helpers import summaries                     # noqa: E402


def drawn(figure, number=1):
    """Draw something with text, lines, colors and transparency."""
    axes = figure.add_subplot(1, 1, 1)
    axes.plot([0, number, 2], [1, 3, 2], "r--", label="line")
    axes.fill_between([0, 1, 2], [1, 2, 3], alpha=0.3)
    axes.imshow(numpy.arange(12).reshape(3, 4), extent=(0, 2, 1, 3), alpha=0.5)
    axes.set_title("$x^%d$ grüße" % number)
    axes.legend()
    return figure


def theirs(figure):
    """Return what tensorboardX writes, as (height, width, 3); a list as it arranges one."""
    pixels = tensorboardX.utils.figure_to_image(figure, close=False)
    return tensorboardX.utils.convert_to_HWC(pixels, "NCHW" if isinstance(figure, list) else "CHW")


def ours(value):
    fields = value["image"]
    pixels = numpy.array(Image.open(io.BytesIO(bytes(fields["encoded_image_string"]))))
    assert pixels.shape == (fields["height"], fields["width"], fields["colorspace"])
    return pixels


class Pixels(unittest.TestCase):

    def assert_same(self, figure):
        value, = figures("x", figure)["value"]
        numpy.testing.assert_array_equal(ours(value), theirs(figure))

    def test_figures(self):
        for options in ({}, {"figsize": (3.21, 1.23)}, {"dpi": 37.5},
                        {"figsize": (1, 5), "dpi": 200}, {"facecolor": "none"},
                        {"facecolor": (0.2, 0.4, 0.6, 0.5)}, {"layout": "constrained"}):
            for make in (pyplot.figure, Figure):
                self.assert_same(drawn(make(**options)))
        pyplot.close("all")

    def test_grids(self):
        for n in (1, 2, 8, 9, 11):
            self.assert_same([drawn(Figure(figsize=(1.5, 1)), i) for i in range(n)])

    def test_drawn_before_and_again(self):
        figure = drawn(Figure())
        figure.savefig(io.BytesIO(), dpi=50)
        self.assert_same(figure)
        figure.axes[0].set_title("changed")
        self.assert_same(figure)
        figure.set_size_inches(2, 2)
        self.assert_same(figure)

    def test_other_canvases(self):
        for backend in ("pdf", "svg", "ps", "template"):
            pyplot.switch_backend(backend)
            figure = drawn(pyplot.figure())
            canvas = figure.canvas
            numbers = pyplot.get_fignums()
            value, = figures("x", figure)["value"]
            self.assertIs(figure.canvas, canvas)
            self.assertEqual(pyplot.get_fignums(), numbers)
            numpy.testing.assert_array_equal(ours(value), theirs(figure))
        pyplot.switch_backend("agg")
        pyplot.close("all")

    def test_through_the_writer(self):
        with tempfile.TemporaryDirectory() as directory:
            with SummaryWriter(directory) as writer:
                kept = drawn(pyplot.figure())
                closed = [drawn(pyplot.figure()), drawn(pyplot.figure())]
                expected = theirs(kept), theirs(closed)
                writer.add_figure("one", kept, close=False)
                writer.add_figure("two", closed)
                with self.assertRaises(ValueError):
                    writer.add_figure("subfigure", drawn(pyplot.figure().subfigures()), close=False)
                self.assertEqual(pyplot.get_fignums(), [kept.number, kept.number + 1])
            found = [value for _, value in summaries(directory)]
        self.assertEqual([value["tag"] for value in found], ["one", "two"])
        for value, pixels in zip(found, expected):
            numpy.testing.assert_array_equal(ours(value), pixels)
        pyplot.close("all")


if __name__ == "__main__":
    unittest.main()
