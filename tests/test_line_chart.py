"""add_line_chart: points and their steps, layouts, whole charts in pixels, and what is refused."""
import math
import re
import threading
import unittest
import warnings
from array import array

from tbx_pure import InputError, SummaryWriter
from tbx_pure.charts.axes import Axes, Entry, padded
from tbx_pure.charts.line import drawn, whole_chart
from tbx_pure.media.colormaps import CYCLE
from tbx_pure.messages import EVENT, SUMMARY
from tbx_pure.plugins import custom_scalars, describe, line_chart
from tbx_pure.plugins.line_chart import LINE_CHART_PLUGIN_DATA
from tbx_pure.tensor import Tensor, view

from .helpers import events
from .png_reader import read_png
from .test_writer import InRun

NAN, INF = math.nan, math.inf
TIME = 1700000000.0
CATEGORY = "add_line_chart"


class Zero:
    """A tensor of no dimensions, as torch's loss."""

    def __init__(self, x):
        self.x = x

    def detach(self):
        return self

    cpu = numpy = detach

    def tolist(self):
        return self.x


class InChart(InRun):

    def setUp(self):
        InRun.setUp(self)
        self.addCleanup(self.writer.close)

    def add(self, *values, **options):
        """Add a point of "a chart": x and loss."""
        self.writer.add_line_chart(["x", "loss"], list(values), options.pop("title", "a chart"),
                                   **options)

    def written(self):
        """Return [(step, {tag: value})] of the points."""
        return [(event.get("step", 0), {value["tag"]: value for value in event["summary"]["value"]})
                for event in events(self.run_directory)[1:]
                if event["summary"]["value"][0]["tag"] != custom_scalars.TAG]

    def steps(self):
        return [step for step, _ in self.written()]

    def layouts(self):
        """Return {(category, title): tags} of each layout written."""
        return [{(category["title"], chart["title"]): chart["multiline"]["tag"]
                 for category in custom_scalars.read(event["summary"]["value"][0])["category"]
                 for chart in category["chart"]}
                for event in events(self.run_directory)[1:]
                if event["summary"]["value"][0]["tag"] == custom_scalars.TAG]


