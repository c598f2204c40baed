"""plot: curves in the terminal and as SVG, their scales, smoothing and thinning."""
import math
import os
import random
import unittest
import warnings
from xml.etree import ElementTree

from tbx_pure import SummaryWriter
from tbx_pure.commands import braille
from tbx_pure.plugins import counted
from tbx_pure.report import curves, svg
from tbx_pure.report.curves import Curve, linear, lines, logarithmic, smoothed

from .helpers import InDirectory
from .in_terminal import in_every_terminal, missing
from .test_commands import run


class TestCurves(unittest.TestCase):

    def test_order_of_tags(self):
        self.assertEqual(sorted(["a10", "a2", "a", "10", "2b1", "b", "a2x", ""], key=curves.in_order),
                         ["", "2b1", "10", "a", "a2", "a2x", "a10", "b"])

    def test_smoothing(self):
        self.assertEqual(smoothed([1.0, 2.0], 0), [1.0, 2.0])
        self.assertEqual(smoothed([3.0] * 4, 0.9), [3.0] * 4)
        found = smoothed([1.0, 2.0, math.nan, 4.0], 0.5)
        self.assertEqual(found[:2], [1.0, 1.25 / 0.75])         # (1/4 * 1 + 1/2 * 2) / (3/4)
        self.assertTrue(math.isnan(found[2]))
        self.assertAlmostEqual(found[3], (0.125 + 0.5 + 2) / 0.875)

    def test_scales(self):
        scale = linear([0, 10], 0)
        self.assertEqual([scale.at(v) for v in (0, 5, 10)], [0, 0.5, 1])
        self.assertEqual([tick.text for tick in scale.ticks(3)], ["0", "5", "10"])
        scale = logarithmic([1e-4, 1, 0, -1, math.nan], 0)
        self.assertAlmostEqual(scale.at(0.01), 0.5)
        self.assertTrue(math.isnan(scale.at(0)) and math.isnan(scale.at(-1)))
        self.assertEqual([tick.text for tick in scale.ticks(5)], ["1e-4", "0.001", "0.01", "0.1", "1"])
        self.assertEqual([tick.text for tick in scale.ticks(3)], ["1e-4", "0.01", "1"])
        self.assertEqual([tick.text for tick in logarithmic([0.02, 0.5], 0).ticks(6)],
                         ["0.02", "0.05", "0.1", "0.2", "0.5"])
        self.assertEqual([tick.text for tick in logarithmic([0.05, 1], 0).ticks(4)], ["0.1", "0.3", "1"])
        self.assertEqual([tick.text for tick in logarithmic([0.2, 0.25], 0).ticks(3)],
                         ["0.20", "0.22", "0.24"])

    def test_ticks_never_exceed_what_was_asked_for(self):
        rng = random.Random(5)
        for _ in range(300):
            values = [10 ** rng.uniform(-12, 12) for _ in range(2)]
            for make in linear, logarithmic, curves.duration, curves.clock:
                for most in 2, 5, 8:
                    found = make(values).ticks(most)
                    self.assertLessEqual(len(found), most, (make, values))
                    self.assertTrue(all(-1e-6 <= tick.value <= 1 + 1e-6 for tick in found))

    def test_time(self):
        self.assertEqual([tick.text for tick in curves.clock([1.7e9, 1.7e9 + 5000]).ticks(4)],
                         ["22:30", "23:00", "23:30"])
        self.assertEqual([tick.text for tick in curves.clock([1.7e9, 1.7e9 + 9e6]).ticks(4)],
                         ["12-09", "01-28"])
        self.assertEqual([tick.text for tick in curves.clock([1.7e9, 1.7e9 + 1]).ticks(3)],
                         ["+0.0 s", "+0.5 s", "+1.0 s"])
        scale = curves.duration([0, 3 * 3600])
        self.assertEqual((scale.unit, [tick.text for tick in scale.ticks(4)]),
                         ("hours", ["0", "1", "2", "3"]))
        curves.clock([1e300, -1e300]).ticks(5)
        curves.duration([math.inf, math.nan]).ticks(5)

    def test_lines_cover_the_same_columns(self):
        rng = random.Random(3)
        curve = Curve("x", range(5000), [rng.random() for _ in range(5000)])
        x, y = linear(curve.xs, 0), linear(curve.ys)
        line, = lines(curve, x, y, 100, 50)
        self.assertLessEqual(len(line), 404)
        whole = list(zip(x.along(curve.xs, 100), y.along(curve.ys, 50)))
        self.assertAlmostEqual(whole[77][0], 100 * x.at(77))
        for column in range(100):
            ends = [[f(b for a, b in points if int(a) == column) for f in (min, max)]
                    for points in (line, whole)]
            self.assertEqual(*ends)
        self.assertEqual((line[0], line[-1]), (whole[0], whole[-1]))
        self.assertEqual(line, [point for point in whole if point in set(line)])

    def test_gaps(self):
        curve = Curve("x", [0, 1, 2, 3, 4], [1.0, math.nan, 2.0, math.inf, 3.0])
        found = list(lines(curve, linear(curve.xs, 0), linear(curve.ys), 10, 10))
        self.assertEqual([len(line) for line in found], [1, 1, 1])
        self.assertEqual(list(lines(Curve("x", [], []), linear([]), linear([]), 9, 9)), [])


