"""Steps, names and styles: what each of TensorBoard's two engines shows, where they are not alike.

The loops that tutorials teach, a restart with purge_step, and the keywords of SummaryWriter; each
is a run of one log directory.
"""
import contextlib
import math
import os
import subprocess
import sys
import tempfile
import unittest
import warnings
from unittest import mock

import numpy

from tbx_pure import SummaryWriter
from tests.conformance.brief import BriefTestCase
from tests.conformance.dashboards import ask
from tests.conformance.tensorboard_server import ENGINES, TensorBoard
from tests.test_spec import LINK, table

T = 1700000000.0
EPOCHS, BATCHES = 3, 10
LOSSES = [[1.0 - (epoch * BATCHES + batch) / 64.0 for batch in range(BATCHES)]
          for epoch in range(EPOCHS)]
ALL = sum(LOSSES, [])                   # 30 points
COUNT = range(len(ALL))

# ---- the loops ----

LOOPS = {
    "epoch":   lambda epoch, batch: epoch,              # the step of every batch of an epoch
    "batch":   lambda epoch, batch: batch,              # restarts each epoch
    "none":    lambda epoch, batch: None,
}
#   run             its loop, the writer's keywords
RUNS = {
    "epoch":        ("epoch", {}),
    "batch":        ("batch", {}),
    "none":         ("none",  {}),
    "epoch, count": ("epoch", {"steps": "count"}),
    "batch, count": ("batch", {"steps": "count"}),
    "none, count":  ("none",  {"steps": "count"}),
    "none, not":    ("none",  {"auto_step": False}),
}
#   run             [(step, value)] that the default engine shows, and the Python engine
COUNTED = list(zip(COUNT, ALL))
SHOWN = {
    "epoch":        ([(epoch, LOSSES[epoch][-1]) for epoch in range(EPOCHS)],           # 3 of 30
                     [(i // BATCHES, x) for i, x in COUNTED]),
    "batch":        (list(enumerate(LOSSES[-1])),                                       # 10 of 30
                     [(i % BATCHES, x) for i, x in COUNTED]),
    "none":         (COUNTED, COUNTED),
    "epoch, count": (COUNTED, COUNTED),
    "batch, count": (COUNTED, COUNTED),
    "none, count":  (COUNTED, COUNTED),
    "none, not":    ([(0, ALL[-1])], [(0, x) for x in ALL]),                            # 1 of 30
}


def write_loops(logdir):
    for run, (loop, keywords) in RUNS.items():
        with SummaryWriter(os.path.join(logdir, run), **keywords) as writer:
            for epoch in range(EPOCHS):
                for batch in range(BATCHES):
                    writer.add_scalar("loss", LOSSES[epoch][batch], LOOPS[loop](epoch, batch))


# ---- a restart ----

def write_restart(logdir):
    """Write steps 0 to 5; begin again at step 3, with two steps of "a" and of a sub-run only."""
    for seconds, steps, tags, sign, keywords in (
            (0, range(6), "ab", 1, {}), (9, range(3, 5), "a", -1, {"purge_step": 3})):
        with mock.patch("time.time", lambda: T + seconds):
            with SummaryWriter(os.path.join(logdir, "restart"), **keywords) as writer:
                for step in steps:
                    for tag in tags:
                        writer.add_scalar(tag, sign * step, step)
                    writer.add_scalars("main", dict.fromkeys(tags, sign * step), step)


AGAIN = [(0, 0), (1, 1), (2, 2), (3, -3), (4, -4)]
#   run, tag                           the default engine, the Python engine
RESTARTED = {
    ("restart", "a"):               (AGAIN, AGAIN),
    ("restart", "b"):               ([(i, i) for i in range(6)], [(i, i) for i in range(3)]),
    ("restart/main/a", "main"):     (AGAIN, AGAIN),
    ("restart/main/b", "main"):     ([(i, i) for i in range(6)],) * 2,      # not opened again
}

# ---- styles ----

RAW = "a b: c?/é", "/first"
STYLES = {"default style": {}, "tensor style": {"tensor_style": True}}
DASHBOARDS = ("scalars", "images", "audio", "histograms", "distributions", "text", "timeseries")


def write_kinds(writer, tags):
    """Write something of every kind that has two styles, three steps of each tag."""
    random = numpy.random.RandomState(8)
    for tag in tags:
        for step in range(3):
            writer.add_scalar(tag + "/number", step / 8.0, step)
            writer.add_image(tag + "/picture", random.randint(0, 256, (4, 5, 6), "uint8"), step)
            writer.add_images(tag + "/pictures", random.rand(9, 3, 4, 5), step)
            writer.add_audio(tag + "/sound", random.rand(90, 2) - 0.5, step, 8000)
            for bins in ("tensorflow", 5):
                writer.add_histogram("%s/distribution/%s" % (tag, bins), random.randn(99), step,
                                     bins)
            writer.add_text(tag + "/note", "*%d*" % step, step)


# ---- the file that spec/README.md explains ----

MINIMAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "spec",
                       "minimal_writer.py")


def write_minimal(logdir):
    subprocess.run([sys.executable, MINIMAL, os.path.join(logdir, "minimal")], check=True)


# ---- add_scalars as tags of one run ----

CURVES = {"train": 1.0, "a b": 2.0}
AS_TAGS = {"of/all__c_/train": [(0, 0.0), (1, 1.0)], "of/all__c_/a_b": [(0, 0.0), (1, 2.0)]}


def write_as_tags(logdir):
    with SummaryWriter(os.path.join(logdir, "as tags")) as writer:
        for step in range(2):
            writer.add_scalars("of/all (c)", {key: step * x for key, x in CURVES.items()}, step,
                               as_tags=True)
        writer.add_scalar("of/all__c_/train2", 1, 0)           # begins as one of them


def write_styles(logdir):
    for run, keywords in STYLES.items():
        with SummaryWriter(os.path.join(logdir, run), **keywords) as writer:
            with writer.use_metadata(walltime=T):
                write_kinds(writer, ["all"])
                for step in range(2):
                    writer.add_scalar("named", step, step, display_name="Shown name",
                                      summary_description="What it *is*")
                    writer.add_scalar("described", step, step, summary_description="<b>")
    with SummaryWriter(os.path.join(logdir, "raw"), raw_tags=True) as writer:
        write_kinds(writer, RAW)


def setUpModule():
    global ANSWERS, COMPLAINTS
    ANSWERS, COMPLAINTS = {}, {}
    with tempfile.TemporaryDirectory() as logdir, contextlib.ExitStack() as stack:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")     # of steps that repeat: it is so meant
            write_loops(logdir)
            write_restart(logdir)
            write_styles(logdir)
            write_as_tags(logdir)
            write_minimal(logdir)
        starting = [TensorBoard(logdir, engine) for engine in ENGINES]
        for server in [stack.enter_context(server) for server in starting]:
            ANSWERS[server.engine] = ask(server)
            COMPLAINTS[server.engine] = server.complaints()


def bins(series):
    """Return all numbers of a histogram's series, flat.

    Of the first bucket of the default style, whose right edge is that of the bucket before, the
    default engine makes a bin without width; and the next begins at an edge, not at the minimum.
    """
    found = []
    for point in series:
        if isinstance(point, dict):     # of timeseries
            point = [point["wallTime"], point["step"],
                     [[row["min"], row["max"], row["count"]] for row in point["bins"]]]
        *start, rows = point
        if len(rows[0]) == 3 and rows[0][1] <= rows[0][0] and rows[0][2] == 0:
            rows = [[rows[0][0]] + rows[1][1:]] + rows[2:]
        found += start + [x for row in rows for x in row]
    return found


class OverHTTP:
    """The tests of one engine, which the classes below name."""

    def setUp(self):
        super().setUp()
        self.answers = ANSWERS[self.engine]
        self.which = list(ENGINES).index(self.engine)

    def points(self, run, tag):
        return [(step, value) for _, step, value in self.answers["scalars", "scalars", run, tag]]

    def test_loops(self):
        for run, shown in SHOWN.items():
            with self.subTest(run):
                self.assertEqual(self.points(run, "loss"), shown[self.which])

    def test_restart(self):
        for (run, tag), shown in RESTARTED.items():
            with self.subTest(run, tag=tag):
                self.assertEqual(self.points(run, tag), shown[self.which])

    def test_minimal_writer(self):
        self.assertEqual(self.answers["scalars", "scalars", "minimal", "loss"], [[T + 0.25, 7, 0.5]])
        point, = self.answers["text", "text", "minimal", "note/text_summary", "true"]
        self.assertEqual((point["wall_time"], point["step"]), (T + 0.5, 7))
        self.assertIn("<p>hi</p>", point["text"])

    def test_names(self):
        for run in STYLES:
            with self.subTest(run):
                self.assertEqual(self.answers["scalars", "tags", run, "named"],
                                 {"displayName": "Shown name",
                                  "description": "<p>What it <em>is</em></p>"})
                about = self.answers["scalars", "tags", run, "described"]
                self.assertEqual(about["description"], "<p>&lt;b&gt;</p>")
                self.assertIn(about["displayName"], ("", "described"))

    def of_run(self, run):
        """Return {key: answer} of a run, without its name in the keys.

        An empty display name is the tag; without metadata the Python engine fills it in.  Nor does
        the default engine know without metadata that a sound is a WAV.
        """
        found = {}
        for key, answer in self.answers.items():
            if run in key and key[0] in DASHBOARDS:
                if key[1] == "tags":
                    answer = dict(answer, displayName=answer["displayName"] or key[3])
                found[tuple(part for part in key if part != run)] = answer
        return found

    def test_tensor_style_shows_the_same(self):
        default, tensors = map(self.of_run, STYLES)
        self.assertEqual({key[0] for key in default}, set(DASHBOARDS))
        self.assertEqual(set(default), set(tensors))
        for key, answer in default.items():
            with self.subTest(key):
                if key[1] != "tags" and {"histograms", "distributions"} & set(key):
                    self.assert_near(bins(tensors[key]), bins(answer))
                elif key[0] == "audio" and self.engine == "fast":
                    self.assertEqual(repr(tensors[key]), repr(answer).replace(
                        "application/octet-stream", "audio/wav"))
                else:
                    self.assertEqual(tensors[key], answer)

    def assert_near(self, first, second):
        """Of the default style, the Python engine makes float32."""
        self.assertEqual(len(first), len(second))
        for a, b in zip(first, second):
            self.assertTrue(math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9), (a, b))

    def test_raw_tags(self):
        for dashboard, name in (("scalars", "number"), ("images", "picture"), ("audio", "sound"),
                                ("histograms", "distribution/5")):
            for tag in RAW:
                self.assertIn((dashboard, "tags", "raw", "%s/%s" % (tag, name)), self.answers)
        for tag in RAW:
            self.assertIn(("text", "text", "raw", tag + "/note/text_summary", "true"), self.answers)
            self.assertEqual(self.points("raw", tag + "/number"), [(0, 0), (1, 0.125), (2, 0.25)])

    def test_scalars_as_tags(self):
        chart = "custom_scalars", "layout", "add_scalars", "of/all (c)"
        shown = {}
        for pattern in self.answers[chart]["multiline"]["tag"]:
            found = self.answers["custom_scalars", "scalars", "add_scalars", "of/all (c)",
                                 "as tags", pattern]["tag_to_events"]
            shown.update((tag, [(step, value) for _, step, value in points])
                         for tag, points in found.items())
        self.assertEqual(shown, AS_TAGS)
        for tag, points in AS_TAGS.items():
            self.assertEqual(self.points("as tags", tag), points)

    def test_nothing_to_complain_of(self):
        self.assertEqual(COMPLAINTS[self.engine], [])


class Fast(OverHTTP, BriefTestCase):
    engine = "fast"


class Python(OverHTTP, BriefTestCase):
    engine = "python"


# ---- how many points of a series each engine keeps ----

#   plugin            the key of its series in what a server answers
KEPT = {
    "scalars":        ("scalars", "scalars", "run", "x"),
    "images":         ("images", "images", "run", "i", 0),
    "audio":          ("audio", "audio", "run", "a", 0),
    "histograms":     ("distributions", "distributions", "run", "h"),          # its own page draws 51
    "text":           ("text", "text", "run", "t/text_summary", "true"),
    "pr_curves":      ("pr_curves", "pr_curves", "run", "p"),
    "mesh":           ("mesh", "meshes", "run", "m"),
}


def write_long(logdir):
    """Write some more points of each plugin than any engine keeps."""
    with SummaryWriter(os.path.join(logdir, "run")) as writer:
        for i in range(1010):
            writer.add_scalar("x", i, i)
        for i in range(510):
            writer.add_histogram_raw("h", 0, 1, 1, 1, 1, [1.0], [1.0], i)
        for i in range(110):
            writer.add_text("t", "hi", i)
            writer.add_pr_curve("p", [1, 0], [0.9, 0.1], i, 2)
            writer.add_mesh("m", [[[0, 0, 0]]], global_step=i)
        for i in range(12):
            writer.add_image("i", [[0.5]], i, dataformats="HW")
            writer.add_audio("a", [0.0, 0.5], i)


class Kept(BriefTestCase):
    def test_as_the_page_says(self):
        """The column "points kept" of spec/4-summaries.md."""
        rows = table("4-summaries.md", "plugin_name", "field of its own", "as a tensor", "data class",
                     "points kept")
        said = {LINK.sub(lambda link: link.group()[1:].partition("]")[0], row[0]): row[-1]
                for row in rows}
        with tempfile.TemporaryDirectory() as logdir:
            write_long(logdir)
            for i, engine in enumerate(ENGINES):
                with TensorBoard(logdir, engine, arguments=("--samples_per_plugin", "")) as server:
                    answers = ask(server)
                for plugin, key in KEPT.items():
                    numbers = [text.rpartition(" ")[2] for text in said[plugin].split(", ")]
                    self.assertEqual(str(len(answers[key])), numbers[min(i, len(numbers) - 1)],
                                     (engine, plugin))


if __name__ == "__main__":
    unittest.main()
