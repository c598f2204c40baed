"""What a real TensorBoard shows of add_line_chart and add_table, and which layout counts.

One run has the calls of the tutorials, whole charts and tables; each engine is asked for it over
HTTP.  Other servers are there before their runs are complete, and must show what comes later.
"""
import contextlib
import html.parser
import io
import math
import os
import tempfile
import time
import unittest

import numpy
import torch
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.custom_scalar.layout_pb2 import Layout
from tensorboard.util.tensor_util import make_ndarray

from tbx_pure import SummaryWriter
from tbx_pure.messages import EVENT
from tbx_pure.plugins.custom_scalars import custom_scalars
from tests.conformance.brief import BriefTestCase
from tests.conformance.dashboards import ask
from tests.conformance.tensorboard_server import ENGINES, TensorBoard

CATEGORY = "add_line_chart"
SECONDS = 60                            # for a running server to see what is new

LOSSES, ACCURACIES = [0.5, 0.25, math.nan, 0.125], [0.25, 0.5, 0.75, 1.0]
WHOLE = [[0.5, 1.5, 1.0, 4.0], [1.0, math.nan, 2.0, 3.0], [3.0, 2.0, 1.0, 0.0]]
ROWS = [["a|b", 0.1, None], ["<b>\u7c73</b>", 10 ** 20, True], ["x\ny", math.nan, "*_`[#"],
        ["", 1e-7, "\\"]]

#   tag      arguments after it, and the cells that the page must show
TABLES = {
    "header":    ((ROWS, ["n", "v|w", ""]),
                  [["n", "v|w", ""], ["a|b", "0.1", ""],
                   ["<b>\u7c73</b>", "100000000000000000000", "True"], ["x\ny", "nan", "*_`[#"],
                   ["", "1e-07", "\\"]]),
    "none":      (([[1, 2], [3, 4]],), [["", ""], ["1", "2"], ["3", "4"]]),
    "dicts":     (([{"a": 1, "b_c": 0.5}, {"b_c": 1 / 3}],),
                  [["a", "b_c"], ["1", "0.5"], ["", "0.33333333"]]),
    "numpy":     ((numpy.array([[0.1, 2]], "float32"),), [["", ""], ["0.1", "2"]]),
    "torch":     ((torch.tensor([[0.5], [2.0]], requires_grad=True), ["x"]),
                  [["x"], ["0.5"], ["2"]]),
    "cells":     (([[torch.tensor(3), numpy.float64(0.25), numpy.bool_(True),
                     numpy.datetime64("2020-01-02")]],),
                  [["", "", "", ""], ["3", "0.25", "True", "2020-01-02"]]),
}


def write(logdir):
    with SummaryWriter(os.path.join(logdir, "run")) as writer:
        writer.add_custom_scalars({"mine": {"before": ["Multiline", ["x"]]}})
        for epoch, (loss, accuracy) in enumerate(zip(LOSSES, ACCURACIES)):
            loss = torch.tensor(loss, requires_grad=True)
            writer.add_line_chart(['Epoch', 'Training Loss'], [epoch, loss], 'Training Loss Chart')
            writer.add_line_chart(['Epoch', 'Training Accuracy'], [epoch, accuracy],
                                  'Training Accuracy Chart')
        for x in (0.5, 0.5, 7, 1.25):
            writer.add_line_chart(["seconds", "a.b", "a"], [x, 2 * x, 3 * x], "by (time)")
        writer.add_custom_scalars({"mine": {"after": ["Multiline", ["y"]]}})
        writer.add_line_chart(["x", "\u635f\u5931", "b"], WHOLE, "whole chart", 3)
        writer.add_line_chart(["x", "y"], [torch.arange(5), numpy.arange(5) ** 2], "whole chart", 4)
        for tag, (arguments, _) in TABLES.items():
            writer.add_table(tag, *arguments, global_step=2)
    with SummaryWriter(os.path.join(logdir, "raw"), raw_tags=True, tensor_style=True) as writer:
        for x in range(2):
            writer.add_line_chart(["x", "a+b (c)", "a"], [x, 1, 2], "raw [title]|*")


def setUpModule():
    global LOGDIR, ANSWERS, COMPLAINTS
    folder = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(folder.cleanup)
    LOGDIR, ANSWERS, COMPLAINTS = folder.name, {}, {}
    write(LOGDIR)
    with contextlib.ExitStack() as stack:
        starting = [TensorBoard(LOGDIR, engine) for engine in ENGINES]
        for server in [stack.enter_context(server) for server in starting]:
            ANSWERS[server.engine] = ask(server)
            COMPLAINTS[server.engine] = server.complaints()