class TestCounted(unittest.TestCase):

    def test_counted(self):
        self.assertEqual([counted(n, "point") for n in (0, 1, 2, 1.0, 2.5, 10 ** 7)], [
            "0 points", "1 point", "2 points", "1 point", "2.5 points", "10000000 points"])


class TestDrawing(unittest.TestCase):

    def chart(self, curves, width, height, style):
        x = linear([v for curve in curves for v in curve.xs], 0, "step")
        y = linear([v for curve in curves for v in curve.ys])
        return list(braille.chart(curves, x, y, width, height, style))

    def test_a_diagonal(self):
        found = self.chart([Curve("x", [0, 1], [0.0, 1.0])], 30, 11, braille.ASCII)
        places = [line.index("*") for line in found if "*" in line]
        self.assertEqual(places, sorted(places, reverse=True))
        self.assertEqual(len(places), 8)
        self.assertIn("*", found[0])
        self.assertIn("step", "".join(found[-2:]))

    def test_dots(self):
        drawing = braille.Drawing(braille.BRAILLE, 2, 1)
        for dot in ((0, 3), (1, 3), (0, 0), (1, 0), (2, 2), (3, 1)):
            drawing.line([dot], 0)
        self.assertEqual(drawing.line_of(0, False), "\u28c9\u2822")

    def test_marks_tell_curves_apart(self):
        two = [Curve("a", range(50), [float(i) for i in range(50)]),
               Curve("b", range(50), [50.0 - i for i in range(50)])]
        for style in braille.BRAILLE, braille.ASCII:
            text = "".join(self.chart(two, 70, 15, style))
            self.assertGreater(text.count(style.marks[0]), 1)
            self.assertGreater(text.count(style.marks[1]), 1)
        self.assertNotIn(braille.BRAILLE.marks[0], "".join(self.chart(two[:1], 70, 15, braille.BRAILLE)))

    def test_any_numbers_any_size(self):
        rng = random.Random(4)
        for _ in range(60):
            ys = [rng.choice((0.0, 1e300, -1e300, math.nan, math.inf, 1e-300, rng.random()))
                  for _ in range(rng.choice((0, 1, 2, 40)))]
            for width in 10, 33, 80:
                found = self.chart([Curve("x", range(len(ys)), ys)], width, 8, braille.ASCII)
                self.assertEqual({len(line.rstrip()) <= max(width, 40) for line in found}, {True})

    def test_svg(self):
        nasty = 'a<b>&"\'\x00\x1b\ud800\ufffe'
        x, y = linear([0, 1], 0, "step"), linear([0, 1])
        text = svg.chart([Curve(nasty, [0, 0.5, 1], [0, 1, 0.5]), Curve("dot", [0.5], [0.5])], x, y)
        root = ElementTree.fromstring(text)
        paths = [e for e in root.iter() if e.get("class", "").startswith("curve")]
        self.assertEqual([path.get("d") for path in paths], ["M0 %dl322 334 322-167" % 17, "M322 184h0"])
        for part in svg.document([(nasty, text, [(0, nasty)])]):
            self.assertIsInstance(part, str)
        ElementTree.fromstring("".join(svg.document([(nasty, text, [(0, nasty)])])))

    def test_looks_differ(self):
        self.assertEqual(len({svg.look(i) for i in range(56)}), 56)


