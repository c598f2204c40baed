"""Axes: ticks as people would choose them, and texts that stand clear of each other."""
import itertools
import math
import unittest

from tbx_pure.charts import axes as module
from tbx_pure.charts.axes import (Axes, Colorbar, Entry, Sheet, cut, overlap, padded, position,
                                  ticks, width_of)
from tbx_pure.media.canvas import BLACK
from tbx_pure.media.colormaps import colormap

from .test_canvas import red

#   low, high, at most, texts
TICKS = (
    (0, 1,             6,  "0.0 0.2 0.4 0.6 0.8 1.0"),
    (0, 1,             5,  "0.0 0.5 1.0"),
    (0, 10,            6,  "0 2 4 6 8 10"),
    (0, 100,           11, "0 10 20 30 40 50 60 70 80 90 100"),
    (-1, 1,            5,  "-1.0 -0.5 0.0 0.5 1.0"),
    (-3.2, 2.9,        8,  "-3 -2 -1 0 1 2"),
    (0.31, 0.39,       5,  "0.32 0.34 0.36 0.38"),
    (1000, 9000,       5,  "2000 4000 6000 8000"),
    (0, 200000,        5,  "0 50000 100000 150000 200000"),
    (0, 2000000,       5,  "0 0.5e6 1.0e6 1.5e6 2.0e6"),
    (0, 4e9,           5,  "0 1e9 2e9 3e9 4e9"),
    (-1e-12, 1e-12,    3,  "-1e-12 0 1e-12"),
    (0, 0.0003,        4,  "0.0000 0.0001 0.0002 0.0003"),
    (0, 0.003,         4,  "0.000 0.001 0.002 0.003"),
    (0, 0.00003,       4,  "0 1e-5 2e-5 3e-5"),
    (1e9, 1e9 + 4,     5,  "1000000000 1000000001 1000000002 1000000003 1000000004"),
    (123.4, 123.6,     5,  "123.40 123.45 123.50 123.55 123.60"),
    (-1.7e308, 1.7e308, 4, "-1e308 0 1e308"),
    (0, 1e-299,        3,  "0 0.5e-299 1.0e-299"),
)

RANGES = ((0, 1), (-1, 1), (-3.7, 2.9), (0, 1e-12), (1e9, 1e9 + 5), (-1e9, 1e9), (0, 1e308),
          (-1.7e308, 1.7e308), (1234567, 1234568), (-1e-5, 0), (0.999, 1.001), (5, 5000000),
          (-123456.7, -123456.6), (1e15, 1e15 + 7))


class TestTicks(unittest.TestCase):

    def test_table(self):
        for low, high, most, texts in TICKS:
            self.assertEqual(" ".join(tick.text for tick in ticks(low, high, most)), texts)

    def test_values_are_what_the_texts_say(self):
        for low, high, most, _ in TICKS:
            for tick in ticks(low, high, most):
                self.assertEqual(tick.value, float(tick.text))
                self.assertIsInstance(tick.value, float)

    def test_within_and_few(self):
        for (low, high), most in itertools.product(RANGES, range(1, 13)):
            found = ticks(low, high, most)
            self.assertLessEqual(len(found), most)
            slack = (high / 2 - low / 2) * 1e-6
            for tick in found:
                self.assertTrue(low - slack <= tick.value <= high + slack, (low, high, tick))
            if most >= 5:
                self.assertGreaterEqual(len(found), 2, (low, high, most))

    def test_evenly_apart(self):
        for low, high in RANGES[:6]:
            values = [tick.value for tick in ticks(low, high, 8)]
            steps = [b - a for a, b in zip(values, values[1:])]
            self.assertLess(max(steps) - min(steps), 1e-9 * max(map(abs, values)))


class TestRanges(unittest.TestCase):

    def test_padded(self):
        self.assertEqual(padded([0, 10]), (-0.5, 10.5))
        self.assertEqual(padded([3, 1, 2], 0), (1, 3))
        self.assertEqual(padded([5.0, math.nan, math.inf]), (4, 6))
        self.assertEqual(padded([-5.0]), (-6, -4))
        self.assertEqual(padded([0, 0]), (-1, 1))
        self.assertEqual(padded([]), (-1, 1))
        self.assertEqual(padded([math.nan]), (-1, 1))
        self.assertEqual(padded([5e-324]), (-1, 1))

    def test_padded_is_a_range_that_can_be_drawn(self):
        for values in ([1e308, -1e308], [1.79e308], [-1.79e308, 1.79e308], [1, 1 + 1e-15],
                       [5e-324, 0], [1e-300, 2e-300], [1e16, 1e16 + 2]):
            low, high = padded(values)
            self.assertTrue(-math.inf < low < high < math.inf, values)
            places = [position(v, low, high) for v in values]
            self.assertTrue(all(-0.1 <= place <= 1.1 for place in places), values)
            self.assertTrue(ticks(low, high, 8), values)

    def test_position(self):
        self.assertEqual([position(v, -2, 2) for v in (-2, 0, 1, 2, 4)], [0, 0.5, 0.75, 1, 1.5])
        self.assertEqual(position(0, -1.7e308, 1.7e308), 0.5)