class Cells(html.parser.HTMLParser):
    """The cells of a table, row by row; a <br> is a new line.  A table in another has no rows."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.tables, self.within = [], 0, False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tables += tag == "table"
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.within = True
        elif tag == "br":
            self.rows[-1][-1] += "\n"

    def handle_endtag(self, tag):
        self.within = self.within and tag not in ("td", "th")

    def handle_data(self, data):
        if self.within:
            self.rows[-1][-1] += data


class OverHTTP:
    """The tests of one engine, which the classes below name."""

    def setUp(self):
        super().setUp()
        self.answers = ANSWERS[self.engine]

    def points(self, tag, run="run"):
        return [(step, value) for _, step, value in self.answers["scalars", "scalars", run, tag]]

    def test_points_of_the_tutorials(self):
        self.assertEqual(repr(self.points("Training_Loss_Chart/Training_Loss")),
                         "[(0, 0.5), (1, 0.25), (2, 'NaN'), (3, 0.125)]")
        self.assertEqual(self.points("Training_Accuracy_Chart/Training_Accuracy"),
                         list(enumerate(ACCURACIES)))

    def test_points_over_a_fraction(self):
        self.assertEqual(self.points("by__time_/a.b"), [(0, 1.0), (1, 1.0), (7, 14.0), (8, 2.5)])

    def test_raw_tags(self):
        self.assertEqual(self.points("raw [title]|*/a+b (c)", "raw"), [(0, 1.0), (1, 1.0)])

    def test_every_title_has_its_chart(self):
        charts = {key[2:]: answer["multiline"]["tag"] for key, answer in self.answers.items()
                  if key[:2] == ("custom_scalars", "layout") and len(key) == 4}
        self.assertEqual(set(charts), {
            ("mine", "before"), ("mine", "after"), (CATEGORY, "Training Loss Chart"),
            (CATEGORY, "Training Accuracy Chart"), (CATEGORY, "by (time)"),
            (CATEGORY, "raw [title]|*")})

    def test_charts_show_their_lines_and_no_others(self):
        shown = {}
        for key, answer in self.answers.items():
            if key[:3] == ("custom_scalars", "scalars", CATEGORY):
                title, run = key[3:5]
                for tag, points in answer["tag_to_events"].items():
                    shown[title, run, tag] = [(step, value) for _, step, value in points]
        self.assertEqual(set(shown), {
            ("Training Loss Chart", "run", "Training_Loss_Chart/Training_Loss"),
            ("Training Accuracy Chart", "run", "Training_Accuracy_Chart/Training_Accuracy"),
            ("by (time)", "run", "by__time_/a.b"), ("by (time)", "run", "by__time_/a"),
            ("raw [title]|*", "raw", "raw [title]|*/a+b (c)"),
            ("raw [title]|*", "raw", "raw [title]|*/a")})
        for (_, run, tag), points in shown.items():
            self.assertEqual(repr(points), repr(self.points(tag, run)))

    def test_picture(self):
        series = self.answers["images", "images", "run", "whole_chart", 0]
        self.assertEqual([point["step"] for point in series], [3, 4])
        event = accumulated().Images("whole_chart")
        for point, written in zip(series, event):
            kind, pixels = point["blob"]
            picture = numpy.array(Image.open(io.BytesIO(written.encoded_image_string)))
            self.assertEqual((kind, pixels), ("image/png", (picture.shape,
                                                            picture.ravel().tolist())))
            self.assertEqual((written.height, written.width) + (3,), picture.shape)

    def test_names_that_the_font_lacks(self):
        point, = self.answers["text", "text", "run", "whole_chart/text_summary", "true"]
        self.assertIn("<li>\u635f\u5931</li>", point["text"])

    def test_tables(self):
        for tag, (_, rows) in TABLES.items():
            point, = self.answers["text", "text", "run", tag + "/text_summary", "true"]
            with self.subTest(tag):
                found = Cells(point["text"])
                self.assertEqual((point["step"], found.tables), (2, 1))
                self.assertEqual(found.rows, rows)

    def test_our_plugin_has_no_page(self):
        self.assertEqual([key for key in self.answers if "line_chart" in repr(key[2:])
                          and CATEGORY not in key], [])

    def test_nothing_to_complain_of(self):
        self.assertEqual(COMPLAINTS[self.engine], [])


class Fast(OverHTTP, BriefTestCase):
    engine = "fast"


class Python(OverHTTP, BriefTestCase):
    engine = "python"


def accumulated():
    """Return TensorBoard's reader of the run, which keeps everything."""
    reader = EventAccumulator(os.path.join(LOGDIR, "run"), {"tensors": 0, "images": 0})
    return reader.Reload()