class TestPoint(InChart):

    def test_the_call_of_the_tutorials(self):
        for epoch, loss, accuracy in ((0, 0.5, 0.25), (1, 0.25, 0.75)):
            self.writer.add_line_chart(["Epoch", "Training Loss"], [epoch, loss],
                                       "Training Loss Chart")
            self.writer.add_line_chart(["Epoch", "Training Accuracy"], [epoch, accuracy],
                                       "Training Accuracy Chart")
        found = [(step, {tag: value["simple_value"] for tag, value in values.items()
                         if "simple_value" in value}) for step, values in self.written()]
        self.assertEqual(found, [(0, {"Training_Loss_Chart/Training_Loss": 0.5}),
                                 (0, {"Training_Accuracy_Chart/Training_Accuracy": 0.25}),
                                 (1, {"Training_Loss_Chart/Training_Loss": 0.25}),
                                 (1, {"Training_Accuracy_Chart/Training_Accuracy": 0.75})])
        loss, accuracy = [((CATEGORY, "Training %s Chart" % name),
                           ["Training_%s_Chart/Training_%s$" % (name, name)])
                          for name in ("Loss", "Accuracy")]
        self.assertEqual(self.layouts(), [dict([loss]), dict([loss, accuracy])])

    def test_numbers_stand_beside(self):
        self.writer.add_line_chart(("x", "a b", "c"), (2.5, 1, 0.1), "t u")
        (step, values), = self.written()
        self.assertEqual(list(values), ["t_u/line_chart", "t_u/a_b", "t_u/c"])
        self.assertEqual(line_chart.read(values["t_u/line_chart"]), {
            "title": "t u", "columns": ["x", "a b", "c"],
            "points": Tensor("float64", (3,), [2.5, 1.0, 0.1])})
        self.assertEqual(describe(values["t_u/line_chart"]),
                         "line_chart  't u' of x, a b, c, shape (3,)")

    def test_anything_with_one_number(self):
        for x, loss in ((1, Zero(0.5)), (Zero(2), Zero([0.5])), ([3], 0.5), (4, [[0.5]]),
                        (array("i", [5]), array("f", [0.5])), (True + 5, b"\x07")):
            self.add(x, loss)
        self.assertEqual(self.steps(), [1, 2, 3, 4, 5, 6])
        self.writer.add_line_chart(iter(["x", "loss"]), array("d", [7, 0.25]), "a chart")
        step, values = self.written()[-1]
        self.assertEqual((step, values["a_chart/loss"]["simple_value"]), (7, 0.25))

    def test_not_finite_and_beyond_float32(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for x, loss in ((1, NAN), (2, INF), (3, 1e39), (4, 2e39)):
                self.add(x, loss)
        values = [values["a_chart/loss"]["simple_value"] for _, values in self.written()]
        self.assertTrue(math.isnan(values[0]))
        self.assertEqual(values[1:], [INF, INF, INF])
        self.assertEqual([str(w.message) for w in caught], [
            "add_line_chart('a_chart/loss'): 1e+39 becomes inf, as a scalar is stored as float32"])

    def test_wall_time(self):
        self.add(1, 2, walltime=TIME)
        with self.writer.use_metadata(walltime=TIME + 1):
            self.add(1, 2, title="other")
        self.assertEqual([event["wall_time"] for event in events(self.run_directory)[1:]],
                         [TIME, TIME, TIME + 1, TIME + 1])

    def test_raw_tags(self):
        self.writer.raw_tags = True
        self.add(1, 2)
        self.assertEqual(list(self.written()[0][1]), ["a chart/line_chart", "a chart/loss"])
        self.assertEqual(self.layouts(), [{(CATEGORY, "a chart"): ["a chart/loss$"]}])

    def test_tensor_style(self):
        self.writer.tensor_style = True
        self.add(1, 2)
        (_, values), = self.written()
        self.assertEqual(values["a_chart/loss"]["metadata"]["plugin_data"]["plugin_name"],
                         "scalars")
        self.assertEqual(line_chart.read(values["a_chart/line_chart"])["points"].values, [1.0, 2.0])

    def test_not_to_disk(self):
        with SummaryWriter(self.path("none"), write_to_disk=False) as writer:
            writer.add_line_chart(["x", "y"], [1, 2], "t")
            writer.add_line_chart(["x", "y"], [[1, 2], [3, 4]], "t")


class TestSteps(InChart):

    def test_x_where_it_is_whole_and_grows(self):
        for x, step in ((5, 5), (7.0, 7), (7, 8), (7.5, 9), (NAN, 10), (INF, 11), (-3, 12),
                        (1e300, 13), (2.0 ** 63, 14), (100, 100), (10 ** 30, 101), (True, 102)):
            self.add(x, 0)
            self.assertEqual(self.steps()[-1], step, x)

    def test_first(self):
        for x, step in ((-7, -7), (-0.5, 0), (NAN, 0), (-2.0 ** 63, -2 ** 63)):
            self.add(x, 0, title="chart %r" % x)
            self.assertEqual(self.steps()[-1], step, x)

    def test_given(self):
        self.add(5, 0, global_step=3)
        with self.writer.use_metadata(global_step=20):
            self.add(6, 0)
        self.add(6, 0)
        self.assertEqual(self.steps(), [3, 20, 21])

    def test_titles_are_apart(self):
        self.add(5, 0)
        self.add(2, 0, title="other")
        self.writer.add_scalar("a_chart/loss", 1, 50)
        self.add(6, 0)
        self.assertEqual(self.steps()[-1], 6)

    def test_without_auto_step(self):
        with SummaryWriter(self.path("other"), auto_step=False) as writer:
            for x in (0.5, 0.75, 3):
                writer.add_line_chart(["x", "y"], [x, 0], "t")
        found = [event.get("step", 0) for event in events(self.path("other"))[1:]
                 if event["summary"]["value"][0]["tag"] == "t/line_chart"]
        self.assertEqual(found, [0, 1, 3])

    def test_counted(self):
        with SummaryWriter(self.path("other"), steps="count") as writer:
            for x in (5, 5, 9):
                writer.add_line_chart(["x", "y"], [x, 0], "t")
        self.assertEqual([event.get("step", 0) for event in events(self.path("other"))[1:]],
                         [0, 0, 1, 2])

    def test_one_that_goes_back(self):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            self.add(1, 0, global_step=5)
            self.add(2, 0, global_step=5)
        self.assertEqual([str(w.message).partition(":")[0] for w in caught],
                         ["add_line_chart('a chart')"])


    def test_threads(self):
        """While a point without a step is being made, nobody takes the same one."""
        event, others = self.writer._event, []

        def slow(*arguments):
            if not others:
                others.append(threading.Thread(target=self.add, args=(0.5, 0)))
                others[0].start()
                others[0].join(0.2)
            return event(*arguments)

        self.add(0.5, 0)
        self.writer._event = slow
        self.add(0.5, 0)
        others[0].join()
        self.assertEqual(self.steps(), [0, 1, 2])


class TestLayout(InChart):

    def test_only_when_something_is_new(self):
        for x in range(3):
            self.add(x, 0)
        self.writer.add_line_chart(["x", "loss", "a.b"], [3, 0, 0], "a chart")
        self.add(4, 0)
        self.assertEqual(self.layouts(), [
            {(CATEGORY, "a chart"): ["a_chart/loss$"]},
            {(CATEGORY, "a chart"): ["a_chart/loss$", r"a_chart/a\.b$"]}])

    def test_names_what_is_written_and_no_other(self):
        self.writer.raw_tags = True
        title, names = "loss (all)|*", ["x", "a+b", "[c]", "d"]
        self.writer.add_line_chart(names, [1, 2, 3, 4], title)
        (_, values), = self.written()
        layout, = self.layouts()
        patterns = layout[CATEGORY, title]
        tags = list(values)
        self.assertEqual(tags[1:], ["loss (all)|*/" + name for name in names[1:]])
        for i, pattern in enumerate(patterns):
            self.assertEqual([tag for tag in tags + [tag + "2" for tag in tags]
                              if re.match(pattern, tag)], [tags[i + 1]])

    def test_merged_with_the_users(self):
        self.writer.add_custom_scalars({"mine": {"a": ["Multiline", ["x"]]}})
        self.add(1, 0)
        self.writer.add_scalars("a chart", {"k": 1}, as_tags=True)
        self.writer.add_custom_scalars({"mine": {"b": ["Multiline", ["y"]]}})
        self.add(1, 0, title="other")
        expected = {("mine", "a"): ["x"], (CATEGORY, "a chart"): ["a_chart/loss$"],
                    ("add_scalars", "a chart"): ["a_chart/k$"], ("mine", "b"): ["y"],
                    (CATEGORY, "other"): ["other/loss$"]}
        self.assertEqual(self.layouts()[-1], expected)
        self.assertEqual(len(self.layouts()), 5)


def chart(*columns, **options):
    """Return the summary of a whole chart, after a trip through its bytes."""
    names = options.pop("names", ["x", "a", "b", "c"][:len(columns)])
    summary = whole_chart(options.pop("title", "a chart"), names, [view(x) for x in columns])
    return SUMMARY.decode(SUMMARY.encode(summary))["value"]


class Drawn:
    """The picture of a chart of x, a, b and so on, and axes at the same place."""

    def __init__(self, xs, *lines):
        names = ["x"] + ["line %d" % i for i in range(len(lines))]
        picture = drawn("a chart", names, [list(map(float, ys)) for ys in (xs,) + lines]).picture()
        self.width, self.pixels = picture.width, picture.pixels
        several = len(lines) > 1
        legend = [Entry(name, CYCLE[0], "line") for name in names[1:]] if several else ()
        self.axes = Axes(padded(xs), padded(y for ys in lines for y in ys), "x",
                         "" if several else "line 0", "a chart", legend)

    def has(self, color, x, y, dx=0.0, dy=0.0):
        """Return whether a point of the data, and dx, dy pixels from it, has nearly a color."""
        x, y = self.axes.point(x, y)
        start = (math.floor(y + dy) * self.width + math.floor(x + dx)) * 3
        return all(abs(a - b) < 50 for a, b in zip(color, self.pixels[start:start + 3]))

    def count(self, color):
        """Return how many pixels have exactly a color."""
        return sum(self.pixels[i:i + 3] == bytes(color) for i in range(0, len(self.pixels), 3))


class TestWhole(unittest.TestCase):

    def test_picture_and_numbers(self):
        picture, numbers = chart([1, 2, 4], [0.5, NAN, 2])
        self.assertEqual((picture["tag"], numbers["tag"]), ("a_chart", "a_chart/line_chart"))
        self.assertEqual(read_png(picture["image"]["encoded_image_string"])[:3],
                         (picture["image"]["height"], picture["image"]["width"], 3))
        found = line_chart.read(numbers)
        self.assertEqual((found["title"], found["columns"]), ("a chart", ["x", "a"]))
        self.assertEqual((found["points"].dtype, found["points"].shape), ("float64", (3, 2)))
        self.assertEqual(repr(found["points"].values), "[1.0, 0.5, 2.0, nan, 4.0, 2.0]")
        self.assertEqual(describe(numbers), "line_chart  'a chart' of x, a, shape (3, 2)")

    def test_the_picture_is_what_was_drawn(self):
        picture, _ = chart([1, 2, 4], [0.5, NAN, 2])
        pixels = read_png(picture["image"]["encoded_image_string"])[3]
        self.assertEqual(pixels, drawn("a chart", ["x", "a"],
                                       [[1, 2, 4], [0.5, NAN, 2]]).picture().pixels)

    def test_lines_go_through_their_points(self):
        xs, a, b = [0, 1, 2, 3], [0, 3, 1, 2], [3, 0, 3, 0.5]
        picture = Drawn(xs, a, b)
        for ys, color in ((a, CYCLE[0]), (b, CYCLE[1])):
            for x, y in zip(xs, ys):
                self.assertTrue(picture.has(color, x, y), (x, y))
                self.assertFalse(picture.has(color, x, y, 0, 12), (x, y))
        for x, y, color in ((0.25, 0.75, 0), (1.75, 1.5, 0), (2.5, 1.5, 0), (0.75, 0.75, 1)):
            self.assertTrue(picture.has(CYCLE[color], x, y), (x, y))

    def test_gaps_and_lonely_points(self):
        xs, ys = [0, 1, 2, 3, 4, 5, NAN, 7], [1, 1, NAN, 1, INF, 1, 1, 1]
        picture = Drawn(xs, ys)
        for x, there in ((0.5, True), (2, False), (3, True), (4, False), (5, True), (6, False),
                         (7, True)):
            self.assertEqual(picture.has(CYCLE[0], x, 1), there, x)
        for dx, dy in ((-2, 0), (2, 0), (0, 2), (0, -2)):               # a marker
            self.assertTrue(picture.has(CYCLE[0], 3, 1, dx, dy))
            self.assertEqual(picture.has(CYCLE[0], 0.5, 1, dx, dy), dy == 0)

    def test_one_point(self):
        for value in (0, 5, -1e300, 1e-300):
            self.assertGreater(Drawn([value], [value]).count(CYCLE[0]), 15)
        self.assertEqual(line_chart.read(chart([1], [2])[1])["points"].shape, (1, 2))

    def test_nothing_to_draw(self):
        for xs, ys in (([1, 2], [NAN, NAN]), ([INF, NAN], [1, 2])):
            self.assertEqual(Drawn(xs, ys).count(CYCLE[0]), 0)

    def test_x_as_given(self):
        """A line may run back: a square."""
        picture = Drawn([0, 1, 1, 0, 0], [0, 0, 1, 1, 0])
        for x, y in ((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)):
            self.assertTrue(picture.has(CYCLE[0], x, y))
        self.assertFalse(picture.has(CYCLE[0], 0.52, 0.52))

    def test_many_points_are_thinned_for_the_picture_only(self):
        n = 100000
        ys = array("d", bytes(8 * n))
        ys[40000], ys[60001] = 1.0, -1.0
        points = line_chart.read(chart(range(n), ys)[1])["points"]
        self.assertEqual(points.shape, (n, 2))
        self.assertEqual(list(points.values[80000:80004]), [40000.0, 1.0, 40001.0, 0.0])
        picture = Drawn(range(n), ys)
        for x, y in ((20000, 0), (40000, 0.9), (60001, -0.9)):
            self.assertTrue(picture.has(CYCLE[0], x, y))

    def test_more_lines_than_colors(self):
        """The second eight have markers too."""
        lines = [[i] * 30 for i in range(2 * len(CYCLE))]
        picture = Drawn(range(30), *lines)
        for i in range(len(CYCLE)):
            self.assertTrue(picture.has(CYCLE[i], 2, i))
            self.assertFalse(picture.has(CYCLE[i], 2, i, 0, 2))
            self.assertTrue(picture.has(CYCLE[i], 2, i + len(CYCLE)))
            self.assertTrue(picture.has(CYCLE[i], 2, i + len(CYCLE), 0, 2))

    def test_names_that_the_font_lacks(self):
        picture, numbers, text = chart([1, 2], [3, 4], [5, 6], names=["x", "\u635f\u5931", "b"],
                                       title="\u56fe *1*")
        self.assertEqual((picture["tag"], numbers["tag"], text["tag"]),
                         ("\u56fe__1_", "\u56fe__1_/line_chart", "\u56fe__1_/text_summary"))
        self.assertEqual(text["tensor"]["string_val"][0].decode(),
                         "1. \u56fe \\*1\\*\n2. \u635f\u5931")

    def test_names_that_are_one_as_tags(self):
        self.assertEqual(len(chart([1, 2], [3, 4], [5, 6], names=["x", "a b", "a_b"])), 2)

    def test_the_same_every_time(self):
        self.assertEqual(chart([1, 2], [3.25, 4]), chart((1.0, 2.0), array("d", [3.25, 4])))


class TestWholeInAWriter(InChart):

    def test_steps(self):
        for step in (3, None, 9):
            self.writer.add_line_chart(["x", "y"], [[1, 2], [3, 4]], "t", step)
        self.assertEqual(self.steps(), [3, 4, 9])
        self.assertEqual(self.layouts(), [])

    def test_beside_points_of_the_same_title(self):
        self.add(1, 2)
        self.add([1, 2], [3, 4])
        self.add(5, 2)
        self.assertEqual([list(values) for _, values in self.written()], [
            ["a_chart/line_chart", "a_chart/loss"], ["a_chart", "a_chart/line_chart"],
            ["a_chart/line_chart", "a_chart/loss"]])

    def test_lists_of_one(self):
        """A history that grows is a chart from its first entry on; a tensor of one is a number."""
        self.add([1], [0.5])
        self.add(Zero([2]), Zero([0.5]))
        self.assertEqual([list(values) for _, values in self.written()],
                         [["a_chart", "a_chart/line_chart"], ["a_chart/line_chart", "a_chart/loss"]])


class TestRefused(InChart):

    def test_refused(self):
        for argument, columns, values, title in (
                ("title", ["x", "y"], [1, 2], 3), ("title", ["x", "y"], [1, 2], None),
                ("title", ["x", "y"], [1, 2], "\ud800"),
                ("columns", "xy", [1, 2], "t"), ("columns", ["x"], [1], "t"),
                ("columns", [], [], "t"), ("columns", None, [1, 2], "t"),
                ("columns", ["x", 3], [1, 2], "t"), ("columns", ["x", "\udc00"], [1, 2], "t"),
                ("columns", ["x", "a", "a"], [1, 2, 3], "t"), ("columns", ["x", "x"], [1, 2], "t"),
                ("columns", ["x", "a b", "a_b"], [1, 2, 3], "t"),
                ("columns", ["x", "line_chart"], [1, 2], "t"),
                ("values", ["x", "y"], [1], "t"), ("values", ["x", "y"], [1, 2, 3], "t"),
                ("values", ["x", "y"], 1, "t"), ("values", ["x", "y"], "ab", "t"),
                ("values", ["x", "y"], {"x": 1, "y": 2}, "t"),
                ("values[1]", ["x", "y"], [1, "2"], "t"), ("values[0]", ["x", "y"], [None, 2], "t"),
                ("values[1]", ["x", "y"], [[1, 2], [3, None]], "t"),
                ("values", ["x", "y"], [1, [2, 3]], "t"), ("values", ["x", "y"], [[1, 2], 3], "t"),
                ("values", ["x", "y"], [[1, 2], [3]], "t"), ("values", ["x", "y"], [[], []], "t"),
                ("values", ["x", "y"], [[1, 2], [[1], [2]]], "t"),
                ("values", ["x", "y"], [[[1, 2]], [[1, 2]]], "t"),
                ("values[1]", ["x", "y"], [[1, 2], [[1], [2, 3]]], "t"),
                ("values[1]", ["x", "y"], [[1, 2], [10 ** 400, 1]], "t"),
                ("values", ["x", "y"], [1, 10 ** 400], "t"),
                ("global_step", ["x", "y"], [1, 2], "step"),
                ("walltime", ["x", "y"], [1, 2], "time")):
            options = {"step": {"global_step": "a"}, "time": {"walltime": NAN}}.get(title, {})
            with self.subTest((columns, values, title)), self.assertRaises(InputError) as caught:
                self.writer.add_line_chart(columns, values, title, **options)
            self.assertEqual(caught.exception.argument, argument)
            self.assertTrue(caught.exception.method.startswith("add_line_chart("))
        self.assertEqual(len(events(self.run_directory)), 1)
        self.add(7, 1)
        self.assertEqual(self.steps(), [7])

    def test_says_what_is_wrong(self):
        for columns, values, said in (
                (["x", "y"], [1, [2, 3]], "values: need a number for each column, or for each as "
                                          "many numbers, got shapes (), (2,)"),
                (["x", "y"], [1], "values: need one for each of 2 columns, got 1"),
                (["x", "a b", "a_b"], [1, 2, 3], "columns: need names that differ as tags, got "
                                                 "t/line_chart, t/a_b, t/a_b")):
            with self.assertRaises(InputError) as caught:
                self.writer.add_line_chart(columns, values, "t")
            self.assertEqual(str(caught.exception), "add_line_chart('t'): " + said)


class TestBytes(InChart):

    def test_plugin_data(self):
        self.assertEqual(LINE_CHART_PLUGIN_DATA.encode(
            {"version": 1, "title": "t", "column": ["x", "y"]}).hex(), "0801120174" "1a0178" "1a0179")

    def test_point(self):
        self.add(3, 0.5, title="t", walltime=TIME)
        event = EVENT.encode(events(self.run_directory)[1])
        self.assertEqual(event.hex(), (
            "09 00000040fc54d941 10 03 2a 5b"
            " 0a 4a 0a 0c 742f6c696e655f6368617274"
            "  42 1a 08 02 12 04 12 02 08 02 32 10 0000000000000840 000000000000e03f"
            "  4a 1e 0a 1a 0a 0a 6c696e655f6368617274 12 0c 12 01 74 1a 01 78 1a 04 6c6f7373 20 02"
            " 0a 0d 0a 06 742f6c6f7373 15 0000003f").replace(" ", ""))


if __name__ == "__main__":
    unittest.main()