class TestTexts(unittest.TestCase):

    def test_cut(self):
        for scale in 1, 2:
            self.assertEqual(cut("abc", 17 * scale, scale), "abc")
            self.assertEqual(cut("abc def", 30 * scale, scale), "abc\u2026")    # no space before it
            self.assertEqual(cut("abc", 0, scale), "\u2026")
            self.assertEqual(cut("x" * 10 ** 5, 30 * scale, scale), "xxx\u2026")
        for width in range(18, 400):
            self.assertLessEqual(width_of(cut("A label that is too long for this", width)), width)

    def test_moved_inside(self):
        sheet = Sheet(100, 60)
        sheet.text(0, 0, "abc", "c")
        sheet.text(100, 60, "abc", "c", vertical=True)
        sheet.text(100, 60, "abc", "nw", scale=1)
        self.assertEqual(sheet.boxes, [(0, 0, 34, 26), (74, 26, 100, 60), (83, 47, 100, 60)])

    def test_overlap(self):
        self.assertTrue(overlap((0, 0, 2, 2), (1, 1, 3, 3)))
        self.assertFalse(overlap((0, 0, 2, 2), (2, 0, 3, 2)))
        self.assertFalse(overlap((0, 0, 2, 2), (0, 2, 2, 3)))


class Layout(unittest.TestCase):
    """What a test of a chart's layout needs."""

    def clear(self, sheet, least=1):
        """Check that no two texts touch, and that none crosses the border."""
        width, height = sheet.canvas.width, sheet.canvas.height
        for x0, y0, x1, y1 in sheet.boxes:
            self.assertTrue(0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height, (x0, y0, x1, y1))
        for a, b in itertools.combinations(sheet.boxes, 2):
            self.assertFalse(overlap(a, b), (a, b))
        self.assertGreaterEqual(len(sheet.boxes), least)


class TestAxes(Layout):

    def test_texts_stand_clear(self):
        bar = Colorbar(colormap("viridis"), -1e-5, 1e9)
        entries = [Entry("a rather long name of a class, the %dth" % i, BLACK, "disc")
                   for i in range(3)]
        for x_range, y_range in zip(RANGES * 2, RANGES + RANGES[5:] + RANGES[:5]):
            for labels, legend, colorbar in (((), (), None), (("epoch",), entries, None),
                                             (("x " * 99, "y " * 99, "title " * 99), entries, bar)):
                made = Axes(x_range, y_range, *labels, legend=legend, colorbar=colorbar)
                self.clear(made, 4)
                x0, y0, x1, y1 = made.area
                self.assertGreater(x1 - x0, 150)
                self.assertGreater(y1 - y0, 270)
                for box in made.boxes:
                    self.assertFalse(overlap(box, made.area))

    def test_point(self):
        made = Axes((0, 10), (-1, 1))
        x0, y0, x1, y1 = made.area
        self.assertEqual([made.point(0, -1), made.point(10, 1), made.point(5, 0)],
                         [(x0, y1), (x1, y0), ((x0 + x1) / 2, (y0 + y1) / 2)])

    def test_grid_stands_at_the_ticks(self):
        made = Axes((0, 10), (-1, 1))
        x0, y0, x1, y1 = made.area
        row = red(made.canvas)[y0 + 5]
        lines = [x for x in range(x0, x1) if row[x] == module.GRID[0]]
        places = [int(made.point(tick.value, 0)[0]) for tick in made.x_ticks]
        self.assertEqual(lines, [x for place in places for x in (place - 1, place)][1:-1])
        self.assertEqual(row[x0 - 1], module.FRAME[0])
        self.assertEqual(row[x1], module.FRAME[0])

    def test_drawing_stays_in_the_frame(self):
        made, untouched = Axes((0, 1), (0, 1)), Axes((0, 1), (0, 1))
        with made.clipped() as canvas:
            canvas.fill(0, 0, 600, 400, BLACK)
        x0, y0, x1, y1 = made.area
        for y, (a, b) in enumerate(zip(red(made.canvas), red(untouched.canvas))):
            inside = y0 <= y < y1
            self.assertEqual(a[:x0] + a[x1:], b[:x0] + b[x1:])
            self.assertEqual(a[x0:x1], [0] * (x1 - x0) if inside else b[x0:x1])

    def test_legend(self):
        entries = [Entry("line", (200, 0, 0), "line"), Entry("disc", (0, 0, 200), "disc")]
        made = Axes((0, 1), (0, 1), legend=entries)
        pixels = made.canvas.picture().pixels
        found = {tuple(pixels[i:i + 3]) for i in range(0, len(pixels), 3)}
        self.assertLessEqual({(200, 0, 0), (0, 0, 200)}, found)

    def test_a_long_legend_says_how_much_is_left_out(self):
        written = []
        entries = [Entry("class %d" % i, BLACK, "disc") for i in range(100)]
        text = Sheet.text

        def heard(sheet, x, y, words, *rest, **options):
            written.append(words)
            text(sheet, x, y, words, *rest, **options)
        try:
            Sheet.text = heard
            made = Axes((0, 1), (0, 1), legend=entries)
        finally:
            Sheet.text = text
        self.clear(made)
        self.assertEqual(written[-2:], ["class 21", "\u2026 78 more"])

    def test_colorbar(self):
        made = Axes((0, 1), (0, 1), colorbar=Colorbar(colormap("greys"), 0, 1))
        x = made.area[2] + 2 * module.BORDER + module.BAR // 2
        column = [row[x] for row in red(made.canvas)[made.area[1] + 2:made.area[3] - 2]]
        self.assertEqual(column, sorted(column))
        self.assertLess(column[0], 3)
        self.assertGreater(column[-1], 252)

    def test_two_numbers_beside_a_colorbar(self):
        """Around 0, a short one had no room for more than 0, which says nothing of the others."""
        for low, high, texts in ((-1, 1, "-1 0 1"), (-4.9, 4.9, "-4 0 4"), (1, 9, "2 6"), (0, 1, "0 1")):
            found = module.bar_ticks(Colorbar(b"", low, high), 120)
            self.assertEqual(" ".join(tick.text for tick in found), texts)
            places = [position(tick.value, low, high) * 120 for tick in found]
            self.assertGreater(min(b - a for a, b in zip(places, places[1:])), module.height_of())


if __name__ == "__main__":
    unittest.main()
