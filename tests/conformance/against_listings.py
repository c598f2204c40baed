"""The listings of tutorials, run as `python -m tbx_pure run`: what TensorBoard shows of each.

Each script of listings/ runs twice, in processes of their own and in a venv without tensorboard and
tensorboardX: with our writer, and with one that only notes what is called; of that, and of what
each engine does with steps that repeat, follows what has to be shown.
"""
import contextlib
import html
import json
import os
import re
import tempfile
import unittest

import numpy

from tests.conformance.brief import BriefTestCase
from tests.conformance.clients_venv import ROOT, done, start
from tests.conformance.dashboards import ask
from tests.conformance.tensorboard_server import ENGINES, TensorBoard

LISTINGS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "listings")
RECORDER = os.path.join(LISTINGS, "recorder.py")
NOTES = "notes.json"
NAMES = ("epoch_as_step", "convolutional", "batch_as_step", "line_charts", "closed_in_between",
         "digits", "two_losses")
WAITING = ("graph_each_epoch",)                 # for add_graph
OF_KERAS = "keras_callback", "keras_closed"     # against_keras runs them


def setUpModule():
    global CALLS, ANSWERS, COMPLAINTS
    CALLS, ANSWERS, COMPLAINTS = {}, {}, {}
    with tempfile.TemporaryDirectory() as logdir, contextlib.ExitStack() as stack:
        for name in NAMES:
            CALLS[name] = called(os.path.join(logdir, name), os.path.join(LISTINGS, name + ".py"))
        starting = [TensorBoard(logdir, engine) for engine in ENGINES]
        for server in [stack.enter_context(server) for server in starting]:
            ANSWERS[server.engine] = ask(server)
            COMPLAINTS[server.engine] = server.complaints()


def called(folder, script):
    """Run a script in a folder, with our writer; return [[run, method, arguments]] of its calls."""
    os.mkdir(folder)
    with start([RECORDER, script, NOTES], [], folder) as noting:
        done(start(["-m", "tbx_pure", "run", script], [ROOT], folder))
        done(noting)
    with open(os.path.join(folder, NOTES)) as file:
        return json.load(file)


def shown(points, engine):
    """Return which of [(step, value)] an engine shows: fast, a point takes the place of later ones.

    The Python engine shows all.
    """
    kept = []
    for step, value in points:
        if engine == "fast":
            kept = [point for point in kept if point[0] < step]
        kept.append((step, float(numpy.float32(value))))
    return kept


def seen(page):
    """Return the paragraphs, and the cells that hold no other table, that HTML shows."""
    return list(map(html.unescape, re.findall("<(?:td|p)>([^<]*)</(?:td|p)>", page)))


def read(text):
    """Return what seen() is to find of a text, or of a dict: its keys, each with its value."""
    if isinstance(text, str):
        return [text]
    return [str(cell) for pair in text.items() for cell in pair]


class Folder(unittest.TestCase):
    def test_all_listings_are_known(self):
        helpers = "given", "recorder"
        self.assertEqual(sorted(name[:-3] for name in os.listdir(LISTINGS) if name[-3:] == ".py"),
                         sorted(NAMES + WAITING + OF_KERAS + helpers))


class Shown:
    """The tests of one engine, which the classes below name."""

    def setUp(self):
        super().setUp()
        self.answers = ANSWERS[self.engine]

    def calls(self, wanted):
        """Yield (run, arguments) of each call of a method, in all listings."""
        for name, calls in CALLS.items():
            for logdir, method, arguments in calls:
                if method == wanted:
                    yield os.path.join(name, logdir), arguments

    def test_curves(self):
        curves = {}
        for run, (tag, value, step) in self.calls("add_scalar"):
            curves.setdefault((run, tag), []).append((step, value))
        for run, (columns, values, title) in self.calls("add_line_chart"):
            for name, value in zip(columns[1:], values[1:]):
                curves.setdefault((run, "%s/%s" % (title, name)), []).append((values[0], value))
        found = {key[2:]: [(step, value) for _, step, value in answer]
                 for key, answer in self.answers.items() if key[:2] == ("scalars", "scalars")}
        self.assertEqual(found, {key: shown(points, self.engine)
                                 for key, points in curves.items()})

    def test_charts(self):
        charts = {(title, columns[1]) for _, (columns, _, title) in self.calls("add_line_chart")}
        self.assertTrue(charts)
        for title, name in charts:
            chart = self.answers["custom_scalars", "layout", "add_line_chart", title]
            pattern, = chart["multiline"]["tag"]
            self.assertTrue(re.fullmatch(pattern, "%s/%s" % (title, name)))

    def test_texts(self):
        texts = {}
        for run, (tag, text, step) in self.calls("add_text"):
            texts.setdefault((run, tag), []).append((step, text))
        self.assertTrue(texts)
        for (run, tag), points in texts.items():
            answer = self.answers["text", "text", run, tag + "/text_summary", "true"]
            self.assertEqual([(point["step"], seen(point["text"])) for point in answer],
                             [(step, read(text)) for step, text in points])

    def test_nothing_to_complain_of(self):
        self.assertEqual(COMPLAINTS[self.engine], [])


class Fast(Shown, BriefTestCase):
    engine = "fast"


class Python(Shown, BriefTestCase):
    engine = "python"


if __name__ == "__main__":
    unittest.main()