class TestPlot(InDirectory):

    def setUp(self):
        InDirectory.setUp(self)
        for name in "a", "b":
            with SummaryWriter(self.path("runs", name)) as writer:
                for i in range(20):
                    writer.add_scalar("loss", 1 / (i + 1), i, walltime=1.7e9 + 60 * i)
                    writer.add_scalar("\u635f\u5931/\U0001f600", float("nan") if i == 3 else i, i)

    def test_in_the_terminal(self):
        code, out, err = run("plot", self.path("runs"), "--tag", "loss", "--ascii")
        self.assertEqual((code, err), (0, ""))
        self.assertTrue(out.startswith("loss  (the last point of each step)\n"))
        self.assertRegex(out, r"  \* a  last 0\.05  min 0\.05  max 1  20 points\n  o b  last")
        code, out, _ = run("plot", self.path("runs"), "--tag", "loss", "--x", "relative", "--log")
        self.assertEqual(code, 0)
        self.assertIn("minutes", out)
        self.assertIn("(the last point of each step, log)", out)
        self.assertIn("UTC", run("plot", self.path("runs"), "--x", "wall")[1])
        out = run("plot", self.path("runs"), "--overlay", "--smooth", "0.9")[1]
        self.assertEqual(out.count(" points"), 4)
        self.assertIn("20 points, 1 not finite", out)
        self.assertIn("(the last point of each step, smoothed 0.9)", out)

    def test_colors(self):
        self.assertIn("\x1b[38;5;33m", run("plot", self.path("runs"), "--color", "always")[1])
        self.assertNotIn("\x1b", run("plot", self.path("runs"))[1])

    def test_svg_file(self):
        target = self.path("a.svg")
        self.assertEqual(run("plot", self.path("runs"), "--svg", target, "--smooth", "0.5")[0], 0)
        root = ElementTree.parse(target).getroot()
        self.assertEqual(len([e for e in root.iter() if e.get("class", "").startswith("curve")]), 8)
        code, _, err = run("plot", self.path("runs"), "--svg", target)
        self.assertEqual(code, 2)
        self.assertIn("--force", err)
        os.remove(target)
        self.assertEqual(run("plot", self.path("runs"), "--svg", target, "--dry-run")[0], 0)
        self.assertFalse(os.path.exists(target))

    def test_what_is_read_is_not_written_over(self):
        logs = self.path("runs")
        source = max(os.path.join(directory, name) for directory, _, names in os.walk(logs) for name in names)
        size = os.path.getsize(source)
        for command in (["plot", "--svg"], ["report", "--run", "none", "-o"], ["report", "-o"]):
            self.assertNotEqual(run(*command + [source, logs, "--force"])[0], 0)
            self.assertEqual(os.path.getsize(source), size)

    def test_what_is_not_there(self):
        missing(self, "plot")
        code, out, err = run("plot", self.path("runs"), "--tag", "none")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("no such data", err)
        self.assertEqual(run("plot", self.path("runs"), "--run", "c")[0], 1)
        self.assertEqual(run("plot", self.path("runs"), "--smooth", "1")[0], 2)

    def test_steps(self):
        with SummaryWriter(self.path("twice")) as writer, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for value, step in ((1, 0), (3, 0), (5, 1)):
                writer.add_scalar("x", value, step)
        for steps, facts in (("last", "min 3  max 5  2 points"), ("mean", "min 2  max 5  2 points"),
                             ("all", "min 1  max 5  3 points")):
            self.assertIn(facts, run("plot", self.path("twice"), "--steps", steps)[1])
        self.assertIn("min 3", run("plot", self.path("twice"))[1])

    def test_in_every_terminal(self):
        for out, encoding, columns in in_every_terminal("plot", self.path("runs")):
            self.assertEqual([line for line in out.split("\n") if len(line) > columns], [])
            self.assertIn("\u635f" if encoding == "utf-8" else "\\u635f", out)


if __name__ == "__main__":
    unittest.main()