class Numbers(unittest.TestCase):
    def test_beside_the_points(self):
        rows = [(event.step, make_ndarray(event.tensor_proto).tolist())
                for event in accumulated().Tensors("by__time_/line_chart")]
        self.assertEqual(rows, [(step, [x, 2 * x, 3 * x]) for step, x in
                                ((0, 0.5), (1, 0.5), (7, 7.0), (8, 1.25))])

    def test_beside_the_picture(self):
        first, second = [make_ndarray(event.tensor_proto)
                         for event in accumulated().Tensors("whole_chart/line_chart")]
        self.assertEqual((first.dtype, second.shape), (numpy.dtype("float64"), (5, 2)))
        numpy.testing.assert_array_equal(first, numpy.array(WHOLE).T)


# ---- which layout counts, custom-scalars-4 ----

#   run        steps of its layouts, in the order in which they are written
LAYOUTS = {
    "none":    [None, None, None],
    "rising":  [1, 2, 3],
    "falling": [3, 2, 1],
    "mixed":   [None, 5, None],
    "many":    [None] * 26,
    "back":    list(range(50, 24, -1)),
}


def add_layout(writer, run, number, step):
    """Write a layout with one chart, titled with its number, in a category titled as its run."""
    summary = custom_scalars({run: {str(number): ["Multiline", ["x"]]}})
    writer._append(EVENT.encode({"wall_time": time.time(), "step": step, "summary": summary}))


def layout(server):
    """Return {(category, chart)} of what a server answers."""
    return {(category["title"], chart["title"])
            for category in server.json("data/plugin/custom_scalars/layout").get("category", [])
            for chart in category.get("chart", [])}


class Live(unittest.TestCase):
    """Both engines at once, running while something is written."""

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.logdir = self.stack.enter_context(tempfile.TemporaryDirectory())

    def start(self, reload_interval=1):
        starting = [TensorBoard(self.logdir, engine, reload_interval) for engine in ENGINES]
        return [self.stack.enter_context(server) for server in starting]

    def wait(self, servers, expected):
        for server in servers:
            end = time.time() + SECONDS
            while layout(server) != expected and time.time() < end:
                time.sleep(0.1)
            self.assertEqual(layout(server), expected, server.engine)

    def test_a_second_title(self):
        writer = self.stack.enter_context(SummaryWriter(os.path.join(self.logdir, "run")))
        writer.add_line_chart(["x", "y"], [0, 1], "first")
        servers = self.start()
        self.wait(servers, {(CATEGORY, "first")})
        writer.add_line_chart(["x", "y"], [1, 1], "first")
        writer.add_line_chart(["x", "y"], [0, 1], "second")
        both = {(CATEGORY, "first"), (CATEGORY, "second")}
        self.wait(servers, both)
        for server in servers:
            self.assertEqual([step for _, step, _ in server.json(
                "data/plugin/custom_scalars/scalars", run="run", tag="second/y$")
                ["tag_to_events"]["second/y"]], [0])
        self.wait(self.start(0), both)

    def test_the_last_layout_counts_whatever_its_step(self):
        writers = {run: self.stack.enter_context(SummaryWriter(os.path.join(self.logdir, run)))
                   for run in LAYOUTS}
        for run, steps in LAYOUTS.items():
            add_layout(writers[run], run, 0, steps[0])
        servers = self.start()
        self.wait(servers, {(run, "0") for run in LAYOUTS})
        for run, steps in LAYOUTS.items():
            for number, step in list(enumerate(steps))[1:]:
                add_layout(writers[run], run, number, step)
        last = {(run, str(len(steps) - 1)) for run, steps in LAYOUTS.items()}
        self.wait(servers, last)
        self.wait(self.start(0), last)

    def test_the_last_file_counts(self):
        for number in range(2):
            with SummaryWriter(os.path.join(self.logdir, "run")) as writer:
                add_layout(writer, "run", number, None)
        with SummaryWriter(os.path.join(self.logdir, "run")) as writer:
            writer.add_scalar("x", 1)
        self.wait(self.start(0), {("run", "1")})

    def test_our_layout_is_theirs(self):
        value, = custom_scalars({"c": {"t": ["Multiline", ["x$"]]}})["value"]
        read = Layout.FromString(value["tensor"]["string_val"][0])
        self.assertEqual([list(chart.multiline.tag) for chart in read.category[0].chart], [["x$"]])


if __name__ == "__main__":
    unittest.main()
